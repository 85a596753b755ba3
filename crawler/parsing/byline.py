"""Who wrote the story?

People only: prefixes ("By", "Von", "Por"), roles, places, agencies and addresses are taken off, and what names several
people is split, but never "Last, First". The machine's statements (JSON-LD, meta elements) come before the page's own
line; where they name no person but the paper itself, and the page's line names none either, the paper's name stands.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from bs4.element import NavigableString, Tag

from crawler.parsing import jsonld
from crawler.parsing.agencies import agencies_in, agency, merged
from crawler.parsing.body import INLINE_TAGS
from crawler.parsing.document import Document
from crawler.parsing.furniture import element_names
from crawler.parsing.headline import site_names
from crawler.parsing.paragraphs import Block
from crawler.parsing.soups import tags_in
from crawler.parsing.texts import squeezed, word_key
from index.text import clean_text

_PREFIX = re.compile(
    r"^(?:authors? of the article|(?:written|words|story|reported|reporting|posted|published|text|created|"
    r"compiled|edited|submitted)\s+by"
    r"|by|von|por|par|di|av|af|door|przez|autor(?:in|en|es|as)?|author|authors|auteur|autore|автор|авторы|oleh|"
    r"text|texte|"
    r"texto|testo|tekst|reporter|written|ditulis oleh|penulis|ein|eine|ecrit par|écrit par|nga|ni|kirjoittanut|"
    r"kommentar von|kommentar|analyse von|interview|interview von|gastbeitrag von|essay von|opinion by|analysis by)\b"
    r"\s*[:：]?\s+|^(?:by|von|text|autor(?:in)?|author|foto|oleh|记者|文)\s*[:：／/]\s*",
    re.I,
)
_AND = re.compile(
    r"\s+(?:and|und|et|och|og|&|\+|dan|ve|ja|и|та|as well as|sowie|with|mit|avec|con)\s+|\s*[;|•·/、／；]\s*|"
    r"\s+-\s+|\s+[–—]\s+"
)
_SHORT_AND = re.compile(r"\s+(?:y|e|i|en|a|и|та|і)\s+")
_COMMA = re.compile(r"\s*[,，]\s*")
_ADDRESS = re.compile(r"[\(\[<]?\s*\S+@\S+\.\S+?\s*[\)\]>]?(?=$|[\s,;])|https?://\S+|(?<!\w)@\w+|\bwww\.\S+")
_BRACKETS = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]")
_PLACE = re.compile(
    r"\s+(?:in|aus|à|en|a|da|desde|из|from|at)\s+[A-ZÀ-ÞА-Я][\w.'’-]+(?:\s+[A-ZÀ-ÞА-Я][\w.'’-]+)?$|\s+in\s+\S+$"
)
_ROLE = re.compile(
    r"\b(?:staff|reporter|reporters|correspondent|editors?|editor-in-chief|writer|journalist|journalists|columnist|"
    r"contributor|contributing|producer|photographer|analyst|professor|fellow|researcher|chief|desk|bureau|newsroom|"
    r"redaktion|redakteur(?:in)?|korrespondent(?:in)?|reporterin|volont[aä]r(?:in)?|autorin|chefredakteur(?:in)"
    r"?|ressortleiter(?:in)?|"
    r"journaliste|correspondant(?:e)?|rédaction|rédacteur|redacción|redactora?|corresponsal|periodista|enviad[ao]|"
    r"redazione|giornalista|inviat[ao]|corrispondente|redação|repórter|redactie|verslaggever|redacteur|redaksi|"
    r"redaksjonen|"
    r"redaktionen|journalisten|toimittaja|toimitus|dziennikarz|dziennikarka|redakcja|корреспондент|редакция|"
    r"обозреватель|"
    r"muhabir|editör|haber merkezi|team|admin|administrator|online|digital|web|news|agencies|agency|agenturen|"
    r"agencias|wires?|"
    r"service|services|media|magazin|magazine|press|times|post|herald|tribune|gazette|today|network|radio|tv|"
    r"university|"
    r"institute|center|centre|company|inc|ltd|gmbh|foundation|guest|page|special to|community|sponsored|partner|"
    r"associated|"
    r"zeitung|nachrichten|tagblatt|anzeiger|blatt|kurier|contributors|freelance|director|secretary|minister|dr\.? phil|"
    r"記者|编辑|記者会|編集部|編集委員|通信員|デジタル|新聞|オンライン|ニュース|기자|특파원|논설위원|신문|뉴스|일보|편집)\b|(?:기자|특파원|記者|新聞.*|オンライン|編集部)$",
    re.I,
)
_TITLE = re.compile(r"\s*(?:기자|특파원|記者|編集委員|通信員|支局長|인턴기자|선임기자|객원기자|논설위원)$")
_NOBODY = re.compile(
    r"^(?:n/?a|none|null|unknown|anonymous|guest|user|root|author|byline|default|webmaster|\d+)$", re.I
)
_NAME = re.compile(r"^[^\W\d_][\w.'’`´‑-]*$")
_LEADS_IN = re.compile(
    r"\s*(?:By|BY|Von|VON|Por|POR|Par|PAR|Di|Av|Af|Door|Autor(?:in)?:|Text:|Texte|Oleh|Автор:?)\s*:?(?:\s|$)"
)
_BYLINE_NAMES = frozenset(
    {
        *(
            "author",
            "authors",
            "byline",
            "bylines",
            "autor",
            "autoren",
            "autores",
            "auteur",
            "auteurs",
            "autore",
            "firma",
        ),
        *("authorname", "writer", "journalist", "reporter", "contributor", "contributors", "verfasser", "autorin"),
        *(
            "articleauthor",
            "articlebyline",
            "writtenby",
            "postedby",
            "creator",
            "skribent",
            "forfatter",
            "redacteur",
            "credits",
        ),
    }
)
_PARTICLES = frozenset(
    {
        "de",
        "del",
        "della",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "du",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "y",
        "e",
        "i",
        "af",
        "av",
        "zu",
        "st",
        "and",
        "und",
        "et",
    }
)
_METAS = ("author", "article:author", "byl", "parsely-author", "dc.creator", "sailthru.author", "dcterms.creator",
          "article:author_name", "cxenseparse:author", "citation_author", "news_author", "og:article:author",
          "article.author",
          "mrf:authors", "authors", "lp.article:author", "writer")  # fmt: skip
_NO_BYLINE = frozenset({"body", "html", "article", "section", "main", "figure", "img", "figcaption"})
_MOST_LINES = 6
_SEVERAL = 3
_LONGEST_NAME = 50
_LONGEST_LINE = 220


class Byline(NamedTuple):
    """The people, the agencies that stood among them, and the rule that found them."""

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    rule: str = ""


def read_byline(
    document: Document, lines: Sequence[str], leading: Iterable[Block], *, lines_only: bool = False
) -> Byline:
    """Who is credited: `lines` are the texts of the page's byline elements, `leading` the story's first blocks.

    With `lines_only` the lines alone are believed.
    """
    names = site_names(document)
    agencies = merged(agencies_in(line) for line in lines)
    statements = (("markup:byline", list(lines)),) if lines_only else _statements(document, lines, leading)
    declared: tuple[str, str] | None = None
    for rule, values in statements:
        people: list[str] = []
        others: list[str] = []
        for value in values:
            agencies += [name for name in agencies_in(value) if name not in agencies]
            for name in split_people(value):
                if rule.startswith(("markup", "text")) and not _is_written_as_name(name):
                    continue
                (others if _is_organisation(name, names) else people).append(name)
        people = list(dict.fromkeys(people))
        if people:
            return Byline(tuple(people), tuple(agencies), rule)
        author = next((name for name in others if _is_proper(name)), None)
        if author and declared is None and rule.startswith(("json-ld", "meta")):
            declared = author, rule
    if declared and (agency(declared[0]) or not agencies):
        return Byline((declared[0],), tuple(agencies), declared[1])
    return Byline((), tuple(agencies), "")


def byline_lines(region: Tag, captions: frozenset[int]) -> list[str]:
    """The texts of the elements that are named as bylines, and of lines that begin with "By", in page order.

    Elements in captions (named by id) credit pictures; elements of one name side by side are one line.
    """
    found: dict[str, str] = {}
    for element in tags_in(region):
        named = not element_names(element).isdisjoint(_BYLINE_NAMES) or "author" in (element.get("rel") or ())
        if not named or element.name in _NO_BYLINE or _is_of_picture(element, captions):
            continue
        links = [text for link in tags_in(element, "a") if (text := squeezed(link.get_text(" ")))]
        text = squeezed(element.get_text(" "))
        if 2 < len(text) < _LONGEST_LINE:
            line = " ; ".join(links) if len(links) > 1 else text
            place = f"{element.name} {element.get('class')} {_around(element)}"
            found[place] = f"{found[place]} ; {line}" if place in found and line not in found[place] else line
        if len(found) > _MOST_LINES:
            break
    leading = (node for node in region.descendants if type(node) is NavigableString and _LEADS_IN.match(node))
    for string in islice(leading, _MOST_LINES):
        block = next((parent for parent in string.parents if parent.name not in INLINE_TAGS), None)
        text = squeezed(block.get_text(" ")) if block is not None else ""
        if block is not None and 4 < len(text) < 150 and _LEADS_IN.match(text) and not _is_of_picture(block, captions):
            found.setdefault(text, text)
    return list(dict.fromkeys(found.values()))


def _is_of_picture(element: Tag, captions: frozenset[int]) -> bool:
    return any(parent.name == "figure" or id(parent) in captions for parent in (element, *element.parents))


def _around(element: Tag) -> int:
    """What tells elements side by side, each perhaps in a wrapper of its own, from those elsewhere."""
    parent = element.parent
    alone = parent is not None and sum(1 for child in parent.children if isinstance(child, Tag)) == 1
    return id(parent.parent if parent is not None and alone else parent)


def split_people(value: str) -> list[str]:
    """The names in one statement, in order, without prefixes, roles and places."""
    text = _ADDRESS.sub(" ", clean_text(value) or "")
    text = _BRACKETS.sub("", text).strip(" ,;|:-–—([")
    for _ in range(2):
        text = _PREFIX.sub("", text).strip()
    found: dict[str, str] = {}
    for part in _AND.split(text):
        for piece in _split_commas(part):
            for name in _split_short(piece):
                cleaned = _clean_name(name)
                if cleaned:
                    found.setdefault(cleaned.casefold(), cleaned)
    return list(found.values())


def _split_commas(text: str) -> list[str]:
    pieces = [piece for piece in _COMMA.split(text) if piece]
    if len(pieces) < 2:
        return pieces
    if len(pieces) == 2 and all(len(piece.split()) == 1 for piece in pieces) and not any(map(agency, pieces)):
        return [", ".join(pieces)]
    # Behind full names a single word or a role is a place or a title: "Anna Martel, Lea Wagner, Nairobi".
    return [piece for i, piece in enumerate(pieces) if i == 0 or len(piece.split()) > 1 or agency(piece)]


def _split_short(text: str) -> list[str]:
    """At "y", "e", "i", only between full names: "Ortega y Gasset" is one."""
    pieces = _SHORT_AND.split(text)
    return pieces if len(pieces) > 1 and all(len(piece.split()) > 1 for piece in pieces) else [text]


def _clean_name(text: str) -> str | None:
    name = _PREFIX.sub("", text.strip(" ,;:|-–—*•")).strip()
    name = _TITLE.sub("", name)
    if not agency(name):
        name = _PLACE.sub("", name)
    name = name.strip(" ,;:|-–—*•")
    if not 1 < len(name) <= _LONGEST_NAME or _NOBODY.match(name) or not re.search(r"[^\W\d_]{2}", name):
        return None
    if re.match(r"(?:of|the|in|on|at|and|for|from|to)\s", name) or (
        re.fullmatch(r"[a-zà-þ]{1,4}", name) and not agency(name)
    ):
        return None
    if len(name.split()) > 6 or re.search(r"\d|[!?:]", name):
        return None
    return name


def _is_proper(name: str) -> bool:
    return not re.fullmatch(
        r"(?i)(?:the )?(?:staff|redaktion|admin|administrator|editor(?:s|ial)?|news|newsroom|online|team|"
        r"reporter|web desk|desk|redacción|rédaction|redazione|contributor|agencies|agencias|agenturen|staff "
        r"(?:writer|reporter)s?|news desk|editorial (?:team|board|staff))",
        name,
    )


def _is_written_as_name(name: str) -> bool:
    """Whether all words but particles begin with a capital, where the script has capitals."""
    words = [word for word in name.split() if word.lower() not in _PARTICLES]
    return bool(words) and not any(word[:1].islower() for word in words)


def _is_organisation(name: str, sites: frozenset[str]) -> bool:
    compact = word_key(name).replace(" ", "").replace("_", "")
    titles = [site.replace(" ", "") for site in sites]
    named = any(compact == title or (len(title) > 4 and compact.startswith(title)) for title in titles)
    return bool(agency(name) or named or "_" in name or _ROLE.search(name))


def _statements(document: Document, lines: Iterable[str], leading: Iterable[Block]) -> Iterator[tuple[str, list[str]]]:
    for node in document.stories[:3]:
        yield "json-ld:author", _author_names(document, node.get("author"))
    for name in _METAS:
        yield f"meta:{name}", [value for value in document.metas.get(name, ()) if "//" not in value]
    if re.match(
        r"(?i)written|author|verfasst|geschrieben|écrit|escrito|skriven|by", document.meta("twitter:label1") or ""
    ):
        yield "meta:twitter:data1", [document.meta("twitter:data1") or ""]
    marked = document.microdata.get("author", ())
    # Many are the authors of teasers too; the story's own stands first.
    yield "microdata:author", list(marked if len(marked) <= _SEVERAL else marked[:1])
    for line in lines:
        yield "markup:byline", [line]
    yield "link:authors", list(document.page.link.authors)
    for block in leading:
        if len(block.text) < 120 and (_PREFIX.match(block.text) or _is_bare_name(block)):
            yield "text:byline", [block.text]


def _is_bare_name(block: Block) -> bool:
    """Whether a line is nothing but names of two to four capitalised words, divided by slashes, "and" or commas."""
    names = [name.split() for name in re.split(r"\s*[/,&]\s*|\s+(?:and|und|y|et)\s+", block.text)]
    return (
        not block.is_heading
        and block.linked < 0.8 * len(block.text)
        and all(
            2 <= len(words) <= 4 and all(word[:1].isupper() and _NAME.match(word) for word in words) for words in names
        )
    )


def _author_names(document: Document, value: Any) -> list[str]:
    """Names in a JSON-LD author, references to nodes of the same page resolved."""
    if isinstance(value, list):
        return [name for item in value for name in _author_names(document, item)]
    if isinstance(value, Mapping):
        name = value.get("name")
        if not name and isinstance(value.get("@id"), str):
            target = next(
                (node for node in document.nodes if node.get("@id") == value["@id"] and node.get("name")), None
            )
            name = target.get("name") if target else None
        if not name and value.get("givenName"):
            name = f"{value.get('givenName')} {value.get('familyName') or ''}"
        names = jsonld.strings(name)
        # What the page itself calls an organisation is no person; an agency is credited elsewhere.
        return [] if "organization" in jsonld.types(value) else names
    return [text for text in jsonld.strings(value) if "//" not in text]
