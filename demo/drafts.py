"""Reader of the drafts: the texts of the wire.

Reads the TOML files beside this module. A body is one text with blank lines between its blocks; "## " opens a
sub-head, "> " a quotation, "* " a list item.
"""

import tomllib
from pathlib import Path
from typing import Any

from demo.story import BlockKind, Correction, Draft, TextBlock, WireCaption

STORIES = Path(__file__).parent / "stories"
_KINDS: dict[str, BlockKind] = {"## ": "subhead", "> ": "quote", "* ": "item"}


def read_drafts(folder: Path = STORIES) -> tuple[Draft, ...]:
    """Every hand-written story, by file name and then in file order.

    Raises tomllib.TOMLDecodeError, KeyError or TypeError for a file that is not written as described above.
    """
    drafts: list[Draft] = []
    for path in sorted(folder.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        drafts.extend(draft_from(entry) for entry in table.get("story", ()))
    return tuple(drafts)


def draft_from(entry: dict[str, Any]) -> Draft:
    """One story from its TOML table; several carriers make it an agency's copy.

    Raises KeyError for a missing field and TypeError for an unknown one.
    """
    values = dict(entry)
    captions = tuple(WireCaption(**caption) for caption in values.pop("caption", ()))
    correction = values.pop("correction", None)
    blocks = blocks_from(values.pop("body"))
    for name in ("sources", "byline", "agencies", "tags"):
        values[name] = tuple(values.get(name, ()))
    return Draft(
        blocks=blocks,
        captions=captions,
        correction=Correction(**correction) if correction else None,
        wire_copy=len(values["sources"]) > 1,
        **values,
    )


def blocks_from(text: str) -> tuple[TextBlock, ...]:
    """The blocks of a body; line breaks inside a block are blanks."""
    blocks = []
    for chunk in text.strip().split("\n\n"):
        line = " ".join(chunk.split())
        prefix = next((mark for mark in _KINDS if line.startswith(mark)), "")
        blocks.append(TextBlock(_KINDS.get(prefix, "paragraph"), line.removeprefix(prefix)))
    return tuple(blocks)
