"""Whatever the bytes: a story, NotAStoryError or ParseError, in time, and no markup in any text field."""

import gzip
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.extraction import parse
from model.errors import NotAStoryError, ParseError
from model.page import Page
from model.story import Story

PAGES = sorted(Path(__file__).with_name("pages").glob("*.html.gz"))
CONTENTS = [gzip.decompress(path.read_bytes()) for path in PAGES]
# An opening tag on its own may be what the page says: "the <div> element".
MARKUP = re.compile(
    r"</(?:p|div|span|a|script|style|img|br|b|strong|em|i|li|ul|h[1-6])\b[^<>]*>|<[a-z]+\s[^<>]*=[^<>]*>"
    r"|[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]"
)
INSERTED = (
    b"<",
    b">",
    b"</div>",
    b"<div>",
    b"<script>",
    b"</script>",
    b"<!--",
    b"-->",
    b'"',
    b"\x00",
    b"\xff\xfe",
    b"&#x0;",
    b"&#xd800;",
    b"<table>",
    b"</p>",
    b"<p>",
    b"\xc3",
    b"<![CDATA[",
    b"\x1b$B",
    b"<style>",
    b"{",
    b"\\",
    b"<svg>",
    b"<noscript>",
)
SECONDS = 2.0


def mutated(content: bytes, seed: int) -> bytes:
    """The page with a handful of insertions, deletions, repetitions and swaps, perhaps cut short."""
    chance = random.Random(seed)
    page = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(page) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            page[at:at] = chance.choice(INSERTED)
        elif kind == 1:
            del page[at : at + chance.randint(1, 400)]
        elif kind == 2:
            page[at:at] = page[at : at + chance.randint(1, 2000)]
        elif kind == 3:
            page[at : at + 4] = bytes(chance.randrange(256) for _ in range(4))
        else:
            del page[at + chance.randrange(len(page) - at + 1) :]
    return bytes(page)


def checked(page: Page) -> None:
    begun = time.process_time()
    try:
        story: Story | None = parse(page)
    except (NotAStoryError, ParseError):
        story = None
    assert time.process_time() - begun < SECONDS
    for text in _texts(story) if story else ():
        assert not MARKUP.search(text), text[:200]
        assert text == text.strip()


def _texts(story: Story) -> list[str]:
    captions = [text for caption in story.captions for text in (caption.text, caption.credit, caption.label) if text]
    single = [text for text in (story.headline, story.deck, story.dateline, story.section) if text]
    return [*single, *story.body, *story.byline, *story.agencies, *story.tags, *captions]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.integers(0, len(PAGES) - 1), seed=st.integers(0, 2**32))
def test_mutated_pages(make_page: Callable[..., Page], page: int, seed: int) -> None:
    checked(make_page(mutated(CONTENTS[page], seed)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(page=st.integers(0, len(PAGES) - 1), share=st.floats(0, 1))
def test_truncated_pages(make_page: Callable[..., Page], page: int, share: float) -> None:
    checked(make_page(CONTENTS[page][: int(share * len(CONTENTS[page]))]))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_arbitrary_bytes(make_page: Callable[..., Page], content: bytes) -> None:
    checked(make_page(content))


@pytest.mark.long
def test_two_thousand_mutated_and_truncated_pages(make_page: Callable[..., Page]) -> None:
    for seed in range(2000):
        content = CONTENTS[seed % len(CONTENTS)]
        page = mutated(content, seed) if seed % 2 else content[: random.Random(seed).randrange(len(content))]
        checked(make_page(page))


PARAGRAPHS = "".join(f"<p>Sentence {n} of a story that says what the flood did to the old town.</p>" for n in range(6))
GIANTS = {
    "nested divs": "<div>" * 5000 + PARAGRAPHS,
    "nested tables": "<table><tr><td>" * 3000 + PARAGRAPHS,
    "unclosed bold": "<p><b>" * 20000 + "text",
    "five megabytes of scripts": "<script>" + 'var a = "<p>b</p>";' * 280000 + "</script>" + PARAGRAPHS,
    "hundred thousand attributes": "<div " + " ".join(f'a{n}="b"' for n in range(100000)) + ">" + PARAGRAPHS,
    "hundred thousand elements": '<div class="a b c"></div>' * 100000 + PARAGRAPHS,
    "ten thousand figures": '<figure><img src="a.jpg"><figcaption>A caption of words</figcaption></figure>' * 10000,
    "a caption of labels": f"<figure><img src='a.jpg'><figcaption>{'Photo: (AP Jo ' * 3000}</figcaption></figure>",
    "a caption of buttons": f"<figure><img src='a.jpg'><figcaption>{'photo ' * 8000}</figcaption></figure>",
    "a caption in a long attribute": f"<img src='a.jpg' data-caption='{'(AP Photo/Jo ' * 20000}'>",
    "pictures in one element": "<div>" + "<img src='a.jpg'>text " * 5000 + "</div>",
    "one endless paragraph": "<p>" + "word " * 600000,
    "a hundred thousand breaks": "text<br>" * 100000,
    "backslashes in a string": '<script>var x = "u003cp" + "' + 'a\\"' * 400000 + "\\</script>",
    "brackets": "<p>" + "(" * 50000,
    "endless dateline": "<p>" + "PARIS, " * 20000,
    "endless blanks": "<p>" + " " * 2000000,
    "deep JSON-LD": '<script type="application/ld+json">' + "[" * 100000 + "</script>",
}


@pytest.mark.parametrize("body", GIANTS.values(), ids=GIANTS.keys())
def test_giants_are_read_in_time(make_page: Callable[..., Page], body: str) -> None:
    checked(
        make_page(f"<html><head><title>A headline</title></head><body><h1>A headline of words</h1>{body}</body></html>")
    )
