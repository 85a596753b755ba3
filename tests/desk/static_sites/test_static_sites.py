"""Is every post of a static site found and read? With real generators, where they can be installed."""

import os
from pathlib import Path

import pytest

from tests.desk.static_sites.generators import GENERATORS, NotInstallableError
from tests.desk.static_sites.measure import FIELDS, measure
from tests.desk.static_sites.posts import POSTS


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where generators are kept: the folder that STATIC_SITE_GENERATORS names, else one that goes with the tests."""
    named = os.environ.get("STATIC_SITE_GENERATORS")
    folder = Path(named).absolute() if named else tmp_path_factory.mktemp("generators")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.long
@pytest.mark.parametrize("name", GENERATORS)
def test_every_post_is_found_and_read(name: str, cache: Path, tmp_path: Path) -> None:
    try:
        counts, _ = measure(name, cache, tmp_path)
    except NotInstallableError as error:
        pytest.skip(f"no site to read: {error}")
    assert counts == {**dict.fromkeys(FIELDS, len(POSTS)), "others": 0}
