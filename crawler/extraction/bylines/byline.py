"""Byline: the people who wrote the story, and the agencies named among them.

People only, agencies being credited apart. The machine's statements (JSON-LD, meta elements) come before the page's own
line; where the page's first line names all of their people and more, it is the fuller one. Where nobody is named at
all, the agency or paper stands that they declare as the author.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from crawler.extraction.body.blocks import TextBlock
from crawler.extraction.bylines.marked_authors import MarkedAuthor
from crawler.extraction.bylines.people import (
    first_last,
    is_account,
    is_bare_names,
    is_person,
    is_proper,
    is_written_as_name,
    leads_in,
    names_role,
    split_people,
    without_prefix,
)
from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.tree import Element, text_of
from crawler.extraction.headlines.site_names import site_names
from crawler.extraction.texts import squeezed, word_key
from text.agencies import agencies_in, agency, merged
from text.languages import alternatives

_METAS = ("author", "article:author", "byl", "parsely-author", "dc.creator", "sailthru.author", "dcterms.creator",
          "article:author_name", "cxenseparse:author", "citation_author", "news_author", "og:article:author",
          "article.author",
          "mrf:authors", "authors", "articleauthor", "lp.article:author", "writer")  # fmt: skip
_LABEL = re.compile(rf"(?:{alternatives(lambda language: language.bylines.labels)})\s*:?", re.I)
_EDITOR = re.compile(rf"^(?:{alternatives(lambda language: language.bylines.editor_labels)})\s*:\s*(.+)", re.I)
_AUTHOR_META_LABEL = re.compile(alternatives(lambda language: language.bylines.author_meta_labels), re.I)
_DESK_ACCOUNT = re.compile(r"/(?:author|user|profile)s?/(?:admin|administrator|editor|webmaster|root|desk)/?$", re.I)
_PLACES = frozenset({"place", "city", "country", "administrativearea"})
_DASH = re.compile(r"[-–—―]{1,2}\s*")
_SEVERAL = 3
_LEADING, _CLOSING = 3, 2
_LONGEST_CLOSING = 90
_LONGEST_LINE = 220


class Byline(NamedTuple):
    """The people, the agencies that stood among them, the rule that found them, and what other rules say of them.

    `standing` is "agreed" where another kind of statement names the same people, "opposed" where others name only
    other people, "alone" where nothing else names anybody.
    """

    people: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    rule: str = ""
    standing: str = "alone"


def read_byline(
    document: Document,
    lines: Sequence[str],
    blocks: Sequence[TextBlock],
    marked: Iterable[MarkedAuthor] = (),
    *,
    lines_only: bool = False,
) -> Byline:
    """Who is credited: `lines` are the texts of the page's byline elements, `blocks` the story's.

    `marked` is what marks authors anywhere on the page; it is asked last.

    With `lines_only` the lines alone are believed.
    """
    persons, organisations = _stated_authors(document)
    editors = [name for line in lines for editor in _EDITOR.findall(line) for name in split_people(editor)]
    sorter = _NameSorter(site_names(document) | {word_key(name) for name in (*organisations, *editors)})
    agencies = merged(agencies_in(line) for line in (*lines, *organisations))
    declared = [("json-ld:author", name) for name in organisations if is_proper(name)]
    shown = (document, persons, lines, blocks[:_LEADING], blocks[_LEADING:][-_CLOSING:], marked)
    statements = (("markup:byline", list(lines)),) if lines_only else _statements(*shown)
    remaining = iter(statements)
    for rule, values in remaining:
        agencies = merged([agencies, *map(agencies_in, values)])
        people, others = sorter.sort_out(values, rule)
        if people:
            fuller, told = _fuller(people, lines[:1], _metas(document), sorter) or (people, rule)
            return Byline(fuller, tuple(agencies), told, _standing(fuller, told, remaining, sorter))
        if others and rule.startswith(("json-ld", "meta", "microdata")):
            declared += [(rule, value) for value in map(without_prefix, values) if is_proper(value)]
    rule, name = next((pair for pair in declared if agency(pair[1])), next(iter(declared), ("", "")))
    return Byline((name,) if name else (), tuple(agencies), rule)


def _standing(
    people: tuple[str, ...], rule: str, others: Iterable[tuple[str, list[str]]], sorter: "_NameSorter"
) -> str:
    """How the statements of other kinds stand to some people (see Byline)."""
    names = {name.casefold() for name in people}
    kind = rule.partition(":")[0]
    standing = "alone"
    for other, values in others:
        if other.partition(":")[0] != kind and (found := sorter.sort_out(values, other)[0]):
            if not names.isdisjoint(name.casefold() for name in found):
                return "agreed"
            standing = "opposed"
    return standing


def _fuller(
    people: tuple[str, ...], lines: Iterable[str], metas: Iterable[tuple[str, list[str]]], sorter: "_NameSorter"
) -> tuple[tuple[str, ...], str] | None:
    """The people of the page's first line, or of a meta element, that names all that were found and more."""
    names = {name.casefold() for name in people}
    stated = [*(("markup:byline", [line]) for line in lines), *metas]
    shown = ((sorter.sort_out(values, rule)[0], rule) for rule, values in stated)
    return next((pair for pair in shown if names < {name.casefold() for name in pair[0]}), None)


def _metas(document: Document) -> Iterator[tuple[str, list[str]]]:
    for name in _METAS:
        values = [value for value in document.metas.get(name, ()) if "//" not in value]
        if values:
            yield f"meta:{name}", values


class _NameSorter:
    """What tells people from organisations in the statements of one page; most say the same names, divided once."""

    def __init__(self, sites: Iterable[str]) -> None:
        self._titles = [site.replace(" ", "") for site in sites]
        self._divided: dict[str, list[tuple[str, bool]]] = {}

    def sort_out(self, values: Iterable[str], rule: str) -> tuple[tuple[str, ...], list[str]]:
        """The people and the organisations in some lines; a line that the page shows writes names as such."""
        people: dict[str, None] = {}
        others: list[str] = []
        for_machines, shown = rule.startswith(("json-ld", "meta")), rule.startswith(("markup", "text"))
        for value in values:
            for name, is_organisation in self._names(first_last(value) if for_machines else value):
                if is_organisation or (for_machines and is_account(name)):
                    others.append(name)
                elif not shown or is_written_as_name(name):
                    people[name] = None
        return tuple(people), others

    def _names(self, value: str) -> list[tuple[str, bool]]:
        """The names in a statement, each with whether it is an organisation's."""
        if value not in self._divided:
            self._divided[value] = [(name, self._is_organisation(name)) for name in split_people(value)]
        return self._divided[value]

    def _is_organisation(self, name: str) -> bool:
        compact = word_key(name).replace(" ", "").replace("_", "")
        named = any(compact == title or (len(title) > 4 and compact.startswith(title)) for title in self._titles)
        return bool(agency(name) or named or "_" in name or names_role(name))


def _stated_authors(document: Document) -> tuple[list[list[str]], list[str]]:
    """What JSON-LD names as author: the persons of each of its stories, and all organisations."""
    stated = [list(_authors(document, node.get("author") or node.get("creator"))) for node in document.stories[:3]]
    persons = [[name for name, is_person in authors if is_person] for authors in stated]
    return persons, [name for authors in stated for name, is_person in authors if not is_person]


def _statements(
    document: Document,
    persons: Iterable[list[str]],
    lines: Iterable[str],
    leading: Iterable[TextBlock],
    closing: Iterable[TextBlock],
    marked: Iterable[MarkedAuthor],
) -> Iterator[tuple[str, list[str]]]:
    for names in persons:
        yield "json-ld:author", names
    yield from _metas(document)
    if _AUTHOR_META_LABEL.match(document.meta("twitter:label1") or ""):
        yield "meta:twitter:data1", [document.meta("twitter:data1") or ""]
    marked = list(marked)
    stated = [_bare(value, marked) for value in document.microdata.get("author", ())]
    # Many are the authors of teasers too; the story's own stands first.
    yield "microdata:author", stated if len(stated) <= _SEVERAL else stated[:1]
    for line in lines:
        yield "markup:byline", [line]
    yield "link:authors", list(document.page.link.authors)
    for block in leading:
        if len(block.text) < 120 and (leads_in(block.text) or _is_bare_name(block)):
            yield "text:byline", [block.text]
    yield "markup:label", list(_labelled(document.root))
    for block in closing:
        text = block.text.strip("()[] ")
        if len(text) < _LONGEST_CLOSING and (leads_in(text) or _DASH.match(text)):
            yield "text:closing", [name for name in split_people(_DASH.sub("", text)) if is_person(name)]
    for author in marked:
        yield author.rule, [author.text]


def _bare(value: str, marked: Iterable[MarkedAuthor]) -> str:
    """The name that an element marks by itself, where the whole of it goes on with a job: "Jane Doe Baker"."""
    text = squeezed(value)
    return next((author.text for author in marked if text.startswith(f"{author.text} ")), value)


def _is_bare_name(block: TextBlock) -> bool:
    return not block.is_heading and block.linked < 0.8 * len(block.text) and is_bare_names(block.text)


def _labelled(root: Element) -> Iterator[str]:
    """What stands behind a label such as "Autor" in a list of the page's facts, in the same element or the next."""
    for element in root.iter("strong", "b", "dt", "th", "span", "label", "td"):
        if element.text and _LABEL.fullmatch(element.text.strip()):
            following = element.getnext()
            value = squeezed(element.tail or "") or (text_of(following) if following is not None else "")
            if len(value) < _LONGEST_LINE:
                yield value


def _authors(document: Document, value: Any) -> Iterator[tuple[str, bool]]:
    """Names in a JSON-LD author, each with whether it may be a person; references inside the page are resolved."""
    if isinstance(value, list):
        for item in value:
            yield from _authors(document, item)
    elif isinstance(value, Mapping):
        name = value.get("name")
        if not name and isinstance(value.get("@id"), str):
            same = (node for node in document.nodes if node.get("@id") == value["@id"])
            name = next((node["name"] for node in same if node.get("name")), None)
        if not name and value.get("givenName"):
            name = f"{value.get('givenName')} {value.get('familyName') or ''}"
        if jsonld.types(value) & _PLACES:
            return
        organised = any(kind.endswith("organization") for kind in jsonld.types(value))
        is_person = not organised and not _is_desk_account(value)
        yield from ((text, is_person) for text in jsonld.strings(name))
    else:
        yield from ((text, True) for text in jsonld.strings(value) if "//" not in text)


def _is_desk_account(author: Mapping[str, Any]) -> bool:
    """Whether an author's page is that of an account which a whole desk uses: ".../author/admin/"."""
    addresses = (author.get(key) for key in ("@id", "url", "sameAs"))
    return any(isinstance(address, str) and _DESK_ACCOUNT.search(address) for address in addresses)
