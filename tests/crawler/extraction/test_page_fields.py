"""Headline, address, dates, language, section, tags, paywall and kill notices, each by its evidence."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from model.story import Story

PARAGRAPHS = "".join(
    f"<p>Sentence {n} of the story says what the flood did to the old town and its people.</p>" for n in range(6)
)
LD = '<script type="application/ld+json">{%s}</script>'


def page(
    head: str = "",
    *,
    title: str = "Flood reaches the old town",
    above: str = "",
    h1: str = "Flood reaches the old town",
) -> str:
    return (
        f"<html lang='en-GB'><head><title>{title}</title>{head}</head><body><article><h1>{h1}</h1>{above}"
        f"<div class='text'>{PARAGRAPHS}</div></article></body></html>"
    )


HEADLINES = [
    (
        "site behind a bar",
        page('<meta property="og:site_name" content="Example Post">', title="Flood | Example Post", h1="Flood"),
        "Flood",
    ),
    (
        "site behind a dash",
        page(
            '<meta property="og:title" content="Flood hits town - Example">',
            title="Flood hits town - Example",
            h1="Flood hits town",
        ),
        "Flood hits town",
    ),
    (
        "site in front",
        page('<meta property="og:site_name" content="Example Post">', title="Example Post: Flood", h1="Flood in town"),
        "Flood in town",
    ),
    (
        "search engine title",
        page(
            '<meta property="og:title" content="Water in the town hall"><meta property="og:site_name" '
            'content="Example">' + LD % '"@type":"NewsArticle","headline":"Flood: what happened in the old town"',
            title="Flood: what happened in the old town - Example",
            h1="Flood: what happened in the old town",
        ),
        "Water in the town hall",
    ),
    (
        "two of three",
        page(
            '<meta property="og:title" content="Water in the town hall">'
            + LD % '"@type":"NewsArticle","headline":"Flood hits"',
            h1="Flood hits",
        ),
        "Flood hits",
    ),
    ("entities", page(title="Flood &amp;amp; fire", h1="Flood &amp;amp; fire"), "Flood & fire"),
    (
        "the site's name as a link home",
        page(
            title="Example - Flood reaches the town",
            h1="<a href='/'>Example</a>",
            above="<h2>Flood reaches the town</h2>",
        ),
        "Flood reaches the town",
    ),
    (
        "the site's name before the headline",
        page(h1="<a href='/'>Example</a>", above="<h1>Flood reaches the town</h1>"),
        "Flood reaches the town",
    ),
    (
        "no h1",
        "<html><head><title>Flood | Example</title><meta property='og:title' content='Flood in town'></head><body>"
        + PARAGRAPHS
        + "</body></html>",
        "Flood in town",
    ),
]


@pytest.mark.parametrize(("markup", "headline"), [case[1:] for case in HEADLINES], ids=[case[0] for case in HEADLINES])
def test_headline(read: Callable[..., Story], markup: str, headline: str) -> None:
    assert read(markup).headline == headline


OWN = "https://www.example.com/world/2024/05/17/flood-reaches-the-old-town.html"
ADDRESSES = [
    ("none", "", OWN, None),
    (
        "canonical",
        '<link rel="canonical" href="/world/flood-123456.html">',
        "https://www.example.com/world/flood-123456.html",
        None,
    ),
    (
        "sub-domain",
        '<link rel="canonical" href="https://news.example.com/flood-in-the-old-town-1">',
        "https://news.example.com/flood-in-the-old-town-1",
        None,
    ),
    ("home", '<link rel="canonical" href="https://www.example.com/">', OWN, None),
    ("section", '<link rel="canonical" href="https://www.example.com/world/">', OWN, None),
    (
        "another domain",
        '<link rel="canonical" href="https://www.example.org/flood-in-the-old-town-1">',
        OWN,
        "https://www.example.org/flood-in-the-old-town-1",
    ),
    ("no web address", '<link rel="canonical" href="javascript:void(0)">', OWN, None),
]


@pytest.mark.parametrize(
    ("head", "url", "origin"), [case[1:] for case in ADDRESSES], ids=[case[0] for case in ADDRESSES]
)
def test_address(read: Callable[..., Story], head: str, url: str, origin: str | None) -> None:
    story = read(page(head), url=OWN)
    assert (story.url, story.origin_url) == (url, origin)


DATES = [
    (
        "JSON-LD first",
        LD % '"@type":"NewsArticle","headline":"Flood","datePublished":"2024-05-17T10:00:00+02:00"'
        + '<meta property="article:published_time" content="2024-05-16T10:00:00Z">',
        "",
        "2024-05-17T08:00:00Z",
    ),
    ("meta", '<meta property="article:published_time" content="2024-05-16T10:00:00Z">', "", "2024-05-16T10:00:00Z"),
    (
        "source's zone",
        '<meta property="article:published_time" content="2024-05-16T10:00:00">',
        "",
        "2024-05-16T08:00:00Z",
    ),
    (
        "day refined by meta",
        LD % '"@type":"NewsArticle","headline":"Flood","datePublished":"2024-05-17"'
        + '<meta property="article:published_time" content="2024-05-17T10:30:00+02:00">',
        "",
        "2024-05-17T08:30:00Z",
    ),
    (
        "never in the future",
        '<meta property="article:published_time" content="2024-05-21T10:00:00Z">',
        "",
        "2024-05-20T12:00:00Z",
    ),
    (
        "far future is no date",
        '<meta property="article:published_time" content="2031-05-21T10:00:00Z">',
        "<time datetime='2024-05-17T10:00:00Z'>",
        "2024-05-17T10:00:00Z",
    ),
    (
        "build time",
        LD % '"@type":"NewsArticle","headline":"Flood","datePublished":"2024-05-20T11:59:00Z"',
        "<time datetime='2024-05-17T10:00:00Z'>17 May</time>",
        "2024-05-17T10:00:00Z",
    ),
    ("time element", "", "<time>17 May 2024, 10:00 UTC</time>", "2024-05-17T10:00:00Z"),
    (
        "what the time inside a dated element states",
        "",
        "<div class='mark_date'><time datetime='2024-05-17T10:00:40Z'>17 May 2024, 15:00</time></div>",
        "2024-05-17T10:00:40Z",
    ),
    ("ago", "", "<span class='date'>2 hours ago</span>", "2024-05-20T10:00:00Z"),
    (
        "update after publication",
        "",
        "<span class='date'>Updated 19 May 2024 10:00 UTC</span><span class='date'>17 May 2024 10:00 UTC</span>",
        "2024-05-17T10:00:00Z",
    ),
]


@pytest.mark.parametrize(("head", "above", "instant"), [case[1:] for case in DATES], ids=[case[0] for case in DATES])
def test_date(read: Callable[..., Story], head: str, above: str, instant: str) -> None:
    story = read(
        page(head, above=above), url="https://www.example.com/world/flood-in-the-old-town", timezone="Europe/Berlin"
    )
    assert story.published_at == datetime.fromisoformat(instant)


def test_the_links_evidence_fills_gaps(read: Callable[..., Story]) -> None:
    at = datetime(2024, 5, 17, 9, 0, tzinfo=UTC)
    story = read(
        page(),
        url="https://www.example.com/flood-town-1",
        published_at=at,
        authors=("Jane Doe",),
        section="World",
        tags=("Flood",),
        publisher_id="7",
    )
    assert (story.published_at, story.byline, story.section, story.tags, story.publisher_id) == (
        at,
        ("Jane Doe",),
        "World",
        ("Flood",),
        "7",
    )


SECTIONS = [
    ("category", '<p>In <a href="/category/world.html">World</a></p>', "World"),
    ("categories", '<a class="x" href="../../categories/World/">World</a>', "World"),
    ("marked in a menu", '<nav><a rel="tag" href="/categories/world/">World</a></nav>', "World"),
    ("menu", '<nav><a href="/categories/world/">World</a></nav>', None),
    ("all categories", '<a href="/categories/">Categories</a>', None),
    ("page of a category's story", '<a href="/category/world/flood-in-town">Flood in town</a>', None),
    ("rel", '<a rel="category tag" href="/x/">World</a>', "World"),
    ("WordPress's class", '<span class="cat-links">In <a href="/x">World</a>, <a href="/y">Asia</a></span>', "World"),
    ("a list of categories", '<ul class="post-categories"><li><a href="/x">World</a></li></ul>', "World"),
    (
        "breadcrumbs",
        '<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ol>',
        "World",
    ),
    ("breadcrumbs by label", '<nav aria-label="Breadcrumb"><a href="/">Home</a> <a href="/w">World</a></nav>', "World"),
    ("breadcrumbs without links", '<div class="breadcrumbs">Home » World » Flood reaches the old town</div>', "World"),
    (
        "breadcrumbs that end with the headline",
        '<div class="crumbs"><a href="/">Home</a><a href="/w">World</a>'
        '<a href="#">Flood reaches the old town</a></div>',
        "World",
    ),
    (
        "microdata",
        '<ul itemscope itemtype="https://schema.org/BreadcrumbList"><li itemprop="itemListElement"><a itemprop="item">'
        '<span itemprop="name">Home</span></a></li><li itemprop="itemListElement"><a itemprop="item">'
        '<span itemprop="name">World</span></a></li></ul>',
        "World",
    ),
    (
        "data-vocabulary.org",
        '<div itemtype="http://data-vocabulary.org/Breadcrumb"><a itemprop="url">'
        '<span itemprop="title">World</span></a></div>',
        "World",
    ),
    (
        "RDFa",
        '<div xmlns:v="x"><span typeof="v:Breadcrumb"><a property="v:title" href="/">Home</a></span>'
        '<span typeof="v:Breadcrumb"><a property="v:title" href="/w">World</a></span></div>',
        "World",
    ),
    ("the site", '<p class="breadcrumb"><a href="/">Example</a></p>', None),
    ("the home page", '<p class="breadcrumb"><a href="/">Home</a></p>', None),
    ("the home page in German", '<p class="breadcrumb"><a href="/">Startseite</a></p>', None),
    ("days", '<p class="breadcrumb"><a href="/2024">2024</a> <a href="/2024/05">May 2024</a></p>', None),
    ("the headline", '<p class="breadcrumb"><a href="#">Flood reaches the old town</a></p>', None),
]


@pytest.mark.parametrize(("above", "section"), [case[1:] for case in SECTIONS], ids=[case[0] for case in SECTIONS])
def test_sections_of_links(read: Callable[..., Story], above: str, section: str | None) -> None:
    assert read(page(above=above), url="https://www.example.com/flood-reaches-the-old-town").section == section


STATED_SECTIONS = [
    ("JSON-LD", LD % '"@type":"NewsArticle","articleSection":["Asia","World"]', "Asia"),
    ("meta", '<meta property="article:section" content="World">', "World"),
    (
        "a list of crumbs",
        LD % '"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"item":{"name":"World"}},{"name":"Flood"}]',
        "World",
    ),
    (
        "crumbs without the story",
        LD % '"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"name":"World"}]',
        "World",
    ),
    (
        "crumbs without the section",
        LD % '"@type":"BreadcrumbList","itemListElement":[{"name":"Home"},{"name":"Flood reaches the old town"}]',
        None,
    ),
    ("the site's name", '<meta property="article:section" content="Example">', None),
    ("a day", '<meta property="article:section" content="17 May 2024">', None),
    ("a year in a name", '<meta property="article:section" content="Election 2024">', "Election 2024"),
]


@pytest.mark.parametrize(
    ("head", "section"), [case[1:] for case in STATED_SECTIONS], ids=[c[0] for c in STATED_SECTIONS]
)
def test_stated_sections(read: Callable[..., Story], head: str, section: str | None) -> None:
    assert read(page(head), url="https://www.example.com/flood-reaches-the-old-town").section == section


PATHS = [
    ("https://www.example.com/world/flood-reaches-the-old-town", "World"),
    ("https://www.example.com/politik/2024/05/flood", "Politik"),
    ("https://www.example.com/news/flood-reaches-the-old-town", None),
    ("https://www.example.com/blog/flood-reaches-the-old-town", None),
    ("https://www.example.com/2024/05/flood-reaches-the-old-town", None),
    ("https://www.example.com/de/flood-reaches-the-old-town", None),
    ("https://www.example.com/flood-reaches-the-old-town", None),
    ("https://www.example.com/example/flood-reaches-the-old-town", None),
]


@pytest.mark.parametrize(("url", "section"), PATHS, ids=[url.partition(".com")[2] for url, _ in PATHS])
def test_the_first_word_of_a_path_is_the_last_resort(read: Callable[..., Story], url: str, section: str | None) -> None:
    assert read(page(), url=url).section == section


FOOTERS = [
    (
        "time and address",
        "<footer><p>Published: <time datetime='2024-03-20T08:33:00+01:00'>Wed 20 March</time></p>"
        "<address>By <a href='/author/jane.html'>Jane Doe</a></address></footer>",
    ),
    (
        "abbr and vcard",
        "<footer class='post-info'><abbr class='published' title='2024-03-20T07:33:00+00:00'>Wed 20 March</abbr>"
        "<address class='vcard author'>By <a class='url fn' href='/author/jane.html'>Jane Doe</a></address></footer>",
    ),
]


@pytest.mark.parametrize("footer", [text for _, text in FOOTERS], ids=[name for name, _ in FOOTERS])
def test_an_articles_footer_says_when_and_by_whom(read: Callable[..., Story], footer: str) -> None:
    story = read(page().replace("</article>", f"{footer}</article>"))
    assert (story.published_at, story.byline) == (datetime(2024, 3, 20, 7, 33, tzinfo=UTC), ("Jane Doe",))
    assert len(story.body) == 6


PAYWALLS = [("false", True), ("true", False), ('"False"', True), ('"http://x"', None)]


@pytest.mark.parametrize(("value", "paywalled"), PAYWALLS, ids=[value for value, _ in PAYWALLS])
def test_paywall(read: Callable[..., Story], value: str, paywalled: bool | None) -> None:
    head = LD % f'"@type":"NewsArticle","headline":"Flood reaches the old town","isAccessibleForFree":{value}'
    assert read(page(head)).paywalled is paywalled


BROKEN_BLOCKS = [
    ("trailing comma", '{"@type":"NewsArticle","headline":"Flood","datePublished":"2024-05-17T10:00:00Z",}'),
    ("comment around", '<!-- {"@type":"NewsArticle","headline":"Flood","datePublished":"2024-05-17T10:00:00Z"} -->'),
    ("CDATA", '//<![CDATA[\n{"@type":"NewsArticle","headline":"Flood","datePublished":"2024-05-17T10:00:00Z"}\n//]]>'),
    ("raw line break", '{"@type":"NewsArticle","headline":"Flo\nod","datePublished":"2024-05-17T10:00:00Z"}'),
    (
        "two objects",
        '{"@type":"WebSite"}{"@type":"NewsArticle","headline":"Flood","datePublished":"2024-05-17T10:00:00Z"}',
    ),
    (
        "graph",
        '{"@graph":[[{"@type":["Article","NewsArticle"],"headline":"Flood","datePublished":"2024-05-17T10:00:00Z"}]]}',
    ),
    (
        "full type",
        '{"@type":"http://schema.org/NewsArticle","headline":"Flood","datePublished":"2024-05-17T10:00:00Z"}',
    ),
]


@pytest.mark.parametrize("block", [block for _, block in BROKEN_BLOCKS], ids=[name for name, _ in BROKEN_BLOCKS])
def test_broken_json_ld_is_read(read: Callable[..., Story], block: str) -> None:
    story = read(page(f'<script type="application/ld+json">{block}</script>'))
    assert story.provenance["published_at"] == "json-ld:datePublished"
