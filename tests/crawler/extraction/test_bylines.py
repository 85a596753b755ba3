"""People in bylines, without prefixes, roles, places, agencies and papers."""

from collections.abc import Callable

import pytest

from crawler.extraction.bylines.byline import split_people
from model.story import Story

LINES = [
    ("By Jane Doe", ["Jane Doe"]),
    ("BY JANE DOE", ["JANE DOE"]),
    ("by Jane Doe and John Roe", ["Jane Doe", "John Roe"]),
    ("By Jane Doe, John Roe and Ann Poe", ["Jane Doe", "John Roe", "Ann Poe"]),
    ("Jane Doe & John Roe", ["Jane Doe", "John Roe"]),
    ("Jane Doe; John Roe", ["Jane Doe", "John Roe"]),
    ("Jane Doe | John Roe", ["Jane Doe", "John Roe"]),
    ("Jane Doe/John Roe", ["Jane Doe", "John Roe"]),
    ("Doe, Jane", ["Doe, Jane"]),
    ("Von Anna Müller", ["Anna Müller"]),
    ("Von Anna Müller und Jörg Weiß", ["Anna Müller", "Jörg Weiß"]),
    ("Von Anna Müller, Berlin", ["Anna Müller"]),
    ("Text: Anna Müller", ["Anna Müller"]),
    ("Por María López y José Ruiz", ["María López", "José Ruiz"]),
    ("José Ortega y Gasset", ["José Ortega y Gasset"]),
    ("Par Émile Durand et Zoé Petit", ["Émile Durand", "Zoé Petit"]),
    ("di Carla Bianchi e Ugo Rossi", ["Carla Bianchi", "Ugo Rossi"]),
    ("Av Kari Nordmann og Ola Hansen", ["Kari Nordmann", "Ola Hansen"]),
    ("Автор: Анна Иванова", ["Анна Иванова"]),
    ("홍길동 기자", ["홍길동"]),
    ("Jane Doe jane.doe@example.com", ["Jane Doe"]),
    ("Jane Doe (@janedoe)", ["Jane Doe"]),
    ("Jane Doe in Paris", ["Jane Doe"]),
    ("Written by Jane Doe", ["Jane Doe"]),
    ("Jane van der Berg", ["Jane van der Berg"]),
    ("Jean-Luc O’Brien", ["Jean-Luc O’Brien"]),
    ("", []),
    ("12 May 2024", []),
    ("Par Odile Garnier (Douai (Nord), correspondante)", ["Odile Garnier"]),
    ("By Jane Doe | Tue, 3 Oct 2023 07:10 GMT", ["Jane Doe"]),
    ("Posted by Jane Doe on Sat, 10/14/2023 - 09:30", ["Jane Doe"]),
    ("Von Anna Müller, ARD Nairobi", ["Anna Müller"]),
    ("Por Maria Lima, g1 PA — Belém", ["Maria Lima"]),
    ("Von Anna Müller und Jörg Weiß, Kiel/Lübeck", ["Anna Müller", "Jörg Weiß"]),
    ("JK Rowan, Paris Hale", ["JK Rowan", "Paris Hale"]),
    ("Reporting by Jane Doe; Editing by John Roe and Ann Poe", ["Jane Doe"]),
    ("Jane Doe for The Example", ["Jane Doe"]),
    ("Oprac. Ewa Nowak", ["Ewa Nowak"]),
    ("Jane Doe reporting from Ystad, Sweden", ["Jane Doe"]),
    ("عدن: علي حسن", ["علي حسن"]),
    ("لندن: «الصحيفة العربية»", []),
    ("Words: Jane Doe", ["Jane Doe"]),
    ("Teksti: Aino Mäkinen", ["Aino Mäkinen"]),
    ("Texte : Luc Moreau", ["Luc Moreau"]),
    ("Yazan: Elif Demir", ["Elif Demir"]),
    ("Tekst: Ewa Nowak", ["Ewa Nowak"]),
    ("In this article", []),
    ("Posted on", []),
    ("Member login", []),
    ("The author", []),
]


@pytest.mark.parametrize(("line", "people"), LINES, ids=[line or "empty" for line, _ in LINES])
def test_a_line_is_split_into_people(line: str, people: list[str]) -> None:
    assert split_people(line) == people


PARAGRAPHS = "".join(
    f"<p>Sentence {n} of the story says what the flood did to the old town and its people.</p>" for n in range(6)
)
PAGE = (
    "<html><head><title>Flood reaches the old town</title>{head}</head><body><article><h1>Flood reaches the old "
    "town</h1>"
    "{line}<div class='text'>" + PARAGRAPHS + "</div></article></body></html>"
)
PLACES = [
    (
        "json-ld person",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood reaches the old town",'
        '"author":{"@type":"Person","name":"Jane Doe"}}</script>',
        "",
        ("Jane Doe",),
        (),
    ),
    (
        "json-ld reference",
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsArticle","headline":"Flood","author":'
        '{"@id":"#p"}},{"@type":"Person","@id":"#p","name":"Jane Doe"}]}</script>',
        "",
        ("Jane Doe",),
        (),
    ),
    (
        "json-ld agency",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":'
        '{"@type":"Organization","name":"Reuters"}}</script>',
        "",
        ("Reuters",),
        ("Reuters",),
    ),
    (
        "json-ld paper, an agency in a meta element",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":'
        '{"@type":"Organization","name":"Example Post"}}</script><meta name="articleAuthor" content="Anadolu Ajansı">',
        "",
        ("Anadolu Ajansı",),
        ("Anadolu",),
    ),
    (
        "paper with an agency",
        '<meta property="og:site_name" content="Le Courrier"><meta name="author" content="Le Courrier avec AFP">',
        "",
        ("Le Courrier avec AFP",),
        ("AFP",),
    ),
    (
        "one of two in json-ld",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":"Jane Doe"}</script>',
        "<div class='bylines'><a href='mailto:a@x.org'>Ann Poe</a> <a href='mailto:j@x.org'>Jane Doe</a></div>",
        ("Ann Poe", "Jane Doe"),
        (),
    ),
    (
        "editor in json-ld",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":"Budi Halim"}</script>',
        "<div class='author'>Rini Putri</div><div class='info-author'>Editor : Budi Halim</div>",
        ("Rini Putri",),
        (),
    ),
    (
        "publisher with its address, label in a list of facts",
        '<meta name="author" content="Welle Nord (www.example.org)"><meta name="publisher" content="Welle Nord '
        '(www.example.org)">',
        "<ul><li><strong>Datum</strong> 28.04.2023</li><li><strong>Autorin/Autor</strong> Anna Müller</li></ul>",
        ("Anna Müller",),
        (),
    ),
    (
        "label in a table",
        "",
        "<table><tr><th>Author</th><td>Jane Doe</td></tr></table>",
        ("Jane Doe",),
        (),
    ),
    ("staff", "", '<p class="byline">By Staff Reporter</p>', (), ()),
    ("agency line", "", '<p class="byline">By Reuters</p>', (), ("Reuters",)),
    ("person and agency", "", '<p class="byline">By JANE DOE, Associated Press</p>', ("JANE DOE",), ("AP",)),
    ("meta", '<meta name="author" content="Jane Doe">', "", ("Jane Doe",), ()),
    (
        "paper in json-ld, person on the page",
        '<meta property="og:site_name" content="Example Post"><script type='
        '"application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":{"name":"Example Post"}}</script>',
        '<span class="author">Jane Doe</span>',
        ("Jane Doe",),
        (),
    ),
    ("rel author", "", '<a rel="author" href="/a">Jane Doe</a>', ("Jane Doe",), ()),
    ("a studio", "", "<div class='author'>Von Anna Müller, ARD-Studio Nairobi</div>", ("Anna Müller",), ()),
    ("unnamed line", "", "<div>By Jane Doe</div>", ("Jane Doe",), ()),
    ("submitted by", "", "<div>Submitted by <b>Jane Doe</b> on Wed, 05/15/2024 - 14:05</div>", ("Jane Doe",), ()),
    (
        "link to an author's page",
        "",
        "<ul><li><a href='/author/anna-1/x'>Anna Ivanova</a></li></ul>",
        ("Anna Ivanova",),
        (),
    ),
    ("link to another page", "", "<ul><li><a href='/people/anna-1/x'>Anna Ivanova</a></li></ul>", (), ()),
    (
        "role side by side, no word of roles",
        "",
        "<div class='author'><a>Jane Doe</a><span>Astrologer</span></div>",
        ("Jane Doe",),
        (),
    ),
    (
        "two people side by side",
        "",
        "<div class='author'><b>Jane Doe</b><b>Ann Poe</b></div>",
        ("Jane Doe", "Ann Poe"),
        (),
    ),
    ("hCard", "", "<address class='vcard'><span class='fn'>Jane Doe</span></address>", ("Jane Doe",), ()),
    ("h-entry", "", "<a class='p-author h-card' href='/j'>Jane Doe</a>", ("Jane Doe",), ()),
    (
        "two cards, one of them twice",
        "",
        "<p class='byline'><a class='vcard'><i class='fn'>Jane Doe</i></a> "
        "<a class='vcard'><i class='fn'>Ann Poe</i></a> "
        "<a class='vcard'><i class='fn'>Jane Doe</i></a></p>",
        ("Jane Doe", "Ann Poe"),
        (),
    ),
    ("the card of a place", "", "<p class='vcard venue'><span class='fn'>Town Hall</span></p>", (), ()),
    (
        "microdata with a job",
        "",
        "<div itemprop='author' itemscope><span itemprop='name'>Jane Doe</span> <i itemprop='jobTitle'>Baker</i></div>",
        ("Jane Doe",),
        (),
    ),
    ("behind a date", "", "<p class='meta'>Published 7 May 2024 by Jane Doe</p>", ("Jane Doe",), ()),
    ("surname first in meta", '<meta name="citation_author" content="Doe, Jane">', "", ("Jane Doe",), ()),
    (
        "more in a second meta element",
        '<meta name="dc.creator" content="Jane Doe"><meta name="citation_author" content="Doe, Jane">'
        '<meta name="citation_author" content="Poe, Ann">',
        "",
        ("Jane Doe", "Ann Poe"),
        (),
    ),
    (
        "json-ld creator",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","creator":["Jane Doe"]}</script>',
        "",
        ("Jane Doe",),
        (),
    ),
    (
        "role and place side by side",
        "",
        "<div class='byline'><i>Jane Doe</i><i>North correspondent</i><i>Reporting from</i><i>Ystad, Sweden</i></div>",
        ("Jane Doe",),
        (),
    ),
    (
        "an account in json-ld, a person on the page",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":"copydesk"}</script>'
        '<meta name="author" content="copydesk">',
        "<div class='author-name'>By <a>Jane Doe</a></div>",
        ("Jane Doe",),
        (),
    ),
    (
        "a place among json-ld's authors",
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":[{"@type":"Person",'
        '"name":"Jane Doe"},{"@type":"Place","name":"Ystad"}]}</script>',
        "",
        ("Jane Doe",),
        (),
    ),
]


@pytest.mark.parametrize(
    ("head", "line", "people", "agencies"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES]
)
def test_people_are_found_where_they_are_credited(
    read: Callable[..., Story], head: str, line: str, people: tuple[str, ...], agencies: tuple[str, ...]
) -> None:
    story = read(PAGE.format(head=head, line=line))
    assert story.byline == people
    assert story.agencies == agencies or not agencies


MARKED = [
    ("a theme's post author", "<aside class='post-author'>Jane Doe</aside>"),
    ("with an element's name", "<div class='post-detail__meta'>1 May <span class='post-detail__meta-author'>By Jane Doe"
     "</span></div>"),
    ("underscores", "<span class='post_author_name'>Jane Doe</span>"),
    ("a post's byline", "<p class='post-byline'>By Jane Doe</p>"),
    ("a page builder's author box", "<div class='elementor-widget elementor-widget-author-box'><div class='elementor-"
     "author-box'><h4 class='elementor-author-box__name'>Jane Doe</h4></div></div>"),
]  # fmt: skip
LEADING_IN = [
    ("English", "Written by", "Jane Doe"),
    ("English, bare", "By", "Jane Doe"),
    ("English, capitals", "BY", "Jane Doe"),
    ("English, colon", "By:", "Jane Doe"),
    ("German", "Von", "Anna Müller"),
    ("Spanish", "Por", "María López"),
    ("French", "Par", "Émile Durand"),
    ("Dutch", "Door", "Anna de Vries"),
    ("Norwegian", "Av", "Kari Nordmann"),
    ("Russian", "Автор:", "Анна Иванова"),
]


@pytest.mark.parametrize("mark", [case[1] for case in MARKED], ids=[case[0] for case in MARKED])
@pytest.mark.parametrize("above", [True, False], ids=["above the headline", "below it"])
def test_names_of_elements_for_a_posts_author(read: Callable[..., Story], mark: str, above: bool) -> None:
    page = PAGE.format(head="", line="" if above else mark)
    assert read(page.replace("<h1", f"{mark}<h1", 1) if above else page).byline == ("Jane Doe",)


@pytest.mark.parametrize(
    "boxes",
    ["<p>{}</p><p>{}</p>", "<div><div>{}</div><div>{}</div></div>", "<div>{}</div><div><a href='#'>{}</a></div>"],
)
@pytest.mark.parametrize(("opening", "name"), [case[1:] for case in LEADING_IN], ids=[case[0] for case in LEADING_IN])
def test_the_name_stands_in_the_element_behind_the_word_that_credits(
    read: Callable[..., Story], boxes: str, opening: str, name: str
) -> None:
    assert read(PAGE.format(head="", line=boxes.format(opening, name))).byline == (name,)


ENDS = [
    (
        "box about the author",
        "<div class='author-bio'><h4>About the author</h4><a rel='author' href='/j'>Jane Doe</a></div>",
    ),
    (
        "author of a footer",
        "<footer class='meta'><div class='author'><a rel='author' href='/j'>Jane Doe</a></div></footer>",
    ),
    ("dash", "<p>— Jane Doe</p>"),
    ("by", "<p>By Jane Doe</p>"),
    ("reporting and editing", "<p>(Reporting by Jane Doe; Editing by Ann Poe)</p>"),
]


@pytest.mark.parametrize("end", [case[1] for case in ENDS], ids=[case[0] for case in ENDS])
def test_authors_named_at_the_end(read: Callable[..., Story], end: str) -> None:
    assert read(PAGE.format(head="", line="").replace("</div></article>", f"{end}</div></article>")).byline == (
        "Jane Doe",
    )


OTHERS = [
    (
        "a comment's",
        "<div class='comments'><span class='comment-author vcard'><b class='fn'>Angry Reader</b></span></div>",
    ),
    ("a teaser's", "<div class='related'><a href='/x'>Other story</a><span class='author'>Ann Poe</span></div>"),
    ("another article's", "<article><h2>Other story</h2><span class='author'>Ann Poe</span></article>"),
    ("a sentence's", "<p>By Monday the water had fallen by a hand's breadth, and the ferry ran again.</p>"),
]


@pytest.mark.parametrize("end", [case[1] for case in OTHERS], ids=[case[0] for case in OTHERS])
def test_authors_of_other_texts_are_none(read: Callable[..., Story], end: str) -> None:
    assert read(PAGE.format(head="", line="").replace("</body>", f"{end}</body>")).byline == ()


def test_the_name_above_the_text_counts_before_the_account_of_a_desk(read: Callable[..., Story]) -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Flood","author":{"name":"Example D",'
        '"@id":"https://example.org/author/admin/"}}</script>'
    )
    page = PAGE.format(head=head, line="<div><span class='author vcard'>Example D</span></div>")
    assert read(page).byline == ("Example D",)
    signed = page.replace("<div class='text'>", "<div class='text'><p><strong>Thandi Mokoena</strong></p>")
    assert read(signed).byline == ("Thandi Mokoena",)
