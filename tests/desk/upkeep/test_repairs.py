"""Stories that an earlier version merged by mistake are named and split, and nothing else is touched."""

import json
import tarfile
from pathlib import Path

import pytest

from desk.container import Desk
from store.opening import Store
from tests.desk.desk_process import DeskProcess

pytestmark = pytest.mark.sqlite_files("a stored directory of an earlier version, which kept files")
MERGED = Path(__file__).parent / "fixtures" / "merged-0.1.tar.gz"
FERRY, CENSUS, MUSEUM, TRAM = (
    "Ferry to the outer islands stops for the winter",
    "Census finds fewer farms than feared",
    "Museum returns drum to village in the hills",
    "Tram drivers accept offer and end their strike",
)


@pytest.fixture
def desk(tmp_path: Path) -> DeskProcess:
    with tarfile.open(MERGED) as archive:
        archive.extractall(tmp_path, filter="data")
    return DeskProcess(tmp_path, [])


def opened(desk: DeskProcess) -> Store:
    return Desk(desk.config).store


def test_they_are_named_before_anything_is_migrated(desk: DeskProcess) -> None:
    found = desk.run("check", "--identities")
    assert found.returncode == 1
    [line] = [line for line in found.stdout.splitlines() if line.startswith("story ")]
    assert "holds 3 different stories: versions 1, 4" in line
    assert all(headline in line for headline in (FERRY, CENSUS, MUSEUM))
    assert TRAM not in found.stdout


def test_a_dry_run_and_a_run_without_a_terminal_change_nothing(desk: DeskProcess) -> None:
    before = {story.id: story.headline for story in opened(desk).stories.walk()}
    assert desk.run("repair", "identities", "--dry-run").returncode == 0
    refused = desk.run("repair", "identities")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert {story.id: story.headline for story in opened(desk).stories.walk()} == before


def test_each_text_is_a_story_of_its_own_afterwards(desk: DeskProcess) -> None:
    store = opened(desk)
    tram = next(story for story in store.stories.walk() if story.headline == TRAM)
    swallowed = next(story for story in store.stories.walk() if story.id != tram.id)
    trams = store.stories.versions(tram.id)
    store.close()
    done = desk.run("repair", "identities", "--yes")
    assert done.returncode == 0, done.stderr
    store = opened(desk)
    stories = {story.headline: story for story in store.stories.walk()}
    assert sorted(stories) == sorted((FERRY, CENSUS, MUSEUM, TRAM))
    assert stories[FERRY].id == swallowed.id
    assert [version.version for version in store.stories.versions(swallowed.id)] == [1, 4]
    assert store.stories.versions(swallowed.id)[1].changed == ("body",)
    for headline in (CENSUS, MUSEUM):
        story = stories[headline]
        assert (story.version, story.split_from, story.changed) == (1, swallowed.id, ())
        assert story.url is not None
        assert store.stories.find(story.url) == story.id
        state = store.crawl.url(story.url)
        assert state is not None
        assert state.story_id == story.id
    assert store.stories.versions(tram.id) == trams
    assert store.stories.distrusted_ids() == {"swallow": 1}
    store.close()
    found = json.loads(desk.run("search", "drum", "--json").stdout)
    assert [hit["headline"] for hit in found["hits"]] == [MUSEUM]
    well = desk.run("check", "--deep", "--identities")
    assert well.returncode == 0, well.stdout
    assert desk.run("repair", "identities", "--yes").stdout.startswith("no story holds")


def test_without_its_page_a_text_stays_where_it_is(desk: DeskProcess) -> None:
    store = opened(desk)
    story = next(story for story in store.stories.walk() if story.headline == FERRY)
    page_id = store.stories.page_of(story.id, 2)
    assert page_id is not None
    store.pages.drop(page_id)
    store.close()
    refused = desk.run("repair", "identities", "--yes")
    assert refused.returncode == 1
    assert "can't be split: version 2" in refused.stdout
    store = opened(desk)
    assert len(store.stories.versions(story.id)) == 4
    store.close()
