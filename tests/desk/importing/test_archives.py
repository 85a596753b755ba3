"""WARC files, folders and pages as stories: outcomes, repetition, faults."""

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import Config, SourceConfig
from crawler.extraction import PARSER_VERSION, parse
from desk.container import importer_of, ingest_into
from desk.importing.origins import Origins
from desk.importing.pages import PageIntake
from ingest.readers.archives import UnreadableArchiveError, files_of, kind_of, pages_of
from model.errors import StoreError, TooLargeError
from model.outcomes import Outcome
from model.page import NO_ADDRESS, Link, Page
from model.story import Story
from store.maintenance.import_journal import Journal, JournalEntry, page_digest
from store.opening import Store, open_store
from tests.desk.importing.archive_files import HTML, Warc, article

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def link_to(url: str, content: bytes = b"") -> Link:
    return Link(url=url, source="archive")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data")
    yield opened
    opened.close()


class Desk:
    """A store with what an import needs; counts how often a page is read."""

    def __init__(self, store: Store, directory: Path) -> None:
        self.store = store
        self.directory = directory
        self.size = 2
        self.readings = 0

    def parse(self, page: Page) -> Story:
        self.readings += 1
        return parse(page)

    def take_in(self, *paths: Path, **settings: object) -> tuple[dict[Outcome, int], tuple[str, ...]]:
        config = Config.model_validate({"data_dir": self.directory, **settings})
        imports = importer_of(self.store, config, self, lambda: NOW)
        imported = imports.take_in(paths, lambda what, done, total: None)
        total: Counter[Outcome] = Counter()
        for summary in imported.summaries:
            total.update(summary.counts)
        return {outcome: count for outcome, count in total.items() if count}, imported.refused


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path / "data")


@pytest.mark.parametrize("name", ["news.warc", "news.warc.gz"])
def test_pages_of_an_archive_become_stories_once(desk: Desk, tmp_path: Path, name: str) -> None:
    warc = Warc(tmp_path / name)
    for number in range(230):
        warc.add(f"https://news.example.org/report-{number}.html", article(number))
    warc.add("https://news.example.org/", b"<html><body><p>A home page.</p></body></html>")
    warc.add("https://news.example.org/picture.png", b"\x89PNG", headers={"Content-Type": "image/png"})
    warc.add("https://news.example.org/gone.html", article(1), status="404 Not Found")
    warc.add("dns:news.example.org", b"127.0.0.1")
    path = warc.close()
    assert desk.take_in(path) == ({Outcome.NEW: 230, Outcome.NOT_A_STORY: 1}, ())
    story = next(desk.store.stories.walk())
    assert (story.source, story.first_seen_at.isoformat()) == ("example.org", "2024-05-06T07:08:09+00:00")
    readings, revision = desk.readings, desk.store.feed.position()
    assert desk.take_in(path) == ({Outcome.UNCHANGED: 231}, ())
    assert (desk.readings, desk.store.feed.position(), desk.store.stories.count()) == (readings, revision, 230)


def test_without_its_journal_an_import_still_doubles_nothing(desk: Desk, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "news.warc")
    for number in range(5):
        warc.add(f"https://news.example.org/report-{number}.html", article(number))
    path = warc.close()
    desk.take_in(path)
    for file in (tmp_path / "data").glob("imports.db*"):
        file.unlink()
    assert desk.take_in(path)[0] == {Outcome.UNCHANGED: 5}
    assert (desk.store.stories.count(), desk.store.pages.count()) == (5, 5)


def test_captures_of_one_address_are_versions_and_older_ones_are_known(desk: Desk, tmp_path: Path) -> None:
    url = "https://news.example.org/report.html"
    warc = Warc(tmp_path / "news.warc")
    warc.add(url, article(1), date="2024-05-02T00:00:00Z")
    warc.add(url, article(1, "The pilot said that the tide had not turned at all."), date="2024-05-03T00:00:00Z")
    assert desk.take_in(warc.close())[0] == {Outcome.NEW: 1, Outcome.CHANGED: 1}
    older = Warc(tmp_path / "older.warc")
    older.add(url, article(1, "Nobody knew anything of any tide."), date="2024-05-01T00:00:00Z")
    assert desk.take_in(older.close())[0] == {Outcome.KNOWN: 1}
    story = next(desk.store.stories.walk())
    assert story.version == 2
    assert "pilot" in story.body[0]


def test_a_folder_of_pages_lines_and_archives(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    canonical = '<link rel="canonical" href="https://paper.example.org/one.html">'
    (folder / "one.html").write_bytes(article(1, head=canonical))
    (folder / "deep" / "two.html.gz").write_bytes(gzip.compress(article(2)))
    (folder / "deep" / "lines.ndjson").write_text('{"headline": "A line", "body": ["Of another desk."]}\n')
    (folder / "notes.txt").write_text("not for us")
    warc = Warc(folder / "three.warc.gz")
    warc.add("https://news.example.org/three.html", article(3))
    warc.close()
    assert desk.take_in(folder)[0] == {Outcome.NEW: 4}
    assert desk.take_in(folder)[0] == {Outcome.UNCHANGED: 4}
    urls = {story.headline[:15]: story.url for story in desk.store.stories.walk()}
    assert urls == {
        "Report number 1": "https://paper.example.org/one.html",
        "Report number 2": None,
        "Report number 3": "https://news.example.org/three.html",
        "A line": None,
    }


def report(number: int) -> str:
    return f"https://news.example.org/report-{number}.html"


def archive_of(path: Path, count: int) -> list[int]:
    """An archive of that many pages; returns where its records begin."""
    warc, begins = Warc(path), [0]
    for number in range(count):
        warc.add(report(number), article(number))
        begins.append(warc.close().stat().st_size)
    return begins[:-1]


@pytest.mark.parametrize("name", ["news.warc", "news.warc.gz"])
def test_an_archive_that_ends_early_gives_what_stood_before_and_says_so(desk: Desk, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    begins = archive_of(path, 10)
    path.write_bytes(path.read_bytes()[:-50])
    outcomes, refused = desk.take_in(path)
    assert outcomes == {Outcome.NEW: 9}
    assert refused == (f"{path}: can't be read from byte {begins[9]} on: the file ends in the middle of a record",)
    archive_of(path, 10)
    assert desk.take_in(path) == ({Outcome.NEW: 1, Outcome.UNCHANGED: 9}, ())


def altered(content: bytes, begin: int) -> bytes:
    """Some bytes of the record at `begin` are others."""
    place = slice(begin + 50, begin + 60)
    return content[: place.start] + bytes(byte ^ 0x5A for byte in content[place]) + content[place.stop :]


def misled(content: bytes, begin: int) -> bytes:
    """The record at `begin` says another length than it has."""
    return content[:begin] + content[begin:].replace(b"Content-Length: ", b"Content-Length: 1\r\nWas: ", 1)


DAMAGES: dict[str, tuple[str, Callable[[bytes, int], bytes]]] = {
    "packed": ("news.warc.gz", altered),
    "packed, the mark": ("news.warc.gz", lambda content, begin: content[:begin] + b"xx" + content[begin + 2 :]),
    "plain": ("news.warc", misled),
    "plain, the mark": ("news.warc", lambda content, begin: content[:begin] + b"xxxx" + content[begin + 4 :]),
}


@pytest.mark.parametrize(("name", "damage"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_record_costs_no_other(
    desk: Desk, tmp_path: Path, name: str, damage: Callable[[bytes, int], bytes]
) -> None:
    path = tmp_path / name
    begins = archive_of(path, 10)
    content = path.read_bytes()
    damaged = damage(content, begins[3])
    path.write_bytes(damaged)
    outcomes, refused = desk.take_in(path)
    assert outcomes[Outcome.NEW] == 9
    assert len(refused) == 1
    assert f"to byte {begins[4] + len(damaged) - len(content)}: " in refused[0]
    assert [desk.store.stories.find(report(number)) is None for number in (2, 3, 4)] == [False, True, False]


def test_an_archive_that_was_packed_as_a_whole(desk: Desk, tmp_path: Path) -> None:
    archive_of(tmp_path / "news.warc", 5)
    path = tmp_path / "packed.warc.gz"
    path.write_bytes(gzip.compress((tmp_path / "news.warc").read_bytes()) + b"\0" * 100)
    assert desk.take_in(path) == ({Outcome.NEW: 5}, ())


def test_records_that_are_no_pages_are_passed_over(desk: Desk, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "news.warc.gz")
    for kind in ("warcinfo", "request", "response", "revisit", "metadata"):
        warc.add(report(1), article(1), kind=kind)
    assert desk.take_in(warc.close()) == ({Outcome.NEW: 1}, ())


def chunked(content: bytes) -> bytes:
    pieces = (content[start : start + 1000] for start in range(0, len(content), 1000))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


PACKED = {"Content-Encoding": "gzip"}
CHUNKED = {"Transfer-Encoding": "chunked"}
BODIES: dict[str, tuple[Mapping[str, str], bytes]] = {
    "packed": (PACKED, gzip.compress(article(7))),
    "packed by its headers only": (PACKED, article(7)),
    "chunked": (CHUNKED, chunked(article(7))),
    "chunked by its headers only": (CHUNKED, article(7)),
    "chunked and packed": (PACKED | CHUNKED, chunked(gzip.compress(article(7)))),
    "deflated": ({"Content-Encoding": "deflate"}, zlib.compress(article(7))),
}


@pytest.mark.parametrize(("headers", "body"), BODIES.values(), ids=BODIES.keys())
def test_bodies_are_decoded(desk: Desk, tmp_path: Path, headers: Mapping[str, str], body: bytes) -> None:
    warc = Warc(tmp_path / "news.warc")
    warc.add(report(7), body, headers={**HTML, **headers, "Set-Cookie": "id=1"})
    path = warc.close()
    [page] = pages_of(path, "warc", link_to, NOW, max_page_bytes=10**6, damaged=print)
    assert isinstance(page, Page)
    assert (page.content, "set-cookie" in page.headers) == (article(7), False)
    assert desk.take_in(path)[0] == {Outcome.NEW: 1}


def test_a_broken_body_is_no_story_of_half_its_text(desk: Desk, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "news.warc")
    warc.add(report(1), gzip.compress(article(1))[:-20], headers=HTML | PACKED)
    warc.add(report(2), article(2))
    assert desk.take_in(warc.close()) == ({Outcome.FAILED: 1, Outcome.NEW: 1}, ())


NO_ARCHIVES: dict[str, bytes] = {
    "text in an archive's clothes": b"this is no archive\r\n" * 20,
    "half a gzip": gzip.compress(b"WARC/1.0\r\n" * 500)[:30],
}


@pytest.mark.parametrize("content", NO_ARCHIVES.values(), ids=NO_ARCHIVES.keys())
def test_what_is_no_archive_is_named_and_the_rest_goes_in(desk: Desk, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.warc.gz").write_bytes(content)
    (tmp_path / "good.html").write_bytes(article(1))
    outcomes, refused = desk.take_in(tmp_path / "bad.warc.gz", tmp_path / "good.html")
    assert outcomes == {Outcome.NEW: 1}
    assert len(refused) <= 1
    assert all("bad.warc.gz: can't be read" in line for line in refused)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(UnreadableArchiveError, match="nowhere"):
        list(pages_of(Path("nowhere.html"), "page", link_to, NOW, max_page_bytes=1000, damaged=print))


def test_too_large_pages_are_counted(desk: Desk, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "news.warc")
    warc.add("https://news.example.org/large.html", article(1) * 20)
    warc.add("https://news.example.org/small.html", article(2))
    outcomes, _ = desk.take_in(warc.close(), crawler={"max_page_bytes": 5000})
    assert outcomes == {Outcome.TOO_LARGE: 1, Outcome.NEW: 1}
    [large, _] = pages_of(warc.path, "warc", link_to, NOW, max_page_bytes=5000, damaged=print)
    assert isinstance(large, TooLargeError)


def test_a_withdrawal_and_a_forgotten_story(desk: Desk, store: Store, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "news.warc")
    url = "https://news.example.org/report-1.html"
    warc.add(url, article(1))
    desk.take_in(warc.close())
    kill = Warc(tmp_path / "kill.warc")
    notice = "<h1>KILL: Report number 1 from the harbour</h1><p>Editors: kill the story. It is withdrawn.</p>"
    kill.add(url, f"<html><body><article>{notice}</article></body></html>".encode(), date="2024-06-01T00:00:00Z")
    outcomes, _ = desk.take_in(kill.close())
    assert sum(outcomes.values()) == 1


def test_what_fails_in_the_middle_is_taken_up_again(store: Store, tmp_path: Path) -> None:
    pages = [
        Page(link=link_to(url), url=url, final_url=url, fetched_at=NOW, content=article(number))
        for number in range(250)
        if (url := f"https://news.example.org/report-{number}.html")
    ]

    def broken() -> Iterator[Page]:
        yield from pages[:220]
        raise KeyboardInterrupt

    journal = Journal(tmp_path / "imports.db", PARSER_VERSION)
    counts: Counter[Outcome] = Counter()
    with ThreadPoolExecutor(2) as executor:
        intake = PageIntake(ingest_into(store, parse), store.forgotten, journal, parse, executor, 1)
        with pytest.raises(KeyboardInterrupt):
            intake.take_in(broken(), counts, lambda done: None)
        assert counts == {Outcome.NEW: 220}
        intake.take_in(pages, counts, lambda done: None)
    journal.close()
    assert counts == {Outcome.NEW: 250, Outcome.UNCHANGED: 220}
    assert store.stories.count() == 250


def test_sources_go_by_the_domain(store: Store) -> None:
    source = SourceConfig(name="paper", feeds=("https://feeds.example.co.uk/rss",), timezone="Europe/London")
    origins = Origins(store, [source])
    configured = origins.link_to("https://www.example.co.uk/story.html", b"")
    assert (configured.source, configured.timezone) == ("paper", "Europe/London")
    assert origins.link_to("https://www.other.co.uk/story.html", b"").source == "other.co.uk"
    assert origins.link_to("http://127.0.0.1/story.html", b"").source == "import"
    assert origins.link_to(NO_ADDRESS, b"").source == "import"


NEAREST = {
    "language": ("https://www.dw.example/story", b'<html dir="ltr" lang="es-ES">', "dw-es"),
    "other language": ("https://www.dw.example/story", b"<html lang=en>", "dw"),
    "beginning of the path": ("https://www.dw.example/es/story", b"", "dw-es"),
    "IP address": ("http://127.0.0.1:8001/story", b"", "ip"),
    "another port": ("http://127.0.0.1:8002/story", b"", "import"),
    "one label": ("http://localhost/story", b"", "label"),
}


@pytest.mark.parametrize(("url", "content", "source"), NEAREST.values(), ids=NEAREST)
def test_the_nearest_source_of_a_site(store: Store, url: str, content: bytes, source: str) -> None:
    sources = [
        SourceConfig(name="dw", fronts=("https://www.dw.example/en/",), language="en"),
        SourceConfig(name="dw-es", fronts=("https://www.dw.example/es/",), language="es"),
        SourceConfig(name="ip", feeds=("http://127.0.0.1:8001/rss",)),
        SourceConfig(name="label", feeds=("http://localhost/rss",)),
    ]
    assert Origins(store, sources).link_to(url, content).source == source


KINDS = {
    "a.ndjson": "lines",
    "a.jsonl.gz": "lines",
    "a.WARC.gz": "warc",
    "a.warc": "warc",
    "a.htm": "page",
    "2024.05.html.gz": "page",
    "a.png": None,
    "a": None,
    "a.gz": None,
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items(), ids=KINDS.keys())
def test_kinds_by_name(name: str, kind: str | None) -> None:
    assert kind_of(Path(name)) == kind


def test_a_file_without_a_telling_name_is_lines(tmp_path: Path) -> None:
    (tmp_path / "export").write_text("")
    assert list(files_of([tmp_path / "export"])) == [(tmp_path / "export", "lines")]
    assert list(files_of([tmp_path])) == []


def test_a_better_parser_reads_again_what_was_no_story(tmp_path: Path) -> None:
    page = Page(link=link_to(NO_ADDRESS), url=NO_ADDRESS, final_url=NO_ADDRESS, fetched_at=NOW, content=b"1")
    other = page.model_copy(update={"content": b"2"})
    old, new = (Journal(tmp_path / "imports.db", version) for version in (1, 2))
    old.add([JournalEntry(page_digest(page), kept=True), JournalEntry(page_digest(other), kept=False)])
    assert [journal.holds(page_digest(p)) for journal in (old, new) for p in (page, other)] == [True, True, True, False]
    old.close()
    new.close()


def test_a_broken_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / "imports.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="may be removed"):
        Journal(tmp_path / "imports.db", 1)


@settings(max_examples=60)
@given(st.binary(max_size=2000), st.binary(max_size=200))
def test_whatever_stands_in_a_file_there_is_a_page(before: bytes, address: bytes) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "any.html"
        path.write_bytes(b"<!" + before + b'<link rel=canonical href="https://' + address + b'">')
        [page] = pages_of(path, "page", link_to, NOW, max_page_bytes=10**6, damaged=print)
    assert isinstance(page, Page)
    assert page.url.startswith("http")
