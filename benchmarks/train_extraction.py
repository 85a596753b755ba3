"""Training of what extraction has learned: headlines, blocks, stories, and how sure each field is.

    python -m benchmarks.train_extraction WCXB_DIR PAGES_DIR STORIES_FILE [--only NAMES] [--write]

WCXB_DIR and PAGES_DIR are the sets of benchmarks/pages/samples.py, STORIES_FILE wire stories as NDJSON, gzipped.
Each model (`benchmarks/training/`) is fitted to the pages that are not kept apart, and prints how well it does on
publishers that it has not seen, by cross-validation and on the part kept apart. `--write` writes its table, with where
it comes from, to crawler/extraction/tables. A model reads pages with the tables of those before it in MODELS, so each
is trained in a process of its own, which knows what was written before. The same pages give the same weights.

The Web Content Extraction Benchmark is licensed CC BY 4.0, (c) 2026 Murrough Foley.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "crawler" / "extraction" / "tables"
MODELS = ("headline_score", "block_score", "story_score", "field_confidence")
"""In the order in which they are trained."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""The order of a sum, and with it the last digits of a weight, depend on the number of threads."""


def main() -> None:
    """Train one model here, several one after the other."""
    arguments = parse_arguments()
    names = [name for name in MODELS if name in (arguments.only or MODELS)]
    if len(names) == 1:
        run(names[0], [arguments.wcxb, arguments.pages, arguments.stories], write=arguments.write)
        return
    sets = [str(arguments.wcxb), str(arguments.pages), str(arguments.stories)]
    for name in names:
        command = [sys.executable, __file__, *sets, "--only", name, *(["--write"] if arguments.write else [])]
        subprocess.run(command, check=True)


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("wcxb", "pages", "stories"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], metavar="NAMES")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    unknown = set(arguments.only) - set(MODELS)
    if unknown:
        parser.error(f"no such model: {', '.join(sorted(unknown))} (there are {', '.join(MODELS)})")
    return arguments


def run(name: str, sets: list[Path], *, write: bool) -> None:
    """Train one model, and write its table if asked to."""
    os.environ |= ONE_THREAD
    sys.path.insert(0, str(ROOT))
    from benchmarks.training import block_score, field_confidence, headline_score, story_score
    from benchmarks.training.training_sets import TrainingSets

    train = {
        "headline_score": headline_score.train,
        "block_score": block_score.train,
        "story_score": story_score.train,
        "field_confidence": field_confidence.train,
    }[name]
    print(f"{name}:", flush=True)
    table = train(TrainingSets(*sets))
    if write:
        write_table(name, table)


def write_table(name: str, table: dict[str, Any]) -> None:
    """The table with its licence and the day."""
    from benchmarks.training.training_sets import LICENCE

    described = {
        "data": table["data"],
        "licence": LICENCE,
        "trained_on": datetime.now(UTC).date().isoformat(),
        **table,
    }
    (TABLES / f"{name}.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
