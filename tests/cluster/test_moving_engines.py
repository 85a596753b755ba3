"""A desk moves from the embedded engine to servers and back while it serves: by another configuration and `reindex`."""

import json
import os
import random
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.desk.desk_process import DeskProcess, eventually
from tests.index.engines.many_stories import made, sentences

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

SMALL, WHOLE = (200, 24), (19_043, 500)
"""Stories and queries."""
_PAGE = 100
_PAGES = 3


class Desks(NamedTuple):
    """One data directory with a configuration for each engine."""

    embedded: DeskProcess
    servers: DeskProcess


class Asking:
    """Asks a web server all the time, until it is told to stop; `failed` says what was no answer."""

    def __init__(self, desk: DeskProcess) -> None:
        self._desk = desk
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.answered = 0
        self.failed: list[int] = []

    def __enter__(self) -> "Asking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._ended.wait(0.05):
            if self._desk.get("api/search", q="the") is None:
                self.failed.append(self.answered)
            self.answered += 1


@pytest.fixture
def desks(opensearch_server: str, tmp_path: Path) -> Iterator[Desks]:
    name = f"moving-{os.getpid()}"
    section = {"engine": "opensearch", "hosts": [opensearch_server], "name": name}
    made_desks = []
    for kind, index in (("embedded", {"engine": "whoosh"}), ("servers", section)):
        folder = tmp_path / kind
        folder.mkdir()
        desk = DeskProcess(folder, [])
        values = {**json.loads(desk.config.read_text()), "data_dir": str(tmp_path / "data"), "index": index}
        values["search"] |= {"time_limit": "60s"}
        desk.config.write_text(json.dumps(values))
        made_desks.append(desk)
    yield Desks(*made_desks)
    for desk in made_desks:
        desk.stop()
    from opensearchpy import OpenSearch

    client = OpenSearch(opensearch_server, timeout=60)
    for index_name in client.indices.get_alias(index=f"{name}.*"):
        client.indices.delete(index=index_name)
    client.close()


def lines(path: Path, stories: int) -> Path:
    with path.open("w") as file:
        file.writelines(f"{story.model_dump_json(exclude={'copy_group'})}\n" for story in made(stories))
    return path


def queries(number: int) -> list[str]:
    """What people type: words of all languages, and operators with them."""
    dice = random.Random(number)
    words = [word.strip('.,"!?()') for texts in sentences().values() for text in texts for word in text.split()]
    forms = (
        "{0}", "{0}", "{0} {1}", '"{0}"', "{0} OR {1}", "{0} -{1}", "{2}*", "{0}~", "headline:{0}", "is:withdrawn",
        "{0} has:caption", "{0} after:2024-01", "is:corrected {0}", "lang:de {0} OR {1}", "section:sport {0}",
    )  # fmt: skip
    return [
        dice.choice(forms).format(one, other, one[:2])
        for one, other in (dice.sample([word for word in words if word], 2) for _ in range(number))
    ]


def answers(desk: DeskProcess, asked: Sequence[str]) -> list[tuple[Any, ...]]:
    """Of each query the counts, and the ids of the first few hundred hits by date."""
    return [_answer(desk, q) for q in asked]


def _answer(desk: DeskProcess, q: str) -> tuple[Any, ...]:
    parameters: dict[str, Any] = {"q": q, "sort": "newest", "size": _PAGE}
    first = page = desk.get("api/search", **parameters)
    assert first is not None, q
    ids = [hit["id"] for hit in page["hits"]]
    for _ in range(_PAGES):
        if page["next_cursor"] is None:
            break
        page = desk.get("api/search", **parameters, cursor=page["next_cursor"])
        ids += [hit["id"] for hit in page["hits"]]
    return q, first["total"], first["folded_total"], first["facets"], ids, first["partial"]


def reindexed(desk: DeskProcess) -> None:
    done = desk.run("reindex")
    assert done.returncode == 0, done.stderr


@pytest.mark.cluster
@pytest.mark.parametrize(
    ("stories", "number"), [SMALL, pytest.param(*WHOLE, marks=pytest.mark.long)], ids=["small", "whole"]
)
def test_a_desk_moves_while_it_serves(desks: Desks, tmp_path: Path, stories: int, number: int) -> None:
    embedded, servers = desks
    done = embedded.run("import", str(lines(tmp_path / "stories.ndjson", stories)))
    assert done.returncode == 0, done.stderr
    embedded.start("serve")
    asked = queries(number)
    before = answers(embedded, asked)
    assert sum(total > 0 for _, total, *_ in before) > number / 3
    with Asking(embedded) as asking:
        reindexed(servers)
    assert (asking.failed, asking.answered > 3) == ([], True)
    servers.start("serve")
    assert answers(servers, asked) == before
    embedded.stop()
    with Asking(servers) as asking:
        reindexed(embedded)
        embedded.start("serve")
    assert (asking.failed, asking.answered > 3) == ([], True)
    assert answers(embedded, asked) == before


@pytest.mark.cluster
def test_a_web_server_makes_the_index_itself_and_says_so_until_then(desks: Desks, tmp_path: Path) -> None:
    embedded, servers = desks
    done = embedded.run("import", str(lines(tmp_path / "stories.ndjson", 300)))
    assert done.returncode == 0, done.stderr
    servers.start("serve")

    def total() -> int | None:
        try:
            with urllib.request.urlopen(f"{servers.address}api/search?fold=0", timeout=60) as answer:
                return int(json.load(answer)["total"])
        except urllib.error.HTTPError as error:
            assert error.code == 503
            error.close()
            return None

    def is_told() -> bool:
        try:
            urllib.request.urlopen(f"{servers.address}readyz", timeout=60).close()
        except urllib.error.HTTPError as error:
            assert error.code == 503
            assert "`reindex` makes one" in error.read().decode()
        return True

    assert is_told()
    expected = sum(story.status == "live" for story in made(300))
    assert eventually(total, 30, "an answer") == expected
    assert embedded.run("reindex").returncode == 0
