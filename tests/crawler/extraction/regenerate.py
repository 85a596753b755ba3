"""Read the golden pages again and write what was read beside them: look at the diff before committing it.

python tests/crawler/extraction/regenerate.py
"""

import gzip
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).with_name("pages")


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from crawler.extraction import parse
    from model.page import Link, Page

    for path in sorted(FOLDER.glob("*.html.gz")):
        address = f"https://www.example.com/world/{path.name.removesuffix('.html.gz').replace('_', '-')}-123456.html"
        page = Page(
            link=Link(url=address, source="example", timezone="Europe/Berlin"),
            url=address,
            final_url=address,
            fetched_at=datetime(2024, 5, 20, 12, tzinfo=UTC),
            content=gzip.decompress(path.read_bytes()),
        )
        story = parse(page).model_dump(mode="json", exclude={"parser_version", "confidence", "left_out"})
        path.with_name(path.name.removesuffix(".html.gz") + ".json").write_text(
            json.dumps(story, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
