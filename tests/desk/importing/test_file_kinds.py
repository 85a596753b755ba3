"""What an import says of files that it can't take, and what it takes beside them."""

import gzip
import json
import os
import random
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desk.importing.rejections import refusals_in_words
from ingest.readers.file_kinds import refusal
from run import main
from tests.desk.desk_process import DeskProcess
from tests.desk.importing.archive_files import Warc, article
from tests.desk.test_data_directory import as_nobody

GOOD = json.dumps({"headline": "A ferry", "body": ["Text."]})
TAKEN = "`import` takes lines of JSON"


@pytest.fixture
def desk(tmp_path: Path) -> DeskProcess:
    return DeskProcess(tmp_path, [])


def take(desk: DeskProcess, *paths: Path) -> Result:
    result = CliRunner().invoke(main, ["--config", str(desk.config), "import", *map(str, paths)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(result: Result, path: Path) -> list[str]:
    """The lines about a file, without the log's."""
    return [line for line in result.output.splitlines() if line.startswith(f"{path}")]


def export_of_ours(path: Path) -> bytes:
    other = DeskProcess(path.parent / "other" if (path.parent / "other").mkdir() is None else path, [])
    (path.parent / "lines.ndjson").write_text(GOOD * 1)
    assert other.run("import", str(path.parent / "lines.ndjson")).returncode == 0
    return other.run("export", "--format", "csv").stdout.encode()


def database(path: Path) -> bytes:
    with closing(sqlite3.connect(path.with_name("other.db"))) as connection, connection:
        connection.execute("CREATE TABLE one (id)")
    return path.with_name("other.db").read_bytes()


def noise(path: Path) -> bytes:
    return random.Random(20260301).randbytes(200_000)


STRANGERS: dict[str, tuple[str, bytes | Callable[[Path], bytes], str]] = {
    "noise": ("data.bin", noise, "is binary data"),
    "noise that says it is lines": ("data.ndjson", noise, "is binary data"),
    "an export as CSV": (
        "export.csv",
        export_of_ours,
        "is an export as CSV, which leaves much out; export it as lines",
    ),
    "another CSV": ("table.csv", b"name,amount\nferry,3\n" * 100, "is text, and none of its lines a JSON object"),
    "XML": ("feed.xml", b'<?xml version="1.0"?>\n<nitf>\n<body/>\n</nitf>\n', "is XML"),
    "RSS": ("feed", b"<rss version='2.0'>\n<channel/>\n</rss>\n", "is XML"),
    "a PDF": ("paper.pdf", b"%PDF-1.7\n" + b"1 0 obj\n" * 500, "is a PDF"),
    "an office document": ("paper.docx", b"PK\x03\x04" + b"\n" * 50, "is a ZIP archive or an office document"),
    "a database": ("stories.db", database, "is a SQLite database"),
    "a picture": ("one.jpg", b"\xff\xd8\xff\xe0" + b"\n" * 50, "is a picture"),
    "packed twice otherwise": ("one.warc.zst", b"\x28\xb5\x2f\xfd" + b"\n" * 9, "is packed with zstd; unpack it first"),
    "packed without a name": ("export", gzip.compress(GOOD.encode()), "is packed with gzip; give it a name that ends"),
    "a JSON array": ("all.json", f"[\n{GOOD},\n{GOOD}\n]\n".encode(), "is a JSON array; put each story on a line"),
    "JSON over several lines": ("one.json", json.dumps(json.loads(GOOD), indent=1).encode(), "goes over several lines"),
    "a page that says it is lines": (
        "page.ndjson",
        b"<!DOCTYPE html>\n<html></html>\n",
        "is an HTML page; give it a na",
    ),
    "text": ("notes.txt", b"Not for us.\n" * 1000, "is text, and none of its lines a JSON object"),
    "packed text": ("notes.ndjson.gz", gzip.compress(b"Not for us.\n" * 1000), "is text, and none of its lines"),
}


@pytest.mark.parametrize(("name", "content", "message"), STRANGERS.values(), ids=STRANGERS.keys())
def test_a_file_of_no_kind_is_refused_once(
    desk: DeskProcess, tmp_path: Path, name: str, content: bytes | Callable[[Path], bytes], message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content(path))
    result = take(desk, path)
    assert result.exit_code == 1
    (line,) = told(result, path)
    assert message in line
    assert TAKEN in line
    assert result.output.splitlines()[-1] == "0 new, 0 changed, 0 unchanged, 1 refused"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lines.ndjson", b""),
        ("lines.ndjson", b"\n \n"),
        ("news.warc", b""),
        ("news.warc.gz", gzip.compress(b"", mtime=0)),
        ("page.html", b""),
        ("export", b""),
    ],
)
def test_an_empty_file_is_no_success(desk: DeskProcess, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    result = take(desk, tmp_path / name)
    assert (result.exit_code, told(result, tmp_path / name)) == (1, [f"{tmp_path / name}: is empty"])


@pytest.mark.parametrize("content", [{}, {"notes.txt": b"Not for us."}])
def test_a_folder_without_any_is_no_success(desk: DeskProcess, tmp_path: Path, content: dict[str, bytes]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in content.items():
        (folder / name).write_bytes(text)
    result = take(desk, folder)
    assert result.exit_code == 1
    (line,) = told(result, folder)
    assert line.startswith(f"{folder}: there is nothing in it to take. {TAKEN}")


def test_a_file_without_a_telling_name_is_what_it_says(desk: DeskProcess, tmp_path: Path) -> None:
    warc = Warc(tmp_path / "capture.bin")
    warc.add("https://news.example.org/1.html", article(1))
    (tmp_path / "saved").write_bytes(b"<!-- saved -->\n" + article(2))
    (tmp_path / "lines").write_text(GOOD)
    result = take(desk, warc.close(), tmp_path / "saved", tmp_path / "lines")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "3 new, 0 changed, 0 unchanged, 0 refused")


def test_bad_lines_among_good_ones_are_named_up_to_ten(desk: DeskProcess, tmp_path: Path) -> None:
    path, other = tmp_path / "lines.ndjson", tmp_path / "other.ndjson"
    rows = (json.dumps({"headline": f"A ferry, {n}", "body": ["Text."]}) if n % 2 else "broken" for n in range(60))
    path.write_text("\n".join(rows))
    other.write_text(f"broken\n{GOOD}\n")
    result = take(desk, path, other)
    assert result.exit_code == 1
    lines = told(result, path)
    assert [line.split(": ")[0] for line in lines[:10]] == [f"{path}:{n}" for n in range(1, 20, 2)]
    assert lines[10:] == [f"{path}: 20 more like these"]
    assert len(told(result, other)) == 1
    assert result.output.splitlines()[-1] == "31 new, 0 changed, 0 unchanged, 31 refused"


def test_a_bad_beginning_hides_no_good_line(desk: DeskProcess, tmp_path: Path) -> None:
    path = tmp_path / "lines.ndjson"
    path.write_text("# a comment\n" * 50 + GOOD)
    result = take(desk, path)
    assert (result.exit_code, result.output.splitlines()[-1]) == (1, "1 new, 0 changed, 0 unchanged, 50 refused")


def test_one_very_long_line_is_taken(desk: DeskProcess, tmp_path: Path) -> None:
    path = tmp_path / "lines.ndjson"
    path.write_text(json.dumps({"headline": "A ferry", "body": ["word " * 500_000]}))
    assert take(desk, path).exit_code == 0


def test_a_file_that_breaks_off_is_named(desk: DeskProcess, tmp_path: Path) -> None:
    path = tmp_path / "lines.ndjson.gz"
    path.write_bytes(gzip.compress((GOOD + "\n").encode() * 2000)[:-20])
    result = take(desk, path)
    assert result.exit_code == 1
    (line,) = told(result, path)
    assert "can't be read" in line


def test_what_stands_before_a_break_is_taken(desk: DeskProcess, tmp_path: Path) -> None:
    lines = "".join(json.dumps({"headline": f"Ferry {n}", "body": [f"Ferry {n} sails."]}) + "\n" for n in range(40))
    first, second = gzip.compress(lines.encode()), gzip.compress(lines.replace("Ferry", "Tram").encode())
    path = tmp_path / "lines.ndjson.gz"
    path.write_bytes(first + second[:40])
    assert "40 new" in take(desk, path).stdout


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: a file of another user; only root can be another user")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        path = Path(name) / "lines.ndjson"
        path.write_text(GOOD)
        path.chmod(0o600)
        with as_nobody():
            assert refusal(path, "lines") == f"{path}: can't be read: Permission denied"
        assert refusal(path, "lines") is None


def test_each_group_of_refusals_is_shortened() -> None:
    forgotten = [f"id{n}: the story was forgotten on request" for n in range(12)]
    damages = [f"a.warc: can't be read from byte {n} on: cut" for n in range(13)]
    lines = [f"a: b:{n}: not JSON: x: y" for n in range(11)]
    others = [f"{n}.html: is empty" for n in range(20)]
    words = list(refusals_in_words([*forgotten, *damages, *lines, *others]))
    assert words == [
        *forgotten[:10],
        *damages[:10],
        *lines[:10],
        *others,
        "the story was forgotten on request: 2 more like these",
        "a.warc: 3 more like these",
        "a: b: 1 more like these",
    ]
