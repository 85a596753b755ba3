"""Places outside of the database for the tests of what uses them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.blobs.place import PlaceSettings
from tests.cluster.s3_server import BUCKET, S3Server, s3_server

PLACES = ["folder", pytest.param("s3", marks=pytest.mark.cluster)]


class Outside:
    """A place with the folder in which its files are found."""

    def __init__(self, settings: PlaceSettings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder

    def files(self) -> list[Path]:
        """The blobs that are there."""
        return sorted(path for path in self.folder.glob("??/*") if path.is_file())


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(params=PLACES)
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Outside:
    if request.param == "folder":
        return Outside(PlaceSettings(str(tmp_path / "kept")), tmp_path / "kept")
    server: S3Server = request.getfixturevalue("server")
    return Outside(server.settings(tmp_path.name), server.folder / BUCKET / tmp_path.name)
