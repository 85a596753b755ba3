"""A data directory that stands beside another store than the one that its index was made from."""

from pathlib import Path

import pytest

from model.errors import LostDatabaseError
from store.opening import look_at_store, open_store
from tests.store.contract.made_stories import save


@pytest.fixture
def another(request: pytest.FixtureRequest) -> str:
    """The address of a second database."""
    server = request.getfixturevalue("postgresql_server")
    name = f"another_{request.getfixturevalue('database')}"
    server.make_database(name, "empty")
    request.addfinalizer(lambda: server.drop_database(name))
    return str(server.address(name))


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables."""
    return str(request.getfixturevalue("postgresql_server").address(request.getfixturevalue("database")))


def open_with_a_story(data_dir: Path, url: str | None = None, *, index: bool = True) -> None:
    """Open a store as a desk does that crawls: it holds a story then, and an index stands in the data directory."""
    store = open_store(data_dir, url)
    save(store, "story")
    store.close()
    if index:
        (data_dir / "index").mkdir(exist_ok=True)
        (data_dir / "index" / "current").write_text("1")


def stories_in(data_dir: Path, url: str | None = None) -> int:
    store = open_store(data_dir, url)
    try:
        return store.stories.count()
    finally:
        store.close()


def take(source: Path, target: Path) -> None:
    """Put the files of one store in the place of another's."""
    for name in ("stories.db", "pages.db"):
        (target / name).write_bytes((source / name).read_bytes())


@pytest.mark.sqlite_files("files that are put in the place of others")
def test_files_of_another_desk_are_refused(tmp_path: Path) -> None:
    open_with_a_story(tmp_path / "one")
    open_with_a_story(tmp_path / "two")
    mine = (tmp_path / "one" / "stories.db").read_bytes()
    take(tmp_path / "two", tmp_path / "one")
    with pytest.raises(LostDatabaseError, match=r"the index in .* is of another store .* put the right file back"):
        open_store(tmp_path / "one")
    (tmp_path / "one" / "stories.db").write_bytes(mine)
    assert stories_in(tmp_path / "one") == 1


@pytest.mark.sqlite_files("files that are put in the place of others")
def test_an_index_that_is_moved_away_is_made_anew(tmp_path: Path) -> None:
    open_with_a_story(tmp_path / "one")
    open_with_a_story(tmp_path / "two")
    (tmp_path / "one" / "imports.db").write_bytes(b"of the pages of another store")
    take(tmp_path / "two", tmp_path / "one")
    (tmp_path / "one" / "index").rename(tmp_path / "index")
    open_store(tmp_path / "one").close()
    assert not (tmp_path / "one" / "imports.db").exists()
    (tmp_path / "index").rename(tmp_path / "one" / "index")
    open_store(tmp_path / "one").close()


@pytest.mark.sqlite_files("files that are put in the place of others")
def test_a_desk_that_begins_anew_goes_on(tmp_path: Path) -> None:
    open_with_a_story(tmp_path)
    for name in ("stories.db", "pages.db", "index/current"):
        (tmp_path / name).unlink()
    open_with_a_story(tmp_path)
    assert stories_in(tmp_path) == 1


@pytest.mark.sqlite_files("files that are put in the place of others")
def test_what_was_there_before_an_empty_store_may_be_put_back(tmp_path: Path) -> None:
    open_with_a_story(tmp_path)
    for name in ("stories.db", "pages.db", "index"):
        (tmp_path / name).rename(tmp_path / f"{name}.away")
    open_store(tmp_path).close()
    for name in ("stories.db", "pages.db", "index"):
        (tmp_path / f"{name}.away").rename(tmp_path / name)
    assert stories_in(tmp_path) == 1


@pytest.mark.cluster
def test_another_database_is_refused(tmp_path: Path, address: str, another: str) -> None:
    open_with_a_story(tmp_path, address)
    open_with_a_story(tmp_path / "other", another)
    with pytest.raises(LostDatabaseError, match=r"set store\.url right"):
        open_store(tmp_path, another)
    looked = look_at_store(tmp_path, another)
    with pytest.raises(LostDatabaseError, match=r"set store\.url right"):
        looked.refuse_foreign(tmp_path)
    looked.close()
    assert stories_in(tmp_path, address) == 1


@pytest.mark.cluster
def test_a_database_that_was_emptied_is_refused(tmp_path: Path, address: str, another: str) -> None:
    open_with_a_story(tmp_path, address)
    with pytest.raises(LostDatabaseError, match=r"the index in .* is of another store"):
        open_store(tmp_path, another)


@pytest.mark.cluster
def test_without_an_index_a_data_directory_goes_over_to_another_database(
    tmp_path: Path, address: str, another: str
) -> None:
    open_with_a_story(tmp_path, address, index=False)
    open_store(tmp_path, another).close()
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "current").write_text("1")
    open_store(tmp_path, another).close()


@pytest.mark.cluster
def test_stories_that_stand_in_files_are_not_left_behind_unseen(tmp_path: Path, address: str) -> None:
    store = open_store(tmp_path)
    save(store, "story")
    store.close()
    with pytest.raises(LostDatabaseError, match=r"stories.db in .* is of another store \(stories.db\)"):
        open_store(tmp_path, address)
    (tmp_path / "run" / "store.json").unlink()  # last opened before data directories remembered their store
    with pytest.raises(LostDatabaseError, match="holds a store of its own"):
        open_store(tmp_path, address)


@pytest.mark.cluster
def test_files_that_were_left_for_a_database_are_not_gone_back_to(tmp_path: Path, address: str) -> None:
    store = open_store(tmp_path)
    save(store, "story")
    with store.databases[0].read() as connection:
        identity = connection.exec_driver_sql("SELECT value FROM counters WHERE name = 'identity'").scalar_one()
    store.close()
    moved = look_at_store(tmp_path, address)
    with moved.databases[0].write() as connection:
        connection.exec_driver_sql("INSERT INTO counters VALUES ('identity', %s)", (identity,))
    moved.close()
    open_store(tmp_path, address).close()
    with pytest.raises(LostDatabaseError, match="was left when its stories went to the database"):
        open_store(tmp_path)
