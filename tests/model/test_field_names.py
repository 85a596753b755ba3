"""The names of a story's fields stand in model/ and in what reads pages, and nowhere else as text.

Everything else goes over the schema (model/fields.py), or names a field by a reference that fails where it is gone.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import PagesConfig, SourceConfig
from model.fields import FIELDS
from model.page import Link
from model.story import Story
from store.sql.tables import metadata

ROOT = Path(__file__).parent.parent.parent
NAMES = frozenset({*Story.model_fields, *(field.name for field in FIELDS)})

# Where formats of others are read or written, whose elements bear the same names, and what imports nothing of ours.
READERS = ("crawler/extraction", "crawler/discovery", "store/migrations", "demo", "model", "tests", "benchmarks")
OTHER_FORMATS = (
    *("desk/upkeep/opml_export.py", "search/http/server", "search/http/middleware/head_requests.py"),
    *("text/written_markup.py", "index/engines/opensearch/mapping.py", "index/engines/opensearch/word_places.py"),
)
COLUMNS = frozenset(column.name for table in metadata.tables.values() for column in table.columns)
# What a name means there besides: a column of a table, a key of the configuration, an attribute of a link.
MEANINGS: dict[str, frozenset[str]] = {
    "store": COLUMNS,
    "ingest": COLUMNS,
    "desk": COLUMNS | frozenset(SourceConfig.model_fields),
    "crawler": COLUMNS | frozenset(Link.model_fields),
    "run.py": COLUMNS,
    "config.py": frozenset(PagesConfig.model_fields),
}


def modules() -> list[Path]:
    rooms = [path for path in ROOT.iterdir() if (path / "__init__.py").exists()]
    found = [*ROOT.glob("*.py"), *(path for room in rooms for path in room.rglob("*.py"))]
    return sorted(path for path in found if not _place(path).startswith(READERS + OTHER_FORMATS))


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def named_fields(text: str, meanings: frozenset[str] = frozenset()) -> Iterator[str]:
    """Where a text of Python names a field, but for examples in the description of the API."""
    tree = ast.parse(text)
    examples = {id(node) for call in ast.walk(tree) if isinstance(call, ast.Call) for node in _examples(call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in examples and node.value in NAMES - meanings:
            yield f"line {node.lineno}: {node.value!r}"


def _examples(call: ast.Call) -> Iterator[ast.AST]:
    for keyword in call.keywords:
        if keyword.arg == "examples":
            yield from ast.walk(keyword.value)


@pytest.mark.parametrize("path", modules(), ids=_place)
def test_no_module_names_a_field(path: Path) -> None:
    meanings = MEANINGS.get(_place(path).partition("/")[0], frozenset())
    assert list(named_fields(path.read_text(encoding="utf-8"), meanings)) == []


def test_names_are_found_and_examples_are_not() -> None:
    text = 'WANTED = ("headline", "other")\ndef a(b): return b["captions"]\nF = Field(examples=[{"body": 1}])\n'
    assert list(named_fields(text)) == ["line 1: 'headline'", "line 2: 'captions'"]


def test_all_rooms_are_searched() -> None:
    assert {_place(path).partition("/")[0] for path in modules()} >= {"search", "index", "desk", "store", "ingest"}
    assert {"headline", "captions", "caption", "agencies", "body", "deck"}.isdisjoint(COLUMNS)
