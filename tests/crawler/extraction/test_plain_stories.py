"""Plain pages: a headline and paragraphs, of which nothing may be lost."""

import html
from collections.abc import Callable

import pytest

from model.story import Story

PARAGRAPHS = [
    "The council of the harbour town voted on Thursday to repair the old pier, which a storm damaged in winter.",
    "The work will take two years and cost 14 million crowns, the mayor told reporters after the vote.",
]
SENTENCES = [
    "Residents can become a member of the cooperative for 20 euros.",
    "Subscribe to the idea or leave, she told delegates.",
    "Get the latest machines to the front, the general demanded.",
    "Voters may sign up at the town hall until Friday.",
    "Pupils read more than twelve books a year, the survey found.",
    "All rights of the minority would be respected, he said.",
    "The figures were updated on Monday, the ministry said.",
    "Police said the two cases were related.",
    "Turnover was 2.14 billion pounds after 2.11 billion the year before.",
    "The shares of <VOWG.F> and <F.N> rose, and x<y held for the spread.",
]
FIGURES = ["Shr 71 cts vs 15 cts", "Net 2,410,000 vs 504,000", "Revs 14.2 mln vs 11.9 mln"]


def page(headline: str, paragraphs: list[str]) -> str:
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>{html.escape(headline)}</title></head><body><article>"
        f"<h1>{html.escape(headline)}</h1>{text}</article></body></html>"
    )


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_among_paragraphs_stays(read: Callable[..., Story], sentence: str) -> None:
    told = [PARAGRAPHS[0], sentence, PARAGRAPHS[1]]
    assert list(read(page("Council votes to repair the pier", told)).body) == told


def test_a_headline_keeps_its_tickers(read: Callable[..., Story]) -> None:
    headline = "KODAK <EK> BUYS STAKE IN ENZON <ENZN>"
    assert read(page(headline, PARAGRAPHS)).headline == headline


def test_leading_figures_stay(read: Callable[..., Story]) -> None:
    told = [*FIGURES, PARAGRAPHS[0]]
    assert list(read(page("HARBOUR LINES 1ST QTR NET", told)).body) == told


def test_a_story_of_figures_alone_is_one(read: Callable[..., Story]) -> None:
    assert list(read(page("HARBOUR LINES INC 1ST QTR NET", FIGURES)).body) == FIGURES


@pytest.mark.parametrize(
    "panel",
    [
        pytest.param('<div class="field field--label-hidden">{}</div>', id="fields-with-a-hidden-label"),
        pytest.param('<div hidden id="part">{}</div>', id="parts-that-a-script-shows"),
        pytest.param('<div style="display: none">{}</div>', id="panels-that-open-at-a-click"),
    ],
)
def test_a_story_in_many_panels_is_whole(read: Callable[..., Story], panel: str) -> None:
    told = [f"{PARAGRAPHS[0]} That was decision number {number}. {PARAGRAPHS[1]}" for number in range(9)]
    panels = "".join(f"<h2>Decision {n}</h2>" + panel.format(f"<p>{text}</p>") for n, text in enumerate(told))
    story = read(f"<html><body><main><h1>Nine decisions of the council</h1>{panels}</main></body></html>")
    assert [paragraph for paragraph in story.body if len(paragraph) > 20] == told


TOLD = [f"{PARAGRAPHS[0]} That was decision number {number}. {PARAGRAPHS[1]}" for number in range(7)]


def paragraphs_of(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_a_headline_in_an_article_of_its_own_hides_no_story(read: Callable[..., Story]) -> None:
    head = "<article><h1>Seven decisions of the council</h1><p>{}</p></article>".format(" ".join(PARAGRAPHS * 2))
    story = read(f"<html><body><main>{head}<article>{paragraphs_of(TOLD)}</article></main></body></html>")
    assert list(story.body[-len(TOLD) :]) == TOLD


def test_a_story_that_is_shown_for_three_screens_is_whole(read: Callable[..., Story]) -> None:
    short = [f"The council decided matter number {number} on Thursday evening, after a debate." for number in range(9)]
    screens = "".join(f'<div class="screen-{name}">{paragraphs_of(short)}</div>' for name in ("s", "m", "l"))
    story = read(f"<html><body><main><h1>Nine decisions of the council</h1>{screens}</main></body></html>")
    assert list(story.body) == short


def test_a_figure_without_an_end_hides_no_story(read: Callable[..., Story]) -> None:
    figure = '<figure><img src="/pier.jpg"><figcaption>The old pier of the harbour town.</figcaption>'
    markup = f"<article><h1>Seven decisions</h1><p>{PARAGRAPHS[0]}</p>{figure}{paragraphs_of(TOLD)}</article>"
    story = read(f"<html><body>{markup}</body></html>")
    assert list(story.body) == [PARAGRAPHS[0], *TOLD]
    assert [caption.text for caption in story.captions] == ["The old pier of the harbour town."]
