"""Pages outside of the store, from the command line: what `check` says, keys in files, a crawl that pauses."""

import shutil
from pathlib import Path

import pytest

from config import ConfigError, PagesConfig
from desk.container import Desk
from desk.page_place import place_of
from desk.upkeep.diagnosis import diagnose
from model.page import Link, Page
from tests.desk.make_old_data import NOW

CONTENT = b"<p>one"
_LOOKED_AT = pytest.mark.sqlite_files("files that are looked at as they stand")


def page() -> Page:
    url = "https://example.org/1"
    return Page(link=Link(url=url, source="a"), url=url, final_url=url, fetched_at=NOW, content=CONTENT)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "config.yaml").write_text("pages: {url: kept}")
    return Desk(tmp_path / "config.yaml")


def problems(desk: Desk, *, deep: bool = True) -> list[str]:
    found = diagnose(desk.path, desk.config, desk.open_engine(looks_only=True), deep=deep, pages_in=desk.pages_in)
    return [line for line in found.problems if not line.startswith("index:")]


@_LOOKED_AT
@pytest.mark.parametrize("deep", [False, True])
def test_check_tells_of_a_place_that_is_not_the_right_one(desk: Desk, deep: bool) -> None:
    assert problems(desk, deep=deep) == []
    number = desk.store.pages.save(page())
    desk.store.checkpoint()
    assert problems(desk, deep=deep) == []
    kept = Path(str(desk.config.pages.url))
    shutil.move(kept, kept.with_name("away"))
    (told,) = problems(desk, deep=deep)
    assert told.startswith(f"{kept}, where pages are kept, does not hold the pages of this desk")
    shutil.move(kept.with_name("away"), kept)
    assert problems(desk, deep=deep) == []
    loaded = desk.store.pages.load(number)
    assert loaded is not None
    assert loaded.content == CONTENT
    desk.store.close()


@_LOOKED_AT
def test_check_deep_finds_what_is_missing(desk: Desk) -> None:
    desk.store.pages.save(page())
    desk.store.checkpoint()
    (kept,) = Path(str(desk.config.pages.url)).glob("??/*")
    kept.unlink()
    assert problems(desk, deep=False) == []
    (told,) = problems(desk)
    assert told.startswith("pages.db: the bytes of 1 pages are missing from where they are kept")
    desk.store.close()


def test_keys_are_read_from_files(tmp_path: Path) -> None:
    (tmp_path / "access").write_text("AKIA123\n")
    (tmp_path / "secret").write_text("geheim/+1\n")
    pages = PagesConfig(
        url="s3://bucket/x", access_key_file=tmp_path / "access", secret_key_file=tmp_path / "secret", region="x-1"
    )
    place = place_of(pages)
    assert place is not None
    assert (place.access_key, place.secret_key, place.region) == ("AKIA123", "geheim/+1", "x-1")
    assert "AKIA123" not in repr(place)
    assert "geheim" not in repr(place)
    assert place_of(PagesConfig()) is None


@pytest.mark.parametrize(
    "text", [None, "", "a key\nand more", "schlüssel"], ids=["none", "empty", "two lines", "letters"]
)
def test_a_file_without_a_key_is_said(tmp_path: Path, text: str | None) -> None:
    (tmp_path / "access").write_text("AKIA123")
    if text is not None:
        (tmp_path / "secret").write_text(text)
    pages = PagesConfig(url="s3://bucket/x", access_key_file=tmp_path / "access", secret_key_file=tmp_path / "secret")
    with pytest.raises(ConfigError, match=r"pages\.secret_key_file: .*secret") as raised:
        place_of(pages)
    assert "key\nand" not in str(raised.value)
    assert "schl" not in str(raised.value)
