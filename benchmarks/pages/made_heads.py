"""Pages made for kinds of heads that the sets hardly hold: blogs, old table layouts, journals, section names as h1.

Weights that nothing in the sets speaks for or against would otherwise be noise where such a page comes.
"""

from collections.abc import Iterator
from html import escape
from typing import NamedTuple


class MadeHead(NamedTuple):
    """The bytes of a page, and its headline."""

    content: bytes
    headline: str


_SITES = (
    ("Mudflat Notes", "Walks along the tide line"),
    ("Evening Lantern", "News for the valley"),
    ("Loom & Kiln", ""),
)
_HEADLINES = (
    "Valley towns agree on one bus ticket for all",
    "Why the clock of the old mill runs backwards",
    "Beekeepers count their losses: a third of the hives are empty",
    "Rain stops play - and nobody minds",
    "Potter wins prize",
)
_HEADS = (
    # (title, elements of the head, elements above the text); {h} the headline, {s} the site, {t} its slogan
    ("{s}: {h}", "", "<div id='header'><h1>{s}</h1><p>{t}</p></div><h2 class='entry-title'>{h}</h2>"),
    ("{h} « {s}", "", "<h1 class='site-title'><a href='/'>{s}</a></h1><h3 class='post-title'>{h}</h3>"),
    ("{h} | Local | {s}", "", "<h1>Local</h1><h2>{h}</h2>"),
    ("{s}", "", "<h1>Archive</h1><h1 class='article-title'>{h}</h1>"),
    ("{s} {t}", "", "<table><tr><td><font size='+2'><b>{h}</b></font></td></tr></table>"),
    ("{s} {t}", "", "<table><tr><td class='headline'>{h}</td></tr></table>"),
    ("{s}", "", "<div class='story-title'>{h}</div>"),
    ("{s}", "<meta name='citation_title' content='{h}'>", "<h1>{s}</h1>"),
    ("{s}", "<meta name='DC.title' content='{h}'>", "<h1>{s}</h1><h2>{t}</h2>"),
    ("{h} - {s}", "", "<h1 hidden>{s}</h1><h2 class='headline'>{h}</h2>"),
    ("{h} - {s}", "", "<h1><span class='kicker'>Culture</span><span>{h}</span></h1>"),
    ("{h} | {s}", "<meta property='og:title' content='Culture: {h}'>", "<h1><em>Culture</em> {h}</h1>"),
    ("{h} | {s}", "<meta property='og:site_name' content='{s}'>", "<h1>{h}</h1>"),
    ("{h}", "<meta property='og:title' content='{s} - {t}'>", "<h1>{h}</h1>"),
    ("{h} – {s}", "<meta property='og:title' content='{s}'>", ""),
    ("{s} – {h}", "<meta property='og:site_name' content='{s}'>", ""),
    ("{s} - a century of it | {s}", "<meta property='og:site_name' content='{s}'>", "<h1>{s} - a century of it</h1>"),
    ("{h}", "<meta name='application-name' content='{h}'>", "<h1>{h}</h1>"),
)
_OWN = "{s} - a century of it"
_TEXT = (
    "The mayors of the five towns met in the old school on Monday and talked until the lamps were lit, and then they "
    "signed what had lain on the table for eleven years.",
    "It will be dearer than it was, said the treasurer, but nobody will have to count coins in the dark any more, and "
    "the drivers have asked for little else.",
    "The first buses leave at dawn, and the last one waits for the late train, however late that is.",
)


def made_heads() -> Iterator[MadeHead]:
    """Each kind of head with each headline, of one site after the other."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in _TEXT)
    for number, (title, head, above) in enumerate(_HEADS):
        for place, headline in enumerate(_HEADLINES):
            site, slogan = _SITES[(number + place) % len(_SITES)]
            told = {"h": escape(headline), "s": escape(site), "t": slogan}
            markup = f"<html><head><title>{title}</title>{head}</head><body>{above}{text}</body></html>"
            own = _OWN if _OWN in above else "{h}"
            yield MadeHead(_filled(markup, told).encode(), _filled(own, {**told, "h": headline, "s": site}))


def _filled(text: str, told: dict[str, str]) -> str:
    for name, value in told.items():
        text = text.replace(f"{{{name}}}", value)
    return text
