"""Desks that are moved to another database by the command, while they serve, and killed in the middle of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from sqlalchemy import func, insert, select

from model.errors import StoreError
from store.opening import open_store
from store.sql.tables import copy_keys
from store.transfer.targets import CopyTarget, look_at_target
from tests.desk.desk_process import DeskProcess, eventually

if TYPE_CHECKING:
    from tests.cluster.postgresql_server import PostgresqlServer

SECRET = "a pass/word"
_OF_FILES = pytest.mark.sqlite_files("a copy of the files into other files")
QUERIES = ("harbour", "mali captions", '"council of town 7"', "headline:harbour -town", "town OR harbour", "twelve*")
PASSED_ON = ("query", "total", "folded_total", "facets", "suggestion")


@pytest.fixture
def desk(tmp_path: Path) -> DeskProcess:
    """A desk with stories and pages as fetched."""
    desk = DeskProcess(tmp_path, [])
    lines = tmp_path / "lines.ndjson"
    with lines.open("w") as file:
        for number in range(120):
            body = [
                f"The council of town {number % 17} met at the harbour, and word {number}word was given.",
                "It rained.",
            ]
            line = {"url": f"https://example.org/{number}", "headline": f"Harbour of town {number}", "body": body}
            file.write(json.dumps({**line, "source": "wire", "published_at": "2013-01-17T14:05:00Z"}) + "\n")
    imported = desk.run("import", str(lines))
    assert imported.returncode == 0, imported.stderr
    return desk


@pytest.fixture
def address(postgresql_server: "PostgresqlServer", request: pytest.FixtureRequest) -> str:
    """The address of a new database without a table."""
    name = f"moved_{abs(hash(request.node.nodeid))}"
    postgresql_server.make_database(name)
    request.addfinalizer(lambda: postgresql_server.drop_database(name))
    return postgresql_server.address(name)


def configure(desk: DeskProcess, **values: object) -> None:
    """Change keys of the configuration."""
    desk.config.write_text(json.dumps({**json.loads(desk.config.read_text()), **values}))


def answers(desk: DeskProcess) -> list[object]:
    """What searches answer: hits with all that is shown of them, totals and facets."""
    found = [desk.get("api/search", q=query, sort="newest", size=30) for query in QUERIES]
    told = [{name: answer[name] for name in PASSED_ON} for answer in found]
    hits = [[{**hit, "score": None} for hit in answer["hits"]] for answer in found]
    versions = [desk.get(f"api/stories/{hit['id']}/versions") for hit in hits[0][:5]]
    return [told, hits, versions]


def tables(output: str) -> list[str]:
    """The lines of the report that tell of tables."""
    return [line for line in output.splitlines() if " rows  " in line]


@pytest.mark.cluster
def test_a_desk_moves_to_postgresql_and_back_while_it_serves(desk: DeskProcess, tmp_path: Path, address: str) -> None:
    desk.start("serve")
    before = answers(desk)
    moved = desk.run("store", "copy", "--to", address)
    assert moved.returncode == 0, moved.stderr
    assert "120 stories and 0 pages are in the database" in moved.stdout
    assert answers(desk) == before
    desk.stop()

    for name in ("stories.db", "pages.db"):
        (desk.data / name).rename(tmp_path / name)
    configure(desk, store={"url": address})
    desk.start("serve")
    assert answers(desk) == before
    back = tmp_path / "back"
    returned = desk.run("store", "copy", "--to", str(back))
    assert returned.returncode == 0, returned.stderr
    assert tables(returned.stdout) == tables(moved.stdout)
    assert answers(desk) == before
    desk.stop()

    configure(desk, store={}, data_dir=str(back))
    assert desk.run("reindex").returncode == 0
    desk.start("serve")
    assert answers(desk) == before
    desk.stop()
    assert "are well: 120 stories" in desk.run("check", "--deep").stdout
    compared = desk.run("store", "copy", "--to", address, "--verify")
    assert compared.returncode == 0, compared.stdout
    for output in (moved, returned, compared):
        assert not says_secret(output.stdout + output.stderr)


def says_secret(text: str) -> bool:
    return SECRET in text or quote(SECRET, safe="") in text or quote(SECRET) in text


@pytest.fixture(params=[pytest.param("folder", marks=_OF_FILES), pytest.param("postgresql", marks=pytest.mark.cluster)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> CopyTarget:
    """An empty place."""
    if request.param == "folder":
        return CopyTarget(folder=tmp_path / "there")
    return CopyTarget(url=request.getfixturevalue("address"))


def keys_at(place: CopyTarget) -> int:
    """How many rows of the largest table have come to a place."""
    try:
        databases = look_at_target(place)
    except StoreError:
        return 0
    with databases[0].read() as connection:
        count = connection.execute(select(func.count()).select_from(copy_keys)).scalar_one()
    for database in databases:
        database.close()
    return count


KEYS = 60_000


def test_a_copy_that_is_killed_is_finished_by_the_next_run(tmp_path: Path, target: CopyTarget) -> None:
    desk = DeskProcess(tmp_path, [])
    store = open_store(desk.data)
    with store.databases[0].write() as connection:
        connection.execute(insert(copy_keys), [{"key": key, "place": key % 7} for key in range(KEYS)])
    store.close()
    to = str(target.folder) if target.url is None else target.url
    command = [sys.executable, *desk.program[1:], "--config", str(desk.config), "store", "copy", "--to", to]
    for killed_at in (1, KEYS // 2, KEYS):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as copying:
            eventually(lambda least=killed_at: keys_at(target) >= least, 60, "rows over there")  # type: ignore[misc]
            copying.kill()
        if copying.returncode == 0:
            break  # it was done before it was killed
        with pytest.raises(StoreError, match="unfinished copy"):
            open_store(target.folder or tmp_path / "elsewhere", target.url)
    if copying.returncode != 0:
        finished = desk.run("store", "copy", "--to", to)
        assert finished.returncode == 0, finished.stderr
    assert keys_at(target) == KEYS
    assert desk.run("store", "copy", "--to", to, "--verify").returncode == 0
    open_store(target.folder or tmp_path / "elsewhere", target.url).close()


@_OF_FILES
def test_what_comes_last_waits_for_the_crawler_to_be_stopped(desk: DeskProcess, tmp_path: Path) -> None:
    there = tmp_path / "there"
    desk.start("start")
    waiting = desk.run("store", "copy", "--to", str(there))
    assert waiting.returncode == 1
    assert "crawling goes on (pid" in waiting.stderr
    assert desk.hits("harbour")
    with pytest.raises(StoreError, match="unfinished copy"):
        open_store(there)
    desk.stop()
    desk.start("serve")
    finished = desk.run("store", "copy", "--to", f"sqlite:///{there}")
    assert finished.returncode == 0, finished.stderr
    assert f"data_dir: {there}" in finished.stdout
    desk.stop()
    again = desk.run("store", "copy", "--to", str(there))
    assert again.returncode == 1
    assert "holds a desk already" in again.stderr
    configure(desk, data_dir=str(there))
    assert "are well" in desk.run("check", "--deep").stdout or desk.run("reindex").returncode == 0


@_OF_FILES
def test_check_tells_of_an_unfinished_copy(desk: DeskProcess, tmp_path: Path) -> None:
    there = tmp_path / "there"
    desk.start("start")
    desk.run("store", "copy", "--to", str(there))
    desk.stop()
    configure(desk, data_dir=str(there))
    checked = desk.run("check")
    assert checked.returncode == 1
    assert "unfinished copy of a desk" in checked.stdout


@_OF_FILES
def test_a_comparison_finds_what_differs(desk: DeskProcess, tmp_path: Path) -> None:
    there = tmp_path / "there"
    assert desk.run("store", "copy", "--to", str(there)).returncode == 0
    store = open_store(there)
    with store.databases[0].write() as connection:
        connection.execute(insert(copy_keys), {"key": 1, "place": 1})
    store.close()
    compared = desk.run("store", "copy", "--to", str(there), "--verify")
    assert compared.returncode == 1
    assert "1 rows are not the same" in compared.stdout
    assert "1 tables differ" in compared.stdout


@pytest.mark.parametrize("to", ["mysql://desk:a%20pass%2Fword@host/name", "postgresql://desk:a%20pass%2Fword@h:x/name"])
def test_what_is_no_place_is_wrong_usage(desk: DeskProcess, to: str) -> None:
    refused = desk.run("store", "copy", "--to", to)
    assert refused.returncode == 2
    assert "--to: expected postgresql://" in refused.stderr
    assert not says_secret(refused.stdout + refused.stderr)


@pytest.mark.cluster
@pytest.mark.parametrize(
    "change",
    [
        lambda address: address.replace("desk:", "nobody:"),
        lambda address: f"{address}_that_is_not_there",
        lambda address: address.replace("127.0.0.1:", "127.0.0.1:1"),
    ],
    ids=["wrong user", "no such database", "nobody listens"],
)
def test_no_message_repeats_the_password(desk: DeskProcess, address: str, change: Callable[[str], str]) -> None:
    refused = desk.run("--verbose", "store", "copy", "--to", change(address))
    assert refused.returncode == 1
    assert refused.stderr.count("\n") >= 1
    assert not says_secret(refused.stdout + refused.stderr)


def test_a_lock_names_a_command_without_its_password(desk: DeskProcess, tmp_path: Path) -> None:
    locking = (
        "import sys, pathlib; from store.directory.locks import Locks; sys.argv = ['run.py', *sys.argv[2:]]\n"
        "lock = Locks(pathlib.Path({folder!r})).crawl(); lock.acquire(); print(lock.path.read_text())"
    ).format(folder=str(tmp_path / "d"))
    root = Path(desk.program[1]).parent
    words = ["postgresql://desk:a%20pass%2Fword@h/d", "postgresql://h/d?password=a%20pass%2Fword&x=1"]
    done = subprocess.run(
        [sys.executable, "-c", locking, "x", *words], cwd=root, capture_output=True, text=True, check=True
    )
    assert "postgresql://***@h/d" in done.stdout
    assert "password=***&x=1" in done.stdout
    assert not says_secret(done.stdout)


@pytest.mark.cluster
def test_a_desk_on_postgresql_is_kept_by_the_tools_of_the_database(
    desk: DeskProcess,
    tmp_path: Path,
    address: str,
    postgresql_server: "PostgresqlServer",
    request: pytest.FixtureRequest,
) -> None:
    from tests.cluster.postgresql_server import tool

    assert desk.run("store", "copy", "--to", address).returncode == 0
    configure(desk, store={"url": address})
    for command, named in (("backup", "pg_dump --format=custom"), ("restore", "pg_restore --exit-on-error")):
        folder = tmp_path / command
        folder.mkdir()
        refused = desk.run(command, str(folder))
        assert refused.returncode == 1
        assert named in refused.stderr
        assert not says_secret(refused.stderr)

    restored = f"restored_{abs(hash(request.node.nodeid))}"
    postgresql_server.make_database(restored)
    request.addfinalizer(lambda: postgresql_server.drop_database(restored))
    dump = tmp_path / "desk.dump"
    whole = {**os.environ, "PGPASSWORD": SECRET}
    other = postgresql_server.address(restored)
    shown, shown_other = (CopyTarget(url=url).tool_address for url in (address, other))
    for words in (
        [str(tool("pg_dump")), "--format=custom", f"--file={dump}", f"--dbname={shown}"],
        [str(tool("pg_restore")), "--exit-on-error", "--no-owner", f"--dbname={shown_other}", str(dump)],
    ):
        done = subprocess.run(words, env=whole, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    compared = desk.run("store", "copy", "--to", other, "--verify")
    assert compared.returncode == 0, compared.stdout
    configure(desk, store={"url": other})
    assert desk.run("search", "harbour", "--json").returncode == 0
    store = open_store(tmp_path / "another machine", other)
    assert store.stories.count() == 120
    store.close()
