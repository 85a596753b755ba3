"""Headlines of all kinds of heads: what a page states and shows, with site, kicker and section beside it."""

from collections.abc import Callable
from html import escape

import pytest

from crawler.extraction.document.document import read_document
from crawler.extraction.element_marks import ELEMENT_MARKS
from crawler.extraction.headlines.headline_features import HeadlineCandidate, headline_candidates
from crawler.extraction.headlines.stated_headlines import StatedHeadline, with_parts
from model.page import NO_ADDRESS, Page
from model.story import Story

HEADLINE = "Lighthouse keepers go back to the island for a winter"
SITE = "Skerry Gazette"
TEXT = "".join(
    f"<p>{paragraph}</p>"
    for paragraph in (
        "Four people left the harbour on Friday with flour, paint and a piano, and nobody expects them before Easter.",
        "The lamp has run by itself since 1988, but the roof has not, said the keeper who will sleep under it.",
        "The boat that brought them turned back before dusk, as the swell had begun to break over the landing.",
    )
)
SITE_NAME = f'<meta property="og:site_name" content="{SITE}">'


def page(title: str, head: str, above: str) -> str:
    return (
        f"<html lang='en'><head><title>{escape(title)}</title>{head}</head><body><article>{above}{TEXT}"
        "</article></body></html>"
    )


def og(text: str) -> str:
    return f'<meta property="og:title" content="{escape(text)}">'


def data(text: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{text}"}}</script>'


H1 = f"<h1>{HEADLINE}</h1>"
HEADS = [
    # kind, title, elements of the head, elements above the text, and the headline where it is another one
    ("everywhere", HEADLINE, og(HEADLINE) + data(HEADLINE), H1, None),
    ("site behind a bar", f"{HEADLINE} | {SITE}", "", H1, None),
    ("site behind a bar, nothing else", f"{HEADLINE} | {SITE}", "", "", None),
    ("site in front of a colon, nothing else", f"{SITE}: {HEADLINE}", SITE_NAME, "", None),
    ("section and site, nothing else", f"{HEADLINE} | Coast | {SITE}", SITE_NAME, "", None),
    (
        "site's name shown as a section's",
        f"{HEADLINE} | Coast | {SITE}",
        "",
        f"<h1>Coast</h1><h2>{HEADLINE}</h2>",
        None,
    ),
    ("application named like the headline", HEADLINE, f'<meta name="application-name" content="{HEADLINE}">', H1, None),
    (
        "application named like its first words",
        "Keepers: the lamp is lit again",
        '<meta name="application-name" content="Keepers">',
        "<h1>Keepers: the lamp is lit again</h1>",
        "Keepers: the lamp is lit again",
    ),
    (
        "bar of its own",
        f"The lamp is lit | And who pays for it | {SITE}",
        og("The lamp is lit | And who pays for it"),
        "<h1>The lamp is lit | And who pays for it</h1>",
        "The lamp is lit | And who pays for it",
    ),
    (
        "dash of its own, halved for social networks",
        "The lamp is lit – and who pays for the oil",
        og("The lamp is lit"),
        "<h1>The lamp is lit – and who pays for the oil</h1>",
        "The lamp is lit – and who pays for the oil",
    ),
    (
        "about the paper itself",
        f"{SITE} - a paper turns a hundred | {SITE}",
        SITE_NAME,
        f"<h1>{SITE} - a paper turns a hundred</h1>",
        f"{SITE} - a paper turns a hundred",
    ),
    ("the paper's name is all", SITE, SITE_NAME + og(SITE), f"<h1>{SITE}</h1>", SITE),
    (
        "kicker in the h1",
        f"{HEADLINE} - {SITE}",
        "",
        f"<h1><span class='kicker'>Coast</span><b>{HEADLINE}</b></h1>",
        None,
    ),
    (
        "kicker before a colon",
        f"Coast: {HEADLINE}",
        og(f"Coast: {HEADLINE}"),
        f"<h1>Coast: {HEADLINE}</h1>",
        f"Coast: {HEADLINE}",
    ),
    ("capitals", f"{HEADLINE} | {SITE}", "", f"<h1>{HEADLINE.upper()}</h1>", None),
    (
        "two elements",
        SITE,
        "",
        "<h1><span>Lighthouse keepers go back</span><span>to the island for a winter</span></h1>",
        None,
    ),
    ("two lines", SITE, "", "<h1>Lighthouse keepers go back<br>to the island for a winter</h1>", None),
    ("drop cap", SITE, "", f"<h1><b>L</b>{HEADLINE[1:]}</h1>", None),
    ("named as the page's head", SITE, "", f"<div class='masthead'>{H1}</div>", None),
    (
        "h1 is the blog's, by a link home",
        f"{SITE}: {HEADLINE}",
        "",
        f"<h1><a href='/'>{SITE}</a></h1><h2>{HEADLINE}</h2>",
        None,
    ),
    (
        "h1 is the blog's, by its class",
        f"{HEADLINE} « {SITE}",
        "",
        f"<h1 class='site-title'>{SITE}</h1><h2 class='entry-title'>{HEADLINE}</h2>",
        None,
    ),
    ("several h1", HEADLINE, "", f"<h1>{SITE}</h1>{H1}<h1>Most read</h1>", None),
    ("td of old pages", f"{SITE} online", "", f"<table><tr><td class='headline'>{HEADLINE}</td></tr></table>", None),
    (
        "font of old pages",
        f"{SITE} online",
        "",
        f"<table><tr><td><font size='5'><b>{HEADLINE}</b></font></td></tr></table>",
        None,
    ),
    ("microdata", SITE, "", f"<div itemprop='headline'>{HEADLINE}</div>", None),
    ("Dublin Core", SITE, f'<meta name="DC.title" content="{HEADLINE}">', "", None),
    ("social title of the site", HEADLINE, og(f"{SITE} - All the news of the coast"), H1, None),
    ("cut short for social networks", HEADLINE, og("Lighthouse keepers go back to the…"), H1, None),
    ("edit link", f"{HEADLINE} | {SITE}", "", f"<h1>{HEADLINE} <a class='edit-link' href='/e'>Edit</a></h1>", None),
    ("date in the h1", f"{HEADLINE} | {SITE}", "", f"<h1>{HEADLINE}<small>12 May 2024</small></h1>", None),
    (
        "ticker",
        "Oil firm <OILX.N> buys the lamp",
        "",
        "<h1>Oil firm &lt;OILX.N&gt; buys the lamp</h1>",
        "Oil firm <OILX.N> buys the lamp",
    ),
    ("inequality", "Why x<y was proved twice", "", "<h1>Why x&lt;y was proved twice</h1>", "Why x<y was proved twice"),
]


@pytest.mark.parametrize(
    ("title", "head", "above", "headline"), [case[1:] for case in HEADS], ids=[case[0] for case in HEADS]
)
def test_the_headline_is_elected(
    read: Callable[..., Story], title: str, head: str, above: str, headline: str | None
) -> None:
    story = read(page(title, head, above), url=NO_ADDRESS)
    assert story.headline == (headline or HEADLINE)
    assert len(story.body) == 3


PARTS = [
    ("no bar", "Keepers go back", set()),
    ("one bar", "Keepers go back | Gazette", {"Keepers go back", "Gazette"}),
    ("two", "A | B | C", {"A", "B", "C", "A | B", "B | C"}),
    ("hyphen in a word", "Well-kept lamps", set()),
    ("colon behind no name", "Keepers: back again", set()),
    ("colon behind the site's name", "Gazette: back again", {"Gazette", "back again"}),
    ("bar at the end", "Keepers go back |", set()),
]


@pytest.mark.parametrize(("text", "parts"), [case[1:] for case in PARTS], ids=[case[0] for case in PARTS])
def test_runs_of_parts_are_candidates(text: str, parts: set[str]) -> None:
    stated = list(with_parts(StatedHeadline(text, "title", ""), ["gazette"]))
    assert stated[0].text == text
    assert {part.text for part in stated[1:]} == parts


def test_a_heading_that_states_agree_on_is_surer(read: Callable[..., Story]) -> None:
    agreed = read(page(HEADLINE, og(HEADLINE) + data(HEADLINE), H1), url=NO_ADDRESS)
    torn = read(page("Winter on the skerry: all you need", og("Keepers and their piano"), H1), url=NO_ADDRESS)
    assert agreed.confidence["headline"] > torn.confidence["headline"]


def shown_by(candidates: list[HeadlineCandidate]) -> list[str | None]:
    return [heading.element.text for candidate in candidates for heading, _, _ in candidate.headings]


OTHER = "The lamp is lit again"
LESSER = [
    # title, elements of the head, the h1, and whether an h2 with another text is a candidate
    ("h1 says what the title does", f"{HEADLINE} | {SITE}", "", HEADLINE, False),
    ("h2 says what the data does", HEADLINE, data(OTHER), HEADLINE, True),
    ("h1 says what nothing else does", OTHER, "", HEADLINE, True),
    ("h1 is the site's name", SITE, SITE_NAME, SITE, True),
    ("h1 is a section in the title", f"{HEADLINE} | Coast | {SITE}", "", "Coast", True),
    ("no h1", HEADLINE, "", "", True),
    ("nothing stated", "", "", HEADLINE, True),
]


@pytest.mark.parametrize(
    ("title", "head", "first", "counts"), [case[1:] for case in LESSER], ids=[case[0] for case in LESSER]
)
def test_lesser_headings_count_where_the_main_one_does_not_show_all_that_is_stated(
    make_page: Callable[..., Page], title: str, head: str, first: str, counts: bool
) -> None:
    markup = page(title, head, f"<h1>{first}</h1><h2>{OTHER}</h2>" if first else f"<h2>{OTHER}</h2>")
    document = read_document(make_page(markup, url=NO_ADDRESS), ELEMENT_MARKS)
    assert shown_by(headline_candidates(document)) == ([first] if first else []) + ([OTHER] if counts else [])
    assert OTHER in shown_by(headline_candidates(document, all_headings=True))
