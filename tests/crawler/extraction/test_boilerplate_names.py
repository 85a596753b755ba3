"""Names of elements: what they condemn, and what they don't."""

from collections.abc import Callable

import pytest

from model.story import Story

PARAGRAPHS = [f"Sentence {n} of the story says what the flood did to the old town and its people." for n in range(8)]
FURTHER = "Below the bridge the water reached the market hall, where the traders had moved their goods on Thursday."
TOLD = f"<h3>What the flood did to the market</h3><p>{FURTHER}</p>" + "".join(
    f"<p>Trader {n} says that nobody had warned the market of the water that came over the wall at night.</p>"
    for n in range(3)
)
LINKS = "".join(f"<p><a href='/{n}'>{FURTHER} And more of it on page {n}.</a></p>" for n in range(4))


def page_with(element: str) -> str:
    told = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        "<html lang='en'><head><title>Flood reaches the old town</title></head><body><article>"
        f"<h1>Flood reaches the old town</h1><div class='text'>{told}{element}</div></article></body></html>"
    )


KEPT = [
    ("a section with its own contents", f"<div class='content-nav-section'>{TOLD}</div>"),
    ("the anchor of a heading", f"<section id='what-the-flood-did-to-the-related-market'>{TOLD}</section>"),
    ("letters of a generated name", f"<div class='e1e566ad d097cc30'>{TOLD}</div>"),
    ("a hidden label", f"<div class='field field--name-body field--label-hidden'>{TOLD}</div>"),
    ("a modifier", f"<div class='content sidebar-enabled--false'>{TOLD}</div>"),
    ("a panel that opens", f"<div class='faq-panel' style='display: none'><p>{FURTHER}</p></div>"),
    ("an entry of the contents", f"<div id='toc_market'>{TOLD}</div>"),
]
DROPPED = [
    ("a list of links", f"<div class='section-nav'>{LINKS}</div>"),
    ("comments", f"<div class='comments'>{TOLD}</div>"),
    ("a hidden layer", f"<div class='layer' style='display: none'><p>{FURTHER}</p></div>"),
    ("related stories", f"<section class='related-articles'><p>{FURTHER}</p></section>"),
]


@pytest.mark.parametrize("element", [case for _, case in KEPT], ids=[name for name, _ in KEPT])
def test_text_is_kept_whatever_its_element_is_named(read: Callable[..., Story], element: str) -> None:
    assert FURTHER in read(page_with(element)).body


@pytest.mark.parametrize("element", [case for _, case in DROPPED], ids=[name for name, _ in DROPPED])
def test_boilerplate_is_dropped_by_its_name(read: Callable[..., Story], element: str) -> None:
    body = read(page_with(element)).body
    assert FURTHER not in body
    assert list(body) == PARAGRAPHS


def test_parts_that_a_page_streams_stand_in_their_places(read: Callable[..., Story]) -> None:
    first, second = PARAGRAPHS[:4], PARAGRAPHS[4:]
    paragraphs = ["".join(f"<p>{text}</p>" for text in part) for part in (first, second)]
    story = read(
        "<html lang='en'><head><title>Flood reaches the old town</title></head><body><article>"
        f"<h1>Flood reaches the old town</h1><div class='text'>{paragraphs[0]}<template id='B:a'></template>"
        f"<p>{FURTHER}</p><template id='P:1'></template></div></article>"
        f'<div hidden id="S:1"><p>And so it ended at the sea wall of the old town on Sunday evening.</p></div>'
        f'<div hidden id="S:a">{paragraphs[1]}</div></body></html>'
    )
    assert list(story.body) == [
        *first,
        *second,
        FURTHER,
        "And so it ended at the sea wall of the old town on Sunday evening.",
    ]
