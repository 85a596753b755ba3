"""Subscription lists: are they read as programs write them, and does what goes out come in again?"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from config import SourceConfig, load_config
from crawler.discovery.opml import read_opml
from desk.upkeep.known_sources import KnownSources
from desk.upkeep.opml_export import write_opml
from desk.upkeep.opml_import import ImportPlan, plan_import
from model.errors import ParseError
from tests.desk.desk_process import DeskProcess

THERE = SourceConfig(name="example", feeds=("https://www.example.org/feed/",))
A, B = "https://a.example/feed", "https://b.example/feed"


def opml(body: str, version: str = "2.0", declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{declaration}<opml version="{version}"><head><title>Mine</title></head><body>{body}</body></opml>'


def plan(content: str | bytes, *sources: SourceConfig) -> ImportPlan:
    data = content.encode() if isinstance(content, str) else content
    return plan_import(read_opml(data, url="list.opml"), KnownSources(sources))


def outline(url: str = A, **attributes: str) -> str:
    written = {"type": "rss", "text": "The A", "xmlUrl": url, **attributes}
    return "<outline " + " ".join(f'{name}="{value}"' for name, value in written.items() if value) + "/>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(opml(outline()), [("a", "The A", A)], id="2.0"),
        pytest.param(opml(outline(), "1.0"), [("a", "The A", A)], id="1.0"),
        pytest.param(opml(outline(), "", ""), [("a", "The A", A)], id="no-version-no-declaration"),
        pytest.param(
            opml(f'<outline text="News"><outline text="World">{outline()}</outline>{outline(B)}</outline>'),
            [("a", "The A", A), ("b", "The A", B)],
            id="nested-folders",
        ),
        pytest.param(opml(outline(text="", title="The Title")), [("a", "The Title", A)], id="title-for-text"),
        pytest.param(opml(outline(text="")), [("a", None, A)], id="no-title"),
        pytest.param(opml(f'<outline text="T" XMLURL="{A}"/>'), [("a", "T", A)], id="upper-case-attribute"),
        pytest.param(opml(f'<outline text="T" xmlurl="{A}"/>'), [("a", "T", A)], id="lower-case-attribute"),
        pytest.param(opml(f'<OUTLINE TEXT="T" xmlURL="{A}"/>'), [("a", "T", A)], id="upper-case-element"),
        pytest.param(opml(f'<outline type="rss" text="T" url="{A}"/>'), [("a", "T", A)], id="url-of-type-rss"),
        pytest.param(opml(outline(f" {A} ")), [("a", "The A", A)], id="blanks"),
        pytest.param(opml(outline("feed://a.example/feed")), [("a", "The A", f"http:{A[6:]}")], id="feed-scheme"),
        pytest.param(opml(outline(f"feed:{A}")), [("a", "The A", A)], id="feed-before-https"),
        pytest.param(
            opml(outline("https://feeds.service.example/x", htmlUrl="https://www.paper.example/")),
            [("paper", "The A", "https://feeds.service.example/x")],
            id="name-of-the-site",
        ),
        pytest.param(
            opml(outline("https://a.example/1", text="A: World") + outline("https://a.example/2", text="A: Sport")),
            [("a", "A: World", "https://a.example/1"), ("a-sport", "A: Sport", "https://a.example/2")],
            id="two-feeds-of-a-site",
        ),
        pytest.param(opml(outline(text="Q&A &nbsp; R&eacute;g")), [("a", "Q&A Rég", A)], id="bare-ampersand-and-html"),
        pytest.param(
            opml(outline("https://a.example/f?x=1&y=2")),
            [("a", "The A", "https://a.example/f?x=1&y=2")],
            id="bare-ampersand-in-the-address",
        ),
        pytest.param(opml(outline(text="Région")).encode("utf-16"), [("a", "Région", A)], id="utf-16"),
        pytest.param(
            opml(outline(text="Région"), declaration='<?xml version="1.0" encoding="ISO-8859-1"?>').encode("latin-1"),
            [("a", "Région", A)],
            id="latin-1",
        ),
        pytest.param(opml(outline(text="Région")).encode("latin-1"), [("a", "Région", A)], id="latin-1-as-utf-8"),
        pytest.param("\ufeff\n" + opml(outline()), [("a", "The A", A)], id="byte-order-mark-and-blank-line"),
        pytest.param(
            f'<opml xmlns="http://opml.org/spec2"><body>{outline()}</body></opml>', [("a", "The A", A)], id="namespace"
        ),
        pytest.param(f'<opml version="1.1">{outline()}</opml>', [("a", "The A", A)], id="no-body"),
        pytest.param(opml(outline(text="A\x0bB")), [("a", "AB", A)], id="control-characters"),
    ],
)
def test_lists_as_programs_write_them(content: str | bytes, expected: list[tuple[str, str | None, str]]) -> None:
    found = plan(content)
    assert [(source["name"], source.get("title"), *source["feeds"]) for source in found.sources] == expected
    assert found.told == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(outline("http://example.org/feed"), "there already, as example", id="known"),
        pytest.param(outline(B) + outline("http://www.b.example/feed/"), "twice in the file, as b", id="twice"),
        pytest.param(outline("javascript:alert(1)"), "no http or https", id="script"),
        pytest.param(outline("file:///etc/passwd"), "no http or https", id="file"),
        pytest.param(outline("/feed.xml"), "no http or https", id="relative"),
        pytest.param(outline("https://user:secret@a.example/feed"), "without credentials", id="credentials"),
        pytest.param('<outline type="link" text="L" url="https://a.example/x.opml"/>', "another list", id="other-list"),
        pytest.param('<outline text="S" htmlUrl="https://a.example/"/>', "no feed address", id="site-alone"),
    ],
)
def test_what_is_not_added_is_told(body: str, words: str) -> None:
    found = plan(opml(body), THERE)
    (line,) = found.told
    assert words in line
    assert [source["feeds"] for source in found.sources] in ([], [[B]])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(opml(outline())[:-20], "line 1", id="cut-off"),
        pytest.param(opml('<outline text="x>'), "line 1", id="broken-attribute"),
        pytest.param("<html><body>Sign in</body></html>", "root element is <html>", id="html"),
        pytest.param('<rss version="2.0"><channel/></rss>', "root element is <rss>", id="feed"),
        pytest.param("", "no OPML", id="empty"),
        pytest.param("text", "no OPML", id="text"),
        pytest.param('<!DOCTYPE o [<!ENTITY a "b">]>' + opml("", declaration=""), "entities", id="entities"),
    ],
)
def test_broken_lists_are_refused_as_a_whole(content: str, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        plan(content)


SOURCES = [
    {"name": "flat", "title": "Flat & Co. <1>", "feeds": ["https://flat.example/feed"], "language": "fr"},
    {"name": "bare", "feeds": ["https://bare.example/feed"]},
    {
        "name": "whole",
        "title": "The Whole",
        "feeds": ["https://whole.example/a?x=1&y=2", "https://whole.example/b"],
        "sitemaps": ["https://whole.example/news.xml", "https://cdn.example/whole.xml"],
        "fronts": ["https://whole.example/world"],
        "front_selector": "main h3 > a",
        "timezone": "Europe/Paris",
        "every": "90s",
        "every_max": "1h",
    },
    {"name": "map", "sitemaps": ["https://map.example/sitemap.xml"]},
]


def test_what_goes_out_comes_in_again() -> None:
    sources = [SourceConfig.model_validate(source) for source in SOURCES]
    text = write_opml(sources, datetime(2026, 5, 1, tzinfo=UTC))
    found = plan(text)
    assert [SourceConfig.model_validate(source) for source in found.sources] == sources
    assert (found.told, found.has_folders) == ((), False)
    assert write_opml([SourceConfig.model_validate(source) for source in found.sources],
                      datetime(2026, 5, 1, tzinfo=UTC)) == text  # fmt: skip
    again = plan(text, *sources)
    assert (again.sources, len(again.told)) == ((), 4)


def test_other_programs_find_each_feed() -> None:
    sources = [SourceConfig.model_validate(source) for source in SOURCES]
    root = etree.fromstring(write_opml(sources, datetime(2026, 5, 1, tzinfo=UTC)))
    assert root.get("version") == "2.0"
    feeds = [element for element in root.iter("outline") if element.get("xmlUrl")]
    assert [element.get("xmlUrl") for element in feeds] == [url for source in sources for url in source.feeds]
    assert all(element.get("type") == "rss" and element.get("text") for element in feeds)


def test_on_the_command_line(tmp_path: Path) -> None:
    desk = DeskProcess(tmp_path, [{"name": "example", "feeds": ["https://www.example.org/feed/"]}])
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(f"# mine\n{text}", encoding="utf-8")
    before = desk.config.read_bytes()
    file = tmp_path / "list.opml"
    file.write_text(
        opml(f'<outline text="F">{outline()}</outline>{outline("http://example.org/feed")}'), encoding="utf-8"
    )

    tried = desk.run("sources", "import", str(file), "--dry-run")
    assert (tried.returncode, desk.config.read_bytes()) == (0, before)
    assert "a: The A" in tried.stdout
    assert "1 would be added" in tried.stdout
    assert "there already, as example" in tried.stderr

    done = desk.run("sources", "import", str(file))
    assert done.returncode == 0, done.stderr
    assert "Folders" in done.stderr
    assert desk.config.read_text(encoding="utf-8").startswith("# mine\n")
    assert [source.name for source in load_config(desk.config, {}).sources] == ["example", "a"]

    exported = desk.run("sources", "export")
    assert exported.returncode == 0
    assert plan(exported.stdout.encode()).sources == plan(exported.stdout.encode()).sources
    assert desk.run("sources", "export", "--output", str(tmp_path / "out.opml")).stdout == ""
    assert len(read_opml((tmp_path / "out.opml").read_bytes(), url="out")) == 2

    file.write_text(opml(outline(B))[:-5], encoding="utf-8")
    before = desk.config.read_bytes()
    broken = desk.run("sources", "import", str(file))
    assert (broken.returncode, desk.config.read_bytes()) == (1, before)
    assert broken.stderr.count("\n") == 1
    missing = desk.run("sources", "import", str(tmp_path / "missing.opml"))
    assert missing.returncode == 1
    assert "missing.opml" in missing.stderr
