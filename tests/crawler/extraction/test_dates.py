"""Dates of pages: where they stand, in what words, and which of several is the day of publication."""

from collections.abc import Callable

import pytest

from model.story import Story

URL = "https://www.example.com/flood-in-the-old-town"
LD = '<script type="application/ld+json">{%s}</script>'
TEXT = "".join(
    f"<p>Sentence {n} of the story says what the flood did to the old town and to the people who live in it.</p>"
    for n in range(8)
)
TEASERS = "".join(
    f"<div class='teaser'><h3><a href='/other-{n}'>Another story of the week, number {n}</a></h3>"
    f"<span class='date'>{n} February 2024</span></div>"
    for n in range(3, 8)
)


def page(
    shown: str = "", *, head: str = "", above: str = "", below: str = "", behind: str = "", language: str = "en"
) -> str:
    """A page: `shown` stands behind the headline, `above` before it, `below` behind the text, `behind` the article."""
    return (
        f"<html lang='{language}'><head><title>Flood reaches the old town</title>{head}</head><body>{above}"
        f"<article><h1>Flood reaches the old town</h1>{shown}<div class='text'>{TEXT}</div>{below}</article>"
        f"{behind}</body></html>"
    )


LABELLED = [
    ("de", "Veröffentlicht am 12. März 2024", "Aktualisiert am 14. März 2024"),
    ("fr", "Publié le 12 mars 2024", "Mis à jour le 14 mars 2024"),
    ("es", "Publicado el 12 de marzo de 2024", "Actualizado el 14 de marzo de 2024"),
    ("pt", "Publicado em 12 de março de 2024", "Atualizado em 14 de março de 2024"),
    ("it", "Pubblicato il 12 marzo 2024", "Aggiornato il 14 marzo 2024"),
    ("nl", "Gepubliceerd op 12 maart 2024", "Bijgewerkt op 14 maart 2024"),
    ("sv", "Publicerad 12 mars 2024", "Uppdaterad 14 mars 2024"),
    ("da", "Udgivet 12. marts 2024", "Opdateret 14. marts 2024"),
    ("no", "Publisert 12. mars 2024", "Oppdatert 14. mars 2024"),
    ("fi", "Julkaistu 12.3.2024", "Päivitetty 14.3.2024"),
    ("pl", "Opublikowano 12 marca 2024", "Zaktualizowano 14 marca 2024"),
    ("cs", "Publikováno 12. března 2024", "Aktualizováno 14. března 2024"),
    ("ru", "Опубликовано 12 марта 2024", "Обновлено 14 марта 2024"),
    ("uk", "Опубліковано 12 березня 2024", "Оновлено 14 березня 2024"),
    ("tr", "Yayınlanma: 12 Mart 2024", "Güncelleme: 14 Mart 2024"),
    ("el", "Δημοσιεύθηκε 12 Μαρτίου 2024", "Ενημερώθηκε 14 Μαρτίου 2024"),
    ("hu", "Megjelent: 2024. március 12.", "Frissítve: 2024. március 14."),
    ("ro", "Publicat: 12 martie 2024", "Actualizat: 14 martie 2024"),
    ("id", "Diterbitkan 12 Maret 2024", "Diperbarui 14 Maret 2024"),
    ("ja", "公開 2024年3月12日", "更新 2024年3月14日"),
    ("zh", "发布于 2024年3月12日", "更新于 2024年3月14日"),
    ("ko", "입력 2024.03.12", "수정 2024.03.14"),
    ("ar", "نشر 12 مارس 2024", "تحديث 14 مارس 2024"),
    ("he", "פורסם 12 במרץ 2024", "עודכן 14 במרץ 2024"),
    ("en", "Published March 12, 2024", "Updated March 14, 2024"),
]


@pytest.mark.parametrize(("language", "published", "updated"), LABELLED, ids=[case[0] for case in LABELLED])
@pytest.mark.parametrize(
    "shape",
    [
        "<p>{published}</p><p>{updated}</p>",
        "<p>{updated}</p><p>{published}</p>",
        "<div class='meta'>{updated} | {published}</div>",
        "<div class='x'><span>{published}</span><br><span>{updated}</span></div>",
    ],
    ids=["published first", "updated first", "one line", "spans"],
)
def test_labels_tell_publication_from_change(
    read: Callable[..., Story], shape: str, language: str, published: str, updated: str
) -> None:
    story = read(page(shape.format(published=published, updated=updated), language=language), url=URL)
    assert (story.published_local, story.modified_at and str(story.modified_at)[:10]) == ("2024-03-12", "2024-03-14")


BEHIND_THE_DATE = [
    ("ja", "2024年3月12日公開 2024年3月14日更新"),
    ("zh", "2024年3月12日发布 2024年3月14日更新"),
    ("de", "12.03.2024, zuletzt aktualisiert: 14.03.2024"),
    ("en", "12 March 2024 (updated 14 March 2024)"),
]


@pytest.mark.parametrize(("language", "line"), BEHIND_THE_DATE, ids=[case[0] for case in BEHIND_THE_DATE])
def test_a_label_may_stand_behind_its_date(read: Callable[..., Story], language: str, line: str) -> None:
    assert read(page(f"<p>{line}</p>", language=language), url=URL).published_local == "2024-03-12"


SHAPES = [
    ("a line without mark-up", page("<p>12 March 2024</p>")),
    ("loose text", page("12 March 2024<br>")),
    ("above the headline", page(above="<div>12 March 2024</div>")),
    ("Blogger's head of a day", page(above="<h2 class='date-header'><span>Tuesday, March 12, 2024</span></h2>")),
    ("date and author", page("<p>By Jane Doe, 12 March 2024</p>")),
    ("date and comments", page("<div>12 March 2024 · 5 comments</div>")),
    ("definition list", page("<dl><dt>Published</dt><dd>12 March 2024</dd></dl>")),
    ("table", page("<table><tr><th>Date</th><td>12 March 2024</td></tr></table>")),
    (
        "the word for a date",
        page(
            above="<p>1 March 2024</p>", below="<ul><li><strong>Date</strong> 12 March 2024</li><li>Keywords</li></ul>"
        ),
    ),
    ("label in bold", page("<p><strong>Published:</strong> 12 March 2024</p>")),
    ("label in an element of its own", page("<div><h4>Published</h4><div class='post-date'>12 March 2024</div></div>")),
    ("time without datetime", page("<time>12 March 2024</time>")),
    ("time with an empty datetime", page("<time datetime=''>12 March 2024</time>")),
    ("time with a datetime that is none", page("<time datetime='n/a'>12 March 2024</time>")),
    ("abbr", page("<abbr class='published' title='2024-03-12'>Tuesday</abbr>")),
    ("title of a span", page("<span class='date' title='2024-03-12'>some time ago</span>")),
    ("a link to the day's archive", page("<a href='/2024/03/12/'>12 March 2024</a>")),
    ("a permalink", page(f"<a rel='bookmark' href='{URL}'><time datetime='2024-03-12'>Tue</time></a>")),
    ("a column beside the story", page(behind="<aside class='sidebar'><div class='date'>12 March 2024</div></aside>")),
    ("a footer of the article", page(below="<footer>Posted on 12 March 2024 by Jane</footer>")),
    ("the end of the text", page(below="<p>Published: 12 March 2024</p>")),
    ("for screen readers", page("<span class='sr-only'>12 March 2024</span>")),
    ("numbers of one order", page("<span class='date'>2024/03/12</span>")),
    ("a dateline", page().replace("<p>Sentence 0", "<p>LONDON, March 12, 2024 (AP) – Sentence 0", 1)),
    (
        "h-entry",
        page("<span class='dt-published'>12 March 2024</span>").replace("<article>", "<article class='h-entry'>"),
    ),
    (
        "hAtom",
        page("<abbr class='updated' title='2024-03-12'>Tue</abbr>").replace("<article>", "<article class='hentry'>"),
    ),
    ("Drupal's RDFa", page("<span property='dc:date dc:created' content='2024-03-12'>Tue, 03/12</span>")),
    ("microdata", page("<meta itemprop='datePublished' content='2024-03-12'>")),
    ("JSON-LD of a page", page(head=LD % '"@type":"WebPage","datePublished":"2024-03-12"')),
    ("JSON-LD of a recipe", page(head=LD % '"@type":"Recipe","datePublished":"2024-03-12"')),
    ("JSON-LD of a film", page(head=LD % '"@type":"VideoObject","uploadDate":"2024-03-12"')),
    ("JSON-LD, created", page(head=LD % '"@type":"BlogPosting","dateCreated":"2024-03-12"')),
    ("state of a script", page(head='<script>window.x={"publishedAt":"2024-03-12","id":7}</script>')),
    (
        "state in an attribute",
        page(behind='<div data-props="{&quot;datePublished&quot;:&quot;2024-03-12&quot;}"></div>'),
    ),
    ("a picture's address", page(head="<meta property='og:image' content='https://i.example.com/2024/03/12/x.jpg'>")),
]
SHAPES += [
    ("a box of month, day and year", page(above="<div class='x'><b>Mar</b> <b>12</b> <b>2024</b></div>")),
    ("a box of day, month and year", page("<div class='post-date'><b>12</b><i>Mar</i><em>2024</em></div>")),
    ("a raised ordinal", page("<p>March 12<sup>th</sup>, 2024</p>")),
    ("a raised ordinal in an element for dates", page("<div class='date'>12<sup>th</sup> March 2024</div>")),
    ("a year in bold", page("<p>March 12, <b>2024</b></p>")),
    ("a part a line", page("<p>Tuesday<br>March 12<br>2024</p>")),
    ("a year of two digits", page("<p>3/12/24</p>", language="en-US")),
    ("two digits with full stops", page("<p>Dienstag, 12.03.24</p>", language="de")),
    ("two digits behind a month", page("<p>12-Mar-24</p>")),
    ("two digits behind a month in capitals", page("<p>12/MAR/24</p>", language="es")),
    ("Arabic digits", page("<p>الثلاثاء ١٢ مارس ٢٠٢٤</p>", language="ar")),
    ("Persian digits", page("<p>۱۲ مارس ۲۰۲۴</p>", language="fa")),
    ("a Buddhist year", page("<p>12 มีนาคม 2567</p>", language="th")),
    ("seconds in an attribute", page("<span class='js-time' data-timestamp='1710234900'>loading</span>")),
    ("an instant in an attribute", page("<span class='timestamp' data-datetime='2024-03-12T09:15:00Z'></span>")),
    ("an attribute of the byline", page("<div data-published='2024-03-12T09:15:00Z'>By Jane</div>")),
    ("an element of its own", page("<x-timestamp publishdate='2024-03-12T09:15:00Z'></x-timestamp>")),
    ("a text for those who can't see", page("<span aria-label='Published: 9:15 a.m. March 12, 2024'></span>")),
    ("the title of what shows no year", page("<span title='Mar 12, 2024'>Mar 12</span>")),
    ("JSON-LD in seconds", page(head=LD % '"@type":"NewsArticle","headline":"x","datePublished":1710234900')),
    ("JSON-LD in milliseconds", page(head=LD % '"@type":"NewsArticle","headline":"x","datePublished":1710234900000')),
    ("microdata of a cell", page("<table><tr><td itemprop='datePublished' content='2024-03-12'>Tue</td></tr></table>")),
    ("microdata of a bold text", page("<strong itemprop='datePublished' content='2024-03-12'>Tue</strong>")),
    ("state of a script, publicationDate", page(head='<script>x={"publicationDate":"2024-03-12","id":7}</script>')),
]
METAS = [
    "article:published_time", "dc.date", "DC.date.issued", "dcterms.created", "dcterms.issued", "dcterms.date",
    "citation_publication_date", "citation_online_date", "article.published", "sailthru.date", "parsely-pub-date",
    "pubdate", "bt:pubDate", "date", "publish-date", "PublishDate", "publication_date", "og:published_time",
    "datePublished", "article:publish_date", "prism.publicationDate", "created", "cXenseParse:recs:publishtime",
]  # fmt: skip
SHAPES += [(f"meta {name}", page(head=f'<meta name="{name}" content="2024-03-12">')) for name in METAS]


@pytest.mark.parametrize("markup", [case[1] for case in SHAPES], ids=[case[0] for case in SHAPES])
@pytest.mark.parametrize("around", ["", TEASERS], ids=["alone", "with teasers"])
def test_where_a_date_may_stand(read: Callable[..., Story], markup: str, around: str) -> None:
    if around and ("picture" in markup or "og:image" in markup):
        pytest.skip("teasers tell more than the address of a picture")
    story = read(markup.replace("</body>", f"{around}</body>"), url=URL)
    assert str(story.published_at)[:10] == "2024-03-12"
    assert story.provenance["published_at"]


ADDRESSES = [
    ("slashes", "https://www.example.com/2024/03/12/flood"),
    ("hyphens", "https://www.example.com/news/2024-03-12-flood"),
    ("one number", "https://www.example.com/news/20240312/flood"),
    ("a month in words", "https://www.example.com/world/2024/mar/12/flood"),
    ("numbers without zeros", "https://www.example.com/2024/3/12/flood"),
    ("a day first", "https://www.example.com/news/12-march-2024-flood"),
    ("a number that goes on with a clock", "https://www.example.com/article/A2024031214320005196"),
]


@pytest.mark.parametrize("url", [case[1] for case in ADDRESSES], ids=[case[0] for case in ADDRESSES])
def test_a_day_in_the_address(read: Callable[..., Story], url: str) -> None:
    story = read(page(), url=url)
    assert (story.published_local, story.provenance["published_at"]) == ("2024-03-12", "url; day only")


def test_numbers_of_an_address_that_may_be_two_days_are_none(read: Callable[..., Story]) -> None:
    assert read(page(), url="https://www.example.com/news/flood-12-03-2023.html").published_at is None
    german = read(page(language="de"), url="https://www.example.com/news/flut-12-03-2023.html")
    assert german.published_local == "2023-03-12"


OF_OTHER_THINGS = [
    ("a calendar", "<div class='calendar' data-date='2024-05-01'><table><tr><td>1</td><td>2</td></tr></table></div>"),
    ("the end of a count", "<div class='countdown' data-end-date='2024-05-01'></div>"),
    ("an event's days", "<span data-start-date='2024-05-01' data-end-date='2024-05-02'>two days of May</span>"),
    ("a card of another story", "<div class='card' data-date='2024-02-01'><a href='/c'>Another story</a></div>"),
    ("the name of a film", "<div title='Film of 5 May 2019'></div>"),
    ("an address of a machine", "<p>Server 12.03.24.5</p>"),
    ("a telephone", "<p>Tel. 03/12/24 55</p>"),
    ("a version", "<p>Version 2.10.24</p>"),
]


@pytest.mark.parametrize("markup", [case[1] for case in OF_OTHER_THINGS], ids=[case[0] for case in OF_OTHER_THINGS])
@pytest.mark.parametrize(
    ("shown", "day"), [("<p>12 March 2024</p>", "2024-03-12"), ("", None)], ids=["with a date", "alone"]
)
def test_what_dates_other_things_dates_no_story(
    read: Callable[..., Story], markup: str, shown: str, day: str | None
) -> None:
    assert read(page(markup + shown), url=URL).published_local == day


YEARLESS = [
    ("of the address's month", "/2024/03/flood", "<p class='date'>March 12</p>", "2024-03-12"),
    ("in a box", "/2024/03/flood", "<div class='post-date'><b>12</b><i>Mar</i></div>", "2024-03-12"),
    ("of another month", "/2024/02/flood", "<p class='date'>March 12</p>", None),
    ("without a month in the address", "/2024/flood", "<p class='date'>March 12</p>", None),
]


@pytest.mark.parametrize(("path", "shown", "day"), [case[1:] for case in YEARLESS], ids=[case[0] for case in YEARLESS])
def test_an_address_tells_the_year_of_its_month(
    read: Callable[..., Story], path: str, shown: str, day: str | None
) -> None:
    assert read(page(shown), url=f"https://www.example.com{path}").published_local == day


STORY = LD % '"@type":"NewsArticle","headline":"Flood","datePublished":"2024-03-12T10:00:00Z"'
ELECTIONS = [
    ("machines before teasers", page(head=STORY, behind=TEASERS), "2024-03-12"),
    (
        "most statements against one",
        page(
            "<span class='date'>12 March 2024</span>",
            head=LD % '"@type":"Article","headline":"Flood","author":"J","datePublished":"2024-02-01"'
            + "<meta property='article:published_time' content='2024-03-12T08:00:00Z'>"
            + LD % '"@type":"Article","datePublished":"2024-03-12T08:00:00Z"',
        ),
        "2024-03-12",
    ),
    (
        "a day beside the headline that is earlier than the software's",
        page(
            "<span class='date'>12 March 2024</span>",
            head="<meta property='article:published_time' content='2024-04-20T08:00:00Z'>",
        ),
        "2024-03-12",
    ),
    (
        "the day of a change that carries no label",
        page(
            "<span class='date'>20 April 2024</span>",
            head=LD % '"@type":"Article","datePublished":"2024-03-12","dateModified":"2024-04-20"',
        ),
        "2024-03-12",
    ),
    (
        "WordPress that shows the change as publication",
        page(
            "<time class='entry-date published updated' datetime='2024-04-20T08:00:00Z'>20 April 2024</time>",
            head="<meta property='article:published_time' content='2024-03-12T08:00:00Z'>"
            "<meta property='article:modified_time' content='2024-04-20T08:00:00Z'>",
        ),
        "2024-03-12",
    ),
    (
        "day and month the other way round",
        page("<span class='date'>03.12.2023</span>", head=LD % '"@type":"Article","datePublished":"2023-03-12"'),
        "2023-03-12",
    ),
    (
        "comments",
        page(
            "<p>12 March 2024</p>",
            behind="<div class='comments'><div class='comment'><time datetime='2024-03-01'>1 March</time></div></div>",
        ),
        "2024-03-12",
    ),
    (
        "reviewed",
        page("<div><p>Reviewed by Dr Doe on 1 March 2024</p><p>Published 12 March 2024</p></div>"),
        "2024-03-12",
    ),
    ("copyright", page("<p>12 March 2024</p>", behind="<footer>© 1 January 2001 Example</footer>"), "2024-03-12"),
    (
        "an event in the text",
        page("<p>Posted: 12 March 2024</p>").replace(
            "<p>Sentence 1", "<p>On 3 January 2024 the river rose, <b>4 January 2024</b> it fell. Sentence 1", 1
        ),
        "2024-03-12",
    ),
    ("nothing but a change", page("<p>Last updated on 12 March 2024</p>"), "2024-03-12"),
    ("nothing but a meta of a change", page(head="<meta name='last-modified' content='2024-03-12'>"), "2024-03-12"),
    (
        "a distance from now on a kept page",
        page("<p>12 March 2024</p>", behind="<div class='date'>2 hours ago</div>"),
        "2024-03-12",
    ),
    ("a season in a year is no day", page("<p>Spring 2024</p>"), None),
    ("years are no days", page("<p>2019, 2020 and 2021</p>"), None),
    ("several days of others", page(behind=TEASERS), None),
]


@pytest.mark.parametrize(("markup", "day"), [case[1:] for case in ELECTIONS], ids=[case[0] for case in ELECTIONS])
def test_which_of_several_dates(read: Callable[..., Story], markup: str, day: str | None) -> None:
    story = read(markup, url=URL)
    assert (story.published_at and str(story.published_at)[:10]) == day


ZONES = [
    ("UTC and the day before", "2024-03-13T02:00:00Z", "12 March 2024", "2024-03-13 02:00", "2024-03-12"),
    ("a stated zone", "2024-03-12T22:00:00-05:00", "12 March 2024", "2024-03-13 03:00", "2024-03-12T22:00:00-05:00"),
    (
        "east of Greenwich",
        "2024-03-13T06:00:00+08:00",
        "13 March 2024",
        "2024-03-12 22:00",
        "2024-03-13T06:00:00+08:00",
    ),
]


@pytest.mark.parametrize(
    ("stated", "shown", "at", "local"), [case[1:] for case in ZONES], ids=[case[0] for case in ZONES]
)
def test_the_instant_is_kept_and_the_shown_day_beside_it(
    read: Callable[..., Story], stated: str, shown: str, at: str, local: str
) -> None:
    head = LD % f'"@type":"NewsArticle","datePublished":"{stated}"'
    story = read(page(f"<span class='date'>{shown}</span>", head=head), url=URL)
    assert (str(story.published_at)[:16], story.published_local) == (at, local)


MASTHEADS = [
    ("a header", "<header><span>{}</span><nav><a href='/'>Home</a></nav></header>"),
    ("an element named as one", "<div id='header'><div class='date'>{}</div></div>"),
    ("a bar", "<div class='top-bar'><div>{}</div></div>"),
    ("an element named for today", "<div><span class='current-date'>{}</span></div>"),
]


@pytest.mark.parametrize("masthead", [case[1] for case in MASTHEADS], ids=[case[0] for case in MASTHEADS])
@pytest.mark.parametrize(
    ("shown", "day"), [("<p>12 March 2024</p>", "2024-03-12"), ("", None)], ids=["with a date", "alone"]
)
def test_the_day_of_reading_in_a_masthead_dates_nothing(
    read: Callable[..., Story], masthead: str, shown: str, day: str | None
) -> None:
    story = read(page(shown, above=masthead.format("Monday, 20 May 2024")), url=URL)
    assert story.published_local == day


OTHERS = "<div class='related'><span class='date'>{}</span><a href='/x'>Another story of the week</a></div>"
ORDERS = [
    ("shown dates, day first", "en", "", OTHERS.format("28/2/2024"), "2023-03-12"),
    ("shown dates, month first", "de", "", OTHERS.format("2/28/2024"), "2023-12-03"),
    ("shown dates of both orders", "en", "", OTHERS.format("28/2/2024") + OTHERS.format("2/28/2024"), "2023-12-03"),
    ("a locale of Open Graph", "en", "<meta property='og:locale' content='en_GB'>", "", "2023-03-12"),
    ("a language with its region", "en", "<meta http-equiv='content-language' content='en-AU'>", "", "2023-03-12"),
    ("JSON-LD", "en", LD % '"@type":"Article","headline":"x","inLanguage":"en-IE"', "", "2023-03-12"),
    ("a locale of a page without language", "", "<meta property='og:locale' content='fr_FR'>", "", "2023-03-12"),
    ("a locale of another language", "en", "<meta property='og:locale' content='fr_FR'>", "", "2023-12-03"),
    (
        "the locale that software states by itself",
        "de",
        "<meta property='og:locale' content='en_US'>",
        "",
        "2023-03-12",
    ),
]


@pytest.mark.parametrize(
    ("language", "head", "behind", "day"), [case[1:] for case in ORDERS], ids=[case[0] for case in ORDERS]
)
def test_what_tells_day_from_month(read: Callable[..., Story], language: str, head: str, behind: str, day: str) -> None:
    story = read(page("<span class='date'>12/3/2023</span>", head=head, behind=behind, language=language), url=URL)
    assert story.published_local == day
