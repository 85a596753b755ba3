"""First page of every reader: a made-up story that has what pages have, so that reading it loads what reading takes."""

from datetime import UTC, datetime
from string import Template

from model.page import Link, Page

_ADDRESS = "https://www.example.com/news/river-reaches-its-highest-level"
_AT = datetime(2026, 3, 1, 14, 5, tzinfo=UTC)
_HTML = Template("""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>River reaches its highest level in years | Example Wire</title>
<link rel="canonical" href="https://example.com/news/river-reaches-its-highest-level">
<meta property="og:type" content="article"><meta name="description" content="The town prepares for more rain.">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "River reaches its highest level in years", "author": {"@type": "Person", "name": "Ann Example"}}</script>
</head><body><header><nav><ul><li><a href="/world">World</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
<main><article><h1>River reaches its highest level in years</h1><p class="byline">By Ann Example in Exampleton</p>
<p class="date">Published $date</p><figure><img src="/river.jpg" width="900" height="500" alt="">
<figcaption>The river below the old bridge on $weekday. Photo: Ben Example / Example Wire</figcaption></figure>
<p>EXAMPLETON, $day (Example Wire) - The river that runs through the town rose by half a metre on $weekday after two
days of rain, and the council asked those who live near the harbour to leave their houses before the night.</p>
<p>“We have not seen so much water in thirty years,” said the mayor, whose officials had sandbags brought to the market
square in the morning. Schools stay closed, and buses take another way.</p>
<h2>More rain is expected</h2><p>Forecasters said that another front would arrive within hours. The bridge in the middle
of the town was closed to all traffic, while volunteers carried furniture to the upper floors of the library.</p>
<p>(Reporting by Ann Example; editing by Cid Example)</p></article>
<aside><h2>Most read</h2><ul><li><a href="/1">Talks begin</a></li><li><a href="/2">Team wins cup</a></li></ul></aside>
</main><footer><p>© 2026 Example Wire. All rights reserved.</p></footer></body></html>
""")
FIRST_PAGE = Page(
    link=Link(url=_ADDRESS, source="example"),
    url=_ADDRESS,
    final_url=_ADDRESS,
    headers={"content-type": "text/html; charset=utf-8"},
    fetched_at=_AT,
    content=_HTML.substitute(date=f"{_AT:%d %B %Y, %H:%M}", day=f"{_AT:%B %d}", weekday=f"{_AT:%A}").encode(),
)
