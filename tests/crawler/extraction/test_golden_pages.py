"""Golden pages, read as when their expected JSON was last reviewed.

tests/crawler/extraction/regenerate.py writes the JSON anew.
"""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from model.story import Story

PAGES = sorted(Path(__file__).with_name("pages").glob("*.html.gz"))
NAMES = [path.name.removesuffix(".html.gz") for path in PAGES]


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_page_is_read_as_reviewed(read: Callable[..., Story], name: str) -> None:
    folder = PAGES[0].parent
    expected = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    address = f"https://www.example.com/world/{name.replace('_', '-')}-123456.html"
    story = read(gzip.decompress((folder / f"{name}.html.gz").read_bytes()), url=address, timezone="Europe/Berlin")
    assert story.model_dump(mode="json", exclude={"parser_version", "confidence", "left_out"}) == expected


def test_the_page_of_2013_is_read_as_a_desk_would(read: Callable[..., Story]) -> None:
    content = gzip.decompress((PAGES[0].parent / "table_layout_2013.html.gz").read_bytes())
    story = read(content)
    assert story.dateline == "BASSÉ, Mali"
    assert story.agencies == ("AP", "AFP", "Reuters")
    assert [(caption.text, caption.credit) for caption in story.captions] == [
        ("A ferryman ties up his boat in Bassé, May 17, 2024.", "AP Photo/Issa Diallo")
    ]
    text = "\n".join(story.body)
    assert not any(word in text for word in ("gallery", "Enlarge", "How a Flood Travels", "Share", "provided by", "�"))
