"""Diagnosis of a configuration and its data directory, for `check`.

It only looks: the store is opened to be read as it stands, so that nothing is made where a desk is still to begin, and
nothing changed where one is to be mended. What stands in the way of all further questions is the one answer.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from config import Config
from desk.program import NAME
from desk.upkeep.consistency import find_problems
from index.base import Engine, IndexReader
from ingest.identity.mistaken_merges import find_mistaken
from model.errors import EngineError, StoreError
from store.blobs.place import PlaceSettings
from store.blobs.places import open_place
from store.directory.data_directory import obstacle
from store.directory.presence import (
    PAGES,
    STORIES,
    has_begun,
    has_index,
    open_logs,
    refuse_emptied_stories,
    refuse_lost_stories,
)
from store.opening import Store, look_at_store


class Diagnosis(NamedTuple):
    """What is wrong, and what is worth knowing."""

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def diagnose(
    path: Path,
    config: Config,
    engine: Engine,
    *,
    deep: bool,
    identities: bool = False,
    pages_in: PlaceSettings | None = None,
) -> Diagnosis:
    """Look at everything; `deep` reads every byte, `identities` all versions; `path` is the configuration's.

    `pages_in` is where pages are kept outside of the store.
    """
    of_servers = _look_at_servers(engine)
    found = _diagnose(path, config, engine.reader(), deep=deep, identities=identities, pages_in=pages_in)
    return Diagnosis(tuple(dict.fromkeys((*found.problems, *of_servers.problems))), (*found.notes, *of_servers.notes))


def _look_at_servers(engine: Engine) -> Diagnosis:
    """What is wrong with the servers of the index, where it has any, and what should be set otherwise there."""
    try:
        health = engine.health(thorough=True)
    except EngineError as error:
        return Diagnosis((f"index: {error}",))
    return Diagnosis(tuple(f"index: {trouble}" for trouble in health.troubles), health.advice)


def _diagnose(
    path: Path,
    config: Config,
    live: IndexReader,
    *,
    deep: bool,
    identities: bool,
    pages_in: PlaceSettings | None,
) -> Diagnosis:
    reason = obstacle(config.data_dir) or _place_trouble(pages_in)
    if reason is not None:
        return Diagnosis((reason,))
    address = config.store.address()
    if address is not None:
        return _look_elsewhere(path, config, address, live, deep=deep, identities=identities, pages_in=pages_in)
    if not has_begun(config.data_dir):
        return Diagnosis(notes=_beginning(path, config, str(config.data_dir)))
    while True:
        logs = open_logs(config.data_dir)
        store = look_at_store(config.data_dir, pages_in=pages_in)
        try:
            found = _look(path, config, store, live, deep=deep, identities=identities)
        finally:
            store.close()
        # A desk that was started meanwhile has written to files that were taken for still ones.
        if not found.problems or logs >= open_logs(config.data_dir):
            return found


def _place_trouble(pages_in: PlaceSettings | None) -> str | None:
    """Why a place outside of the store can't be asked; None where it can, whatever it holds."""
    if pages_in is None:
        return None
    try:
        place = open_place(pages_in)
        try:
            place.mark()
        finally:
            place.close()
    except StoreError as error:
        return str(error)
    return None


def _look_elsewhere(
    path: Path,
    config: Config,
    address: str,
    live: IndexReader,
    *,
    deep: bool,
    identities: bool,
    pages_in: PlaceSettings | None,
) -> Diagnosis:
    try:
        store = look_at_store(config.data_dir, address, pages_in=pages_in)
    except StoreError as error:
        return Diagnosis((str(error),))
    try:
        return _look(path, config, store, live, deep=deep, identities=identities)
    finally:
        store.close()


def _look(path: Path, config: Config, store: Store, live: IndexReader, *, deep: bool, identities: bool) -> Diagnosis:
    is_file = store.name == STORIES
    try:
        if is_file:
            refuse_lost_stories(config.data_dir)
        layouts = store.layouts()
        has_tables = layouts[store.name].has_tables
        if is_file and not has_tables:  # killed before it had made a table
            refuse_lost_stories(config.data_dir, has_tables=False)
        if not has_tables or (not is_file and store.feed.position() == 0 and not has_index(config.data_dir)):
            return Diagnosis(notes=_beginning(path, config, _place(config, store)))
        waiting = tuple(name for name, layout in layouts.items() if not layout.is_newest)
        if not waiting:
            store.refuse_foreign(config.data_dir)
        pages_lost = waiting == (PAGES,) and store.names_pages()
        _refuse_emptied(config.data_dir, store, live)
    except StoreError as error:
        return Diagnosis((str(error),))
    if pages_lost:
        lost = f"{config.data_dir / PAGES} is empty, and the pages as fetched that were in it are lost"
        return Diagnosis((f"{lost}; `restore` a backup, or go on without them: the next start makes it anew",))
    if waiting:
        damages = tuple(f"{damage}; restore a backup" for damage in store.problems())
        names = " and ".join(waiting)
        where = f"{names} in {config.data_dir}" if is_file else names
        note = f"{where}: of an older version of Wiredesk, migrated at the next start"
        return Diagnosis((*damages, *(_mistaken(store) if identities and not damages else ())), (note,))
    problems = tuple(find_problems(store, live, deep=deep))
    problems += tuple(_mistaken(store)) if identities and not problems else ()
    if problems:
        return Diagnosis(problems)
    looked_at = f"{path} and {config.data_dir}" if is_file else f"{path}, {config.data_dir} and {store.name}"
    return Diagnosis(notes=(f"{looked_at} are well: {store.stories.count()} stories",))


def _place(config: Config, store: Store) -> str:
    """Where the stories are, for a person."""
    return str(config.data_dir) if store.name == STORIES else store.name


def _mistaken(store: Store) -> Iterator[str]:
    """Stories that hold the texts of different stories; an older layout can be read for that, too."""
    for found in find_mistaken(store):
        yield f"{found}; `repair identities --dry-run` says what can be split"


def _refuse_emptied(data_dir: Path, store: Store, live: IndexReader) -> None:
    if store.feed.position() == 0:
        try:
            refuse_emptied_stories(data_dir, store.name, changes=0, indexed=live.count())
        except EngineError:
            return


def _beginning(path: Path, config: Config, place: str) -> tuple[str, ...]:
    """What to do with a desk that holds nothing yet."""
    sources = f"{len(config.sources)} source(s)" if config.sources else "no sources yet (`sources add URL` adds one)"
    return (
        f"{path} is right: {sources}",
        f"There is nothing in {place} yet, and it will be made when it is needed. To begin:",
        f"  {NAME} crawl         fetch all sources once",
        f"  {NAME} start         crawl on schedule and serve over HTTP",
        f"  {NAME} import PATH   take stories in from files",
    )
