"""Datelines: the place and the agency's tag before the first word of a story.

A dateline is a place, perhaps a country and a date, perhaps the agency in brackets or slashes, and a dash, colon or
full stop. It is taken off the first paragraph; a tag without a place ("(Reuters) -") is taken off too. Forms follow
the style books of AP, AFP, Reuters, dpa, EFE, ANSA, TASS, Xinhua, Yonhap and Kyodo as their clients print them.
"""

import re
from pathlib import Path
from typing import NamedTuple

from text.agencies import agencies_in, agency
from text.gazetteer import is_known_place
from text.languages import alternatives, months, phrases, words
from text.tables import table_names

_TABLE = Path(__file__).parents[1] / "tables" / "no_places.txt"
_DASH = r"(?:\s*(?:[-–—‒―]{1,3}|--|\.\s*[-–—]|=)\s*)"
_MONTHS = words(months())
_WEEKDAYS = words(phrases(lambda language: (names[0] for names in language.dates.weekdays)))
_ORDINALS = alternatives(lambda language: language.dates.ordinals)
# The months stand once, and a number before or behind them is asked for: they cost most when the pattern is compiled.
_DATE = (
    rf"(?:(?=\d|[^\W\d_]+\.?\s*\d{{1,2}}(?!\d))"
    rf"(?:\d{{1,2}}\.?(?:{_ORDINALS})?\s*(?:(?:{alternatives(lambda language: language.dates.before_month)})\s+)?)?"
    rf"(?:{_MONTHS})\.?(?:\s*\d{{1,2}}(?!\d)(?:{_ORDINALS})?(?:,?\s*\d{{4}})?|"
    rf"\s*(?:(?:{alternatives(lambda language: language.dates.before_year)})\s+)?\d{{4}})?|"
    rf"\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{2,4}})?|(?:{_WEEKDAYS}))"
)
_TAGGED = re.compile(
    r"^(?P<place>[^()\[\]:;!?\"“„«]{2,70}?)?[,.]?\s*"
    rf"(?:[,.]?\s*(?P<date>{_DATE})[,.]?)?\s*"
    r"(?:[(\[]\s*(?P<tag>[^()\[\]]{2,40}?)\s*[)\]]|/\s*(?P<slashed>[^()\[\]/]{2,40}?)\s*/)\s*"
    rf"(?P<date2>[,.]?\s*{_DATE})?"
    r"(?P<close>[.:]?\s*(?:[-–—‒―=]{1,3}|\.\s*[-–—]{1,2}|:|\.)|)\s*",
    re.I,
)
_TAG_FIRST = re.compile(
    rf"^[(\[](?P<tag>[^()\[\]]{{2,30}})[)\]]\s*{_DASH}\s*"
    rf"(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ' .-]{{2,30}}),?\s*(?P<date>{_DATE})?\s*{_DASH}\s*",
    re.I,
)
_PLAIN = re.compile(
    r"^(?P<place>[^\W\d_][^()\[\]:;!?\"“„«»0-9|]{1,60}?)"
    rf"(?:,?\s+(?P<date>(?i:{_DATE}))[,.]?)?"
    r"(?P<close>\s+[-–—‒―]{1,3}\s+|\s*[—–]\s*|\s+\|\s+|:\s+|(?<!\b[SMF][Tt])\.\s+(?=[A-ZÀ-ÞА-Я„“\"]))"
)
_RIA = re.compile(
    rf"^(?P<place>[А-ЯЁ][А-ЯЁ -]{{2,30}}),?\s*(?P<date>{_DATE})?\s*[-–—]\s*"
    r"(?P<tag>РИА Новости|Интерфакс|ТАСС)[.,:]?\s*[-–—]?\s*",
    re.I,
)
_BRACKETED_PLACE = re.compile(
    r"^[【\[(（](?P<place>[^\s=＝【】\[\]()（）]{1,12}?)(?:\s*\d{1,2}日)?\s*[=＝\s]\s*"
    r"(?P<tag>[^【】\[\]()（）]{1,20})[】\])）]\s*"
    r"(?:(?P<name>[가-힣]{2,4}(?:·[가-힣]{2,4})*)\s*(?:인턴)?\s*(?:기자|특파원)\s*[=＝]?\s*)?[-–—=]*\s*"
)
_XINHUA = re.compile(
    r"^(?P<tag>新华社|中新社|新華社)(?P<place>[\u4e00-\u9fff]{2,8}?)(?:\d{1,2}月)?\d{1,2}日电\s*"
    r"(?:[（(][^）)]{2,20}[）)])?\s*"
)
# "LA CROSSE, Wis." keeps the full stop of the state's abbreviation.
_ABBREVIATED = re.compile(r",\s+(?:\w\.)*[A-Z][a-z]{0,4}\.$")
_PARTICLES = frozenset(phrases(lambda language: language.datelines.place_particles))
_LABEL_WORDS = frozenset(phrases(lambda language: language.datelines.labels))
_LABELS = _LABEL_WORDS.union(phrases(lambda language: language.datelines.label_phrases), table_names(_TABLE))
_BETWEEN_AGENCIES = re.compile(
    rf"[/,;&+]|\s+(?:{alternatives(lambda language: language.datelines.agency_conjunctions)})\s+|\s+-\s+"
)


class Dateline(NamedTuple):
    """The place as printed, the agencies of the tag, and what is left of the paragraph."""

    place: str | None
    agencies: tuple[str, ...]
    rest: str


def read_dateline(paragraph: str, lead: str = "") -> Dateline:
    """Take dateline and agency tag off a first paragraph; without any, `rest` is the whole paragraph.

    `lead` is the bold text that the paragraph begins with: a place set in bold needs no other sign.
    """
    for read in (_east_asian, _ria, _tag_first, _tagged, _plain):
        found = read(paragraph)
        if found and re.search(r"\w", found.rest):
            return found
    place = lead.rstrip(" .:-–—|")
    if place != lead.rstrip() and paragraph.startswith(lead) and len(place.split()) < 4 and looks_like_place(place):
        return Dateline(place, (), paragraph[len(lead) :].lstrip(" .:-–—|"))
    return Dateline(None, (), paragraph)


def _found(paragraph: str, match: re.Match[str], place: str | None, agencies: list[str]) -> Dateline:
    clean = place.strip(" ,-–—/") if place else None
    clean = clean if clean and _ABBREVIATED.search(clean) else (clean or "").strip(".")
    return Dateline(clean or None, tuple(agencies), paragraph[match.end() :].lstrip(" -–—=:"))


def _east_asian(paragraph: str) -> Dateline | None:
    match = _BRACKETED_PLACE.match(paragraph)
    if match and re.search(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]", match[0]):
        return _found(paragraph, match, match["place"], agencies_in(match["tag"]))
    match = _XINHUA.match(paragraph)
    return _found(paragraph, match, match["place"], agencies_in(match["tag"])) if match else None


def _ria(paragraph: str) -> Dateline | None:
    match = _RIA.match(paragraph)
    return _found(paragraph, match, match["place"], agencies_in(match["tag"])) if match else None


def _tag_first(paragraph: str) -> Dateline | None:
    match = _TAG_FIRST.match(paragraph)
    if match and _tag_agencies(match["tag"]) and looks_like_place(match["place"]):
        return _found(paragraph, match, match["place"], _tag_agencies(match["tag"]))
    return None


def _tagged(paragraph: str) -> Dateline | None:
    match = _TAGGED.match(paragraph)
    if not match:
        return None
    agencies = _tag_agencies(match["tag"] or match["slashed"])
    place = (match["place"] or "").strip(" ,-–—")
    if place and paragraph[match.end("place") : match.end("place") + 1] == "." and _ABBREVIATED.search(place + "."):
        place += "."
    closed = bool(match["close"].strip())
    if not agencies or (place and not looks_like_place(place)):
        return None
    if not closed and not (match["date"] or match["date2"]):
        return None
    if not place and match["close"].strip() == ".":
        return None
    return _found(paragraph, match, place or None, agencies)


def _plain(paragraph: str) -> Dateline | None:
    match = _PLAIN.match(paragraph)
    if not match:
        return None
    place, close = match["place"].strip(" ,"), match["close"].strip()
    place = place if _ABBREVIATED.search(place) else place.strip(".")
    head = place.split(",")[0].strip()
    known = is_known_place(head) or all(map(is_known_place, head.split("/")))
    if not looks_like_place(place):
        return None
    if close == "." and not (known and "," not in place):
        return None
    in_capitals = head.isupper() and (known or _may_be_place(place, paragraph[match.end() :]))
    if close == ":" and not (in_capitals or (known and match["date"])):
        return None
    shouted = head.isupper() and (len(head) > 4 or ("," in place and len(head) > 2)) and len(place) < 40
    if not known and close != ":" and not (shouted and close != "." and not _is_aside(paragraph, match)):
        return None
    if known and not head.isupper() and close not in (".", "|") and (_is_aside(paragraph, match)):
        return None
    return _found(paragraph, match, place, [])


def _may_be_place(place: str, rest: str) -> bool:
    """Whether capitals before a colon are a place that no table knows: a few words, a sentence behind them."""
    owned = re.search(r"['’]S\b", place)
    return "," not in place and len(place) > 3 and len(place.split()) < 4 and not owned and not rest[:1].islower()


def _is_aside(paragraph: str, match: re.Match[str]) -> bool:
    """Whether the dash opens an aside that another dash closes: "LONDON — the capital — is"."""
    rest = paragraph[match.end() : match.end() + 90]
    begins_small = rest[:1].islower()
    return begins_small and bool(re.search(r"\s[-–—]{1,2}\s", rest))


def _tag_agencies(tag: str) -> list[str]:
    """The agencies in a tag such as "AP", "dpa/lrs" or "Reuters, AFP"; none where other words stand in it."""
    pieces = [piece.strip() for piece in _BETWEEN_AGENCIES.split(tag) if piece.strip()]
    found = [name for piece in pieces if (name := agency(piece))]
    strangers = [piece for piece in pieces if not agency(piece) and not re.fullmatch(r"[A-Za-z]{2,8}", piece)]
    return list(dict.fromkeys(found)) if found and not strangers else []


def looks_like_place(text: str) -> bool:
    """Whether a text is a few capitalised words that are no label: what a dateline's place looks like."""
    words = re.findall(r"[^\s,/]+", text)
    if not words or len(words) > 8 or len(text) > 60 or _is_label(text):
        return False
    if text.count(",") > 2:
        return False
    for word in words:
        bare = word.strip(".'’-()")
        if (
            bare
            and not bare[0].isupper()
            and bare.lower() not in _PARTICLES
            and not re.match(r"(?i)al-|el-|ash-", bare)
        ):
            return False
    first: str = words[0]
    return first[0].isupper() or first.lower().startswith(("al-", "el-"))


def _is_label(text: str) -> bool:
    """Whether a text is a newsroom's label ("Breaking news", "Watch") or a name that no place has."""
    head = text.split(",")[0].strip().lower()
    words = frozenset(head.split()) if "," not in text else frozenset()
    return head in _LABELS or not words.isdisjoint(_LABEL_WORDS)
