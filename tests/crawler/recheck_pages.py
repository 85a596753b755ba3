"""A small publisher whose pages can be put into every state that a recheck may find."""

import json
import random
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from html import escape

_PLACES = ("Bamako", "Lomé", "Tartu", "Cusco", "Hobart", "Tromsø", "Leticia", "Ghent", "Oaxaca", "Busan")
_WHO = ("the harbour authority", "a parliamentary committee", "the water board", "striking teachers", "the coast guard")
_DID = ("approved", "rejected", "delayed", "published", "questioned", "welcomed", "criticised", "reviewed")
_WHAT = ("the new timetable", "a budget for repairs", "the census results", "plans for a second bridge", "the inquiry")
_WHY = (
    "after weeks of talks between both sides",
    "because the figures of last year had been wrong",
    "although residents had asked for more time",
    "while heavy rain kept most delegates away",
    "in spite of warnings from engineers",
)
_FIRST = ("Awa", "Jonas", "Mirela", "Tomás", "Ingrid", "Kwame", "Yuna", "Petra")
_LAST = ("Diallo", "Lindqvist", "Popescu", "Herrera", "Solberg", "Mensah", "Park", "Novak")


@dataclass(frozen=True)
class Told:
    """What a page tells; `around` changes with every request of a real site."""

    slug: str
    headline: str
    paragraphs: tuple[str, ...]
    byline: str
    caption: str
    deck: str
    published_at: datetime
    around: tuple[str, ...] = field(default=("Markets", "Weather", "Chess"))


def make_story(number: int, published_at: datetime) -> Told:
    """The story of that number, the same in every run."""
    dice = random.Random(number)
    place, who, did, what = (dice.choice(words) for words in (_PLACES, _WHO, _DID, _WHAT))

    def sentence() -> str:
        people, verb, thing, why = (dice.choice(words) for words in (_WHO, _DID, _WHAT, _WHY))
        return f"On day {dice.randint(2, 900)} {people} in {dice.choice(_PLACES)} {verb} {thing} {why}."

    paragraphs = tuple(" ".join(sentence() for _ in range(dice.randint(2, 4))) for _ in range(dice.randint(6, 10)))
    return Told(
        slug=f"{number}-{who.split()[-1]}-{did}-plan-in-{place.lower().encode('ascii', 'ignore').decode()}",
        headline=f"{who.capitalize()} {did} {what} in {place}, case {number}",
        paragraphs=paragraphs,
        byline=f"{dice.choice(_FIRST)} {dice.choice(_LAST)}",
        caption=f"People wait in front of the town hall of {place} on the morning of vote {number}.",
        deck=f"The decision on {what} had been expected in {place} since spring.",
        published_at=published_at,
    )


def page(told: Told, template: str = "classic", *, paragraphs: tuple[str, ...] | None = None) -> bytes:
    """The story's page in one of three dresses; "bare" has neither byline nor deck nor picture."""
    told = told if paragraphs is None else replace(told, paragraphs=paragraphs)
    return {"classic": _classic, "modern": _modern, "bare": _bare}[template](told).encode()


def _classic(told: Told) -> str:
    links = "".join(f'<li><a href="/section/{escape(name.lower())}">{escape(name)}</a></li>' for name in told.around)
    body = "".join(f"<p>{escape(text)}</p>" for text in told.paragraphs)
    return f"""<!DOCTYPE html><html lang="en"><head>
<title>{escape(told.headline)} | Daily</title>
<meta property="article:published_time" content="{told.published_at.isoformat()}"></head>
<body class="daily article-page">
<div class="ad-slot top" id="ad-{abs(hash(told.around)) % 9973}">Advertisement</div><header class="site-header"><nav
class="main-nav"><ul class="nav-list">{links}</ul></nav></header><div class="page-wrap"><article class="story">
<h1 class="story-title">{escape(told.headline)}</h1><p class="standfirst">{escape(told.deck)}</p>
<div class="byline">By <a rel="author" href="/by/x">{escape(told.byline)}</a></div>
<figure class="lead-picture"><img src="/images/{told.slug}.jpg" width="800" height="450" alt="">
<figcaption class="caption">{escape(told.caption)}</figcaption></figure>
<div class="story-body">{body}</div></article>
<aside class="related-box"><h3>Related</h3><ul class="related-list">{links}</ul></aside></div>
<footer class="site-footer"><p>© Daily</p></footer></body></html>"""


def _modern(told: Told) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": told.headline,
        "datePublished": told.published_at.isoformat(),
        "author": [{"@type": "Person", "name": told.byline}],
    }
    body = "".join(
        f'<section class="c-text"><p class="c-text__p">{escape(text)}</p></section>' for text in told.paragraphs
    )
    cards = "".join(
        f'<a class="c-card" href="/t/{escape(name.lower())}"><span>{escape(name)}</span></a>' for name in told.around
    )
    return f"""<!DOCTYPE html><html lang="en"><head><title>{escape(told.headline)}</title>
<script type="application/ld+json">{json.dumps(data)}</script></head>
<body><div id="root" class="l-root"><div class="l-bar">
<button class="c-menu">Menu</button></div><main class="l-main"><div class="l-grid">
<h1 class="c-head">{escape(told.headline)}
</h1><div class="l-column">{body}</div><div class="l-rail">{cards}</div></div></main></div></body></html>"""


def _bare(told: Told) -> str:
    body = "".join(f"<p>{escape(text)}</p>" for text in told.paragraphs)
    return f"""<html lang="en"><head><title>{escape(told.headline)}</title></head><body>
<table class="layout"><tr><td class="col">
<h1>{escape(told.headline)}</h1><div class="txt">{body}</div></td></tr></table></body></html>"""


def feed(stories: list[tuple[str, Told]]) -> bytes:
    """An RSS feed of (path's address, story), each with an id of its own that outlives its address."""
    items = "".join(
        f"<item><title>Story {told.slug.partition('-')[0]}</title><link>{address}</link>"
        f'<guid isPermaLink="false">daily-{told.slug.partition("-")[0]}</guid>'
        f"<pubDate>{format_datetime(told.published_at)}</pubDate></item>"
        for address, told in stories
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title>{items}</channel></rss>'.encode()


def notice(title: str, *paragraphs: str) -> bytes:
    """A page of that title and text in the site's ordinary dress."""
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return (
        f'<html lang="en"><head><title>{escape(title)}</title></head><body class="daily"><article class="story">'
        f'<h1 class="story-title">{escape(title)}</h1><div class="story-body">{body}</div></article></body></html>'
    ).encode()


CONSENT_WALLS = (
    notice(
        "Before you continue to Daily",
        "We and our 843 partners store and access information on a device, such as cookies, and process personal data, "
        "such as unique identifiers and standard information sent by a device for personalised ads and content.",
        "With your permission we and our partners may use precise geolocation data. You may accept all, or reject all, "
        "or manage your options at any time in our privacy centre, linked at the foot of each page.",
        "Some vendors may process your personal data on the basis of legitimate interest, which you can object to.",
    ),
    notice(
        "Ihre Privatsphäre ist uns wichtig",
        "Wir und unsere 214 Partner verarbeiten personenbezogene Daten, um Anzeigen und Inhalte zu personalisieren. "
        "Sie können alle akzeptieren oder alle ablehnen und Ihre Einwilligung jederzeit ändern.",
        "Berechtigtes Interesse: Einige Partner verarbeiten Ihre Daten, ohne um Ihre Zustimmung zu bitten. Bevor Sie "
        "fortfahren, lesen Sie bitte unsere Hinweise zum Datenschutz und zu den eingesetzten Verfahren.",
    ),
)
CHALLENGES = (
    notice("Just a moment", "Verifying you are human. This may take a few seconds.", "Ray ID: 8c1f0a2b3c4d5e6f"),
    notice(
        "Pardon our interruption",
        "As you were browsing, something about your browser made us think you were a bot. There are a few reasons why "
        "this might happen: you may be using automated access, or have disabled scripts. Please enable JavaScript and "
        "cookies and complete the security check below before you go on to the page that you have asked for.",
        "Access to this page has been denied. Reference ID: 5a1d-77f0.",
    ),
)
NO_STORIES = (
    b"<html><head><title>Daily</title></head><body></body></html>",
    b"<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>",
)


def paywall(told: Told, share: float) -> bytes:
    """The first `share` of the story, and what has to be paid for the rest."""
    left = max(1, int(len(told.paragraphs) * share))
    asked = "Subscribe to continue reading. Already a subscriber? Sign in to read the full story."
    return page(told, paragraphs=(*told.paragraphs[:left], asked))
