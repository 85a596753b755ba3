"""Every story is stored once and none as another, whatever publishers do with ids, links, headlines and addresses.

Nothing may be merged that is not one, nothing be split that is, but for the splits of TOLERATED.
"""

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from shutil import copytree

import pytest

from store.opening import open_store
from tests.crawler.recheck_pages import Told
from tests.ingest.traps.identity_traps import all_traps
from tests.ingest.traps.judge import faults_of
from tests.ingest.traps.outline import outline
from tests.ingest.traps.worlds import TOLERATED, World

TRAPS = all_traps()
ALIKE_ON_PURPOSE = {"background-in-common", "days-of-a-forecast", "syndicated"}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store: to copy it takes a fifth of the time of making one."""
    directory = tmp_path_factory.mktemp("empty")
    open_store(directory).close()
    return directory


@pytest.fixture
def directory(empty: Path, tmp_path: Path) -> Path:
    copytree(empty, tmp_path / "data")
    return tmp_path


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(world, id=world.name, marks=() if place % 5 in (0, 2) else pytest.mark.long)
        for place, world in enumerate(TRAPS)
    ],
)
def test_every_story_is_stored_once_and_none_as_another(world: World, directory: Path) -> None:
    faults = faults_of(world, directory)
    told = "\n".join(f"    {fault.kind}: {fault.told}" for fault in faults)
    assert not faults, f"{outline(world)}\n  in the store:\n{told}"


def test_there_are_two_hundred_traps_and_each_tolerated_split_is_among_them() -> None:
    assert len({world.name for world in TRAPS}) == len(TRAPS) >= 200
    assert {true.split for world in TRAPS for true in world.stories} == {None, *TOLERATED}


def test_different_stories_have_next_to_nothing_in_common() -> None:
    shares = {
        world.name: max(common(one, other) for one, other in combinations(texts_of(world), 2))
        for world in TRAPS
        if world.recipe not in ALIKE_ON_PURPOSE and len(world.stories) > 1
    }
    assert {name: share for name, share in shares.items() if share > 0.1} == {}


def texts_of(world: World) -> list[Told]:
    return [true.tellings[-1] for true in world.stories]


def common(one: Told, other: Told) -> float:
    """The share of the shorter text's runs of three words that the other has, too."""
    first, second = (
        {*zip(w, w[1:], w[2:], strict=False)} for w in (" ".join(t.paragraphs).split() for t in (one, other))
    )
    return len(first & second) / min(len(first), len(second))


def world_named(recipe: str) -> World:
    return next(world for world in TRAPS if world.recipe == recipe)


def as_one_story(world: World) -> World:
    """The lie that the first two stories are one."""
    first, second, *others = world.stories
    one = replace(first, tellings=first.tellings + second.tellings, at=first.at + second.at)
    return replace(world, stories=(one, *others))


def as_two_stories(world: World) -> World:
    """The lie that the first story's two versions are two stories."""
    first, *others = world.stories
    parts = (replace(first, tellings=(told,), versions=(1, 2)) for told in first.tellings)
    return replace(world, stories=(*parts, *others))


def as_never_changed(world: World) -> World:
    """The lie that the first story's second version never was."""
    first, *others = world.stories
    return replace(world, stories=(replace(first, versions=(1, 1)), *others))


def as_elsewhere(world: World) -> World:
    """The lie that the first two stories stand at each other's address."""
    first, second, *others = world.stories
    swapped = (replace(first, at=second.at), replace(second, at=first.at))
    return replace(world, stories=(*swapped, *others))


def as_unknown(world: World) -> World:
    """The lie that there is no first story."""
    return replace(world, stories=world.stories[1:])


LIES = {
    "split": as_one_story(world_named("plain")),
    "merged": as_two_stories(world_named("flash-that-grows")),
    "version": as_never_changed(world_named("guid-that-changes")),
    "address": as_elsewhere(world_named("plain")),
    "stray": as_unknown(world_named("plain")),
}


@pytest.mark.parametrize(("kind", "world"), LIES.items(), ids=LIES.keys())
def test_the_judge_tells_what_is_not_as_it_should_be(kind: str, world: World, directory: Path) -> None:
    assert kind in {fault.kind for fault in faults_of(world, directory)}
