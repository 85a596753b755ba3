"""An archive that was cut, wherever that was, is never taken for a whole one."""

import gzip
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from ingest.readers.archives import pages_of
from model.page import Page
from run import main
from tests.desk.desk_process import DeskProcess
from tests.desk.importing.archive_files import Warc, arc_records, article
from tests.desk.importing.test_archives import NOW, link_to

PAGES = {f"https://news.example.org/{n}.html": b"<html><p>%s</p></html>" % (b"%d words " % n * 12) for n in range(4)}


class Shape(NamedTuple):
    """An archive: where it may be cut without a trace, and how many of its records hold a page by then."""

    name: str
    content: bytes
    ends: dict[int, int]


def shape(name: str, records: list[bytes], *, first_page: int = 0, whole: bool = False) -> Shape:
    content = b"".join(records)
    if whole:
        return Shape(name, gzip.compress(content), {})
    pages = (max(0, count - first_page) for count in range(1, len(records) + 1))
    return Shape(name, content, dict(zip(accumulate(map(len, records)), pages, strict=True)))


def warc_records(directory: Path) -> list[bytes]:
    found = []
    for number, (url, content) in enumerate(PAGES.items()):
        warc = Warc(directory / f"{number}.warc")
        warc.add(url, content)
        found.append(warc.close().read_bytes())
    return found


def shapes(directory: Path) -> dict[str, Shape]:
    warc, arc = warc_records(directory), arc_records(PAGES)
    return {
        "warc": shape("news.warc", warc),
        "warc packed by record": shape("news.warc.gz", [gzip.compress(record) for record in warc]),
        "warc packed as a whole": shape("news.warc.gz", warc, whole=True),
        "arc": shape("news.arc", arc, first_page=1),
        "arc packed by record": shape("news.arc.gz", [gzip.compress(record) for record in arc], first_page=1),
        "arc packed as a whole": shape("news.arc.gz", arc, whole=True),
    }


def read(path: Path) -> tuple[int, list[str]]:
    damages: list[str] = []
    found = pages_of(path, "warc", link_to, NOW, max_page_bytes=10**6, damaged=damages.append)
    return sum(isinstance(page, Page) for page in found), damages


@pytest.mark.parametrize(
    "name",
    [
        "warc",
        "warc packed by record",
        "warc packed as a whole",
        "arc",
        "arc packed by record",
        "arc packed as a whole",
    ],
)
def test_every_cut_is_noticed_and_costs_no_whole_record(tmp_path: Path, name: str) -> None:
    archive = shapes(tmp_path)[name]
    path = tmp_path / archive.name
    silent = []
    for cut in range(1, len(archive.content)):
        path.write_bytes(archive.content[:cut])
        count, damages = read(path)
        if not damages:
            silent.append(cut)
        else:
            assert len(damages) == 1
            assert damages[0].startswith(f"{path}: can't be read from byte ")
        assert count >= max((pages for end, pages in archive.ends.items() if end <= cut), default=0), cut
    # Between two records nothing tells that more was to come; the first record of an ARC file ends as its text does.
    allowed = {*archive.ends, *([min(archive.ends) - 1] if name == "arc" else [])}
    assert set(silent) <= allowed
    path.write_bytes(archive.content)
    assert read(path) == (len(PAGES), [])


CUTS = {
    "in a head": (60, "the head of a record can't be read"),
    "in a head, later": (200, "the file ends in the middle of a record"),
    "in a body": (900, "the file ends in the middle of a record"),
}


@pytest.mark.parametrize(("left", "reason"), CUTS.values(), ids=CUTS.keys())
def test_the_command_names_it_and_exits_1(tmp_path: Path, left: int, reason: str) -> None:
    desk = DeskProcess(tmp_path, [])
    warc = Warc(tmp_path / "news.warc")
    warc.add("https://news.example.org/0.html", article(0))
    begin = warc.close().stat().st_size
    warc.add("https://news.example.org/1.html", article(1))
    path = warc.close()
    path.write_bytes(path.read_bytes()[: begin + left])
    result = CliRunner().invoke(main, ["--config", str(desk.config), "import", str(path)])
    assert result.exit_code == 1
    assert f"{path}: can't be read from byte {begin} on: {reason}" in result.output.splitlines()
    assert "1 new, 0 changed, 0 unchanged, 1 refused" in result.output
