"""The end of a body, which is the end of the story."""

from collections.abc import Callable

import pytest

from model.story import Story

PARAGRAPHS = [f"Sentence {n} of the story says what the flood did to the old town and its people." for n in range(6)]
CONSENT = (
    "We and our 120 partners store and/or access information on your device, for personalised ads and ad measurement."
)
ENDS = [
    ("consent layer", f"<div><h3>Welcome to the Example</h3><p>Read on with ads</p><p>{CONSENT}</p></div>"),
    ("consent layer, heading below", f"<p>Read on with ads</p><p>{CONSENT}</p><h3>Or with a subscription</h3>"),
    ("heading of an empty list", "<h3>More on this story</h3>"),
    ("announcement", "<p>Watch the film here:</p>"),
    ("words about the author", "<p>Jane Doe is a reporter based in Port Ellen.</p><p>Doe covers the islands.</p>"),
    ("who edited", "<p>Reporting by Jane Doe; Editing by Ann Poe</p>"),
    ("address and rights", "<p>jane.doe@example.org</p><p>© 2025 Example Tribune. Distributed by Example Content.</p>"),
    (
        "list of other stories",
        "<div><h2>More on this story</h2><ul><li><a href='/2'>Sea wall falls</a></li></ul></div>",
    ),
    ("closing credit", "<p>Some information for this report was provided by AP, AFP and Reuters.</p>"),
]


@pytest.mark.parametrize("end", [end for _, end in ENDS], ids=[name for name, _ in ENDS])
def test_what_follows_the_story_is_left_out(read: Callable[..., Story], end: str) -> None:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    story = read(
        "<html lang='en'><head><title>Flood</title><meta name='author' content='Jane Doe'></head><body><article>"
        "<h1>Flood reaches the old town</h1>"
        f"<div class='text'>{told}{end}</div></article></body></html>"
    )
    assert list(story.body) == PARAGRAPHS


SHORT = [
    ("chinese", "zh", ["列车周五停运。", "乘客改乘巴士。", "线路周六恢复。", "公司表示歉意。"]),
    ("english flash", "en", ["The yen fell to 155 to the dollar."]),
    ("japanese", "ja", ["列車は金曜に止まった。", "客はバスに乗った。", "土曜に再開する。"]),
]


@pytest.mark.parametrize(("language", "paragraphs"), [case[1:] for case in SHORT], ids=[case[0] for case in SHORT])
def test_short_paragraphs_are_a_story_where_the_page_says_so(
    read: Callable[..., Story], language: str, paragraphs: list[str]
) -> None:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    story = read(
        f"<html lang='{language}'><head><title>Flash</title><script type='application/ld+json'>"
        '{"@type":"NewsArticle","headline":"Flash of the hour","datePublished":"2024-05-03T10:00:00Z"}</script></head>'
        f"<body><article><h1>Flash of the hour</h1><div class='text'>{told}</div></article></body></html>"
    )
    assert list(story.body) == paragraphs


KEPT = [
    "<h2>'Worst since 1953'</h2><p>It was the highest tide since the floods of 1953.</p>",
    "<p>The bridge of 1886 stood.</p><p>Nobody had crossed it in 2020</p><p>It opens again on Monday.</p>",
]


@pytest.mark.parametrize("middle", KEPT, ids=["sub-head with a year", "line with a year"])
def test_a_year_makes_no_line_a_date(read: Callable[..., Story], middle: str) -> None:
    story = read(
        "<html lang='en'><head><title>Flood</title></head><body><article><h1>Flood reaches the old town</h1>"
        f"<div class='text'><p>{PARAGRAPHS[0]}</p>{middle}<p>{PARAGRAPHS[1]}</p></div></article></body></html>"
    )
    assert len(story.body) == middle.count("</") + 2
