"""House rules that a reader notices first: the size of folders, modules and functions, and what things are called."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("text", "model", "net", "store", "index", "ingest", "crawler", "search", "desk", "demo", "benchmarks")
MOST_MODULES = 14
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50
MOST_QUESTIONS = 5


def modules() -> Iterator[Path]:
    yield from (ROOT / "run.py", ROOT / "config.py")
    for room in ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)


MODULES = {path: path.read_text(encoding="utf-8") for path in modules()}
TREES = {path: ast.parse(text) for path, text in MODULES.items()}


def test_folders_are_small() -> None:
    counts = Counter(path.parent.relative_to(ROOT) for path in MODULES if path.name != "__init__.py")
    assert {str(folder): count for folder, count in counts.items() if count > MOST_MODULES} == {}


def test_modules_are_short() -> None:
    lines = {str(path.relative_to(ROOT)): text.count("\n") for path, text in MODULES.items()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_functions_are_read_in_one_glance() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_is() -> None:
    openings = {path: (ast.get_docstring(tree) or "").partition("\n\n")[0] for path, tree in TREES.items()}
    assert [str(path.relative_to(ROOT)) for path, opening in openings.items() if not opening] == []
    assert len([path for path, opening in openings.items() if "?" in opening]) <= MOST_QUESTIONS


def test_a_name_stands_for_one_class() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path, tree in TREES.items():
        if path.relative_to(ROOT).parts[0] in ("demo", "benchmarks"):
            continue
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                homes[node.name.lstrip("_")].append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_modules(room: str) -> None:
    assert any(path.is_relative_to(ROOT / room) for path in MODULES)
