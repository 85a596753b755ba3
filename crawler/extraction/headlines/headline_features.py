"""Features of the candidates for a headline: numbers that say who states each, where it stands, and what it looks like.

Statements with the same words are one candidate. None of the numbers decides alone; headline_score.py adds them up.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote, urlsplit

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.headlines.shown_headlines import ShownHeading, shown_headings
from crawler.extraction.headlines.site_names import home_names, is_name, is_of_host, section_names, site_names
from crawler.extraction.headlines.stated_headlines import StatedHeadline, stated_headlines, with_parts
from crawler.extraction.texts import text_weight, word_key

_LONG = 220
_SHORT_CUT = 4
_LONGEST_SECTION = 14
_TOLD_APART = ("json-ld", "social", "main h1", "title", "social alone, title cut", "data alone")
_TOLD = frozenset({"json-ld", "og", "twitter", "title", "meta", "microdata"})
"""Features that weigh differently on pages that JSON-LD calls news articles."""
_KINDS = ("json-ld", "og", "twitter", "title", "meta", "microdata", "json-ld name", "page name", "link")
_DIVIDED = re.compile(r"\s*[|｜ㅣ»«•]\s*|\s+[-–—]\s+|-(?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,8}$)")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_BROKEN_OFF = re.compile(r"\s*(?:\.\.\.|…)$")


@dataclass
class HeadlineCandidate:
    """The statements that have the same words."""

    key: str
    statements: list[StatedHeadline] = field(default_factory=list)
    headings: list[tuple[ShownHeading, str, str]] = field(default_factory=list)
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Names:
    """What the page says that its site and sections are called."""

    site: frozenset[str]
    home: frozenset[str]
    section: frozenset[str]

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of the site, from either."""
        return self.site | self.home


def headline_candidates(document: Document) -> list[HeadlineCandidate]:
    """All candidates with their features, in the order in which their statements stand."""
    names = _Names(site_names(document), home_names(document), section_names(document))
    known = [name.casefold() for name in (*names.site, *names.home)]
    stated = [told for told in stated_headlines(document) if told.text]
    headings = shown_headings(document)
    found: dict[str, HeadlineCandidate] = {}
    for heading in headings:
        for part, text in heading.texts:
            if key := word_key(text):
                found.setdefault(key, HeadlineCandidate(key)).headings.append((heading, part, text))
            pieces = list(with_parts(StatedHeadline(text, f"shown {part}", ""), known))
            _add(found, [piece for piece in pieces if piece.cut])
    shown = frozenset(word_key(heading.texts[0][1]) for heading in headings if heading.kind in ("h1", "named"))
    voices: dict[str, str] = {}
    for told in stated:
        parts = [part for part in with_parts(told, known) if word_key(part.text)]
        _add(found, parts)
        if parts:
            voices.setdefault(told.kind, word_key(_voice(parts, names, shown).text))
    context = _Context(document, names, headings, voices, _title_is_cut(stated, voices))
    for candidate in found.values():
        candidate.features = _features(candidate, context)
    return list(found.values())


def _add(found: dict[str, HeadlineCandidate], statements: Iterable[StatedHeadline]) -> None:
    for statement in statements:
        key = word_key(statement.text)
        if key:
            found.setdefault(key, HeadlineCandidate(key)).statements.append(statement)


@dataclass(frozen=True)
class _Context:
    """What the candidates of a page are compared with: `voices` are what each kind of statement says, names cut off."""

    document: Document
    names: _Names
    headings: Sequence[ShownHeading]
    voices: Mapping[str, str]
    title_cut: bool

    @cached_property
    def main(self) -> str:
        """What the page's own h1 says: the one that is marked, else that another statement holds, else the first."""
        known = self.names.known
        firsts = [heading for heading in self.headings if heading.kind == "h1" and not heading.home]
        own = [heading for heading in firsts if not is_name(heading.texts[0][1], known)]
        marked = [heading for heading in own if heading.marked]
        told = [h for h in own if any(word_key(h.texts[0][1]) in voice for voice in self.voices.values())]
        named = [heading for heading in own if heading.named]
        return next((word_key(heading.texts[0][1]) for heading in (*marked, *told, *named, *own)), "")

    @property
    def social(self) -> str:
        """What is said for social networks."""
        return self.voices.get("og") or self.voices.get("twitter") or ""

    @cached_property
    def is_news(self) -> bool:
        """Whether JSON-LD calls the page a news article."""
        return any("newsarticle" in name for node in self.document.stories for name in jsonld.types(node))

    @cached_property
    def slug(self) -> frozenset[str]:
        """The words of the address."""
        return _slug_words(self.document.url)


def _features(candidate: HeadlineCandidate, context: _Context) -> dict[str, float]:
    found = {
        **_said(candidate, context),
        **_shown(candidate, context.headings),
        **_compared(candidate, context),
        **_looks(candidate, context.names),
    }
    if context.is_news:
        found |= {f"news {name}": found.get(name, 0.0) for name in _TOLD_APART}
    return found


def _voice(parts: Sequence[StatedHeadline], names: _Names, shown: frozenset[str]) -> StatedHeadline:
    """What a statement says: what an h1 says as well, else all of it but the site's name and its sections."""
    agreed = [part for part in parts if word_key(part.text) in shown]
    if agreed:
        return max(agreed, key=lambda part: len(part.text))
    known = names.known
    left = [
        part
        for part in parts
        if part.cut
        and any(is_name(text, known) for text in part.cut)
        and all(is_name(text, known | names.section) or _is_like_section(text) for text in part.cut)
        and not is_name(part.text, known)
    ]
    return min(left, key=lambda part: len(part.text)) if left else parts[0]


def _is_like_section(text: str) -> bool:
    """Whether a text is one short word, as sections between a headline and the site's name are."""
    return " " not in text and text_weight(text) <= _LONGEST_SECTION


def _title_is_cut(stated: Iterable[StatedHeadline], voices: Mapping[str, str]) -> bool:
    return any(told.kind == "title" and word_key(told.text) != voices.get("title") for told in stated)


def _said(candidate: HeadlineCandidate, context: _Context) -> dict[str, float]:
    """Which statements say it, in full or after a cut of what is or is not the site's name."""
    voices = {kind for kind, key in context.voices.items() if key == candidate.key}
    social = bool(voices & {"og", "twitter"})
    votes = (context.main == candidate.key) + ("json-ld" in voices) + social
    found = {kind: float(kind in voices) for kind in _KINDS}
    found |= {"main h1": float(context.main == candidate.key), "social": float(social)}
    found |= {"two votes": float(votes > 1), "three votes": float(votes > 2), "kinds": math.log1p(len(voices))}
    parts: dict[str, float] = {}
    for kind in {told.kind for told in candidate.statements} - voices:
        told = [statement for statement in candidate.statements if statement.kind == kind]
        parts["with name"] = max(parts.get("with name", 0.0), float(any(not statement.cut for statement in told)))
        for name, number in _cuts([statement for statement in told if statement.cut], context).items():
            parts[name] = max(parts.get(name, 0.0), number)
        parts["has section"] = max(
            parts.get("has section", 0.0), float(any(_has_section(statement, context.names) for statement in told))
        )
        found["shorter part"] = max(found.get("shorter part", 0.0), float(any(map(_is_shorter_part, told))))
    kinds = {told.kind for told in candidate.statements}
    stated = any(told.kind in _TOLD for told in candidate.statements)
    found["shown and told"] = float(stated and bool(candidate.headings or kinds - set(_KINDS)))
    return found | (parts if not voices else {}) | _alone(candidate, context, social=social)


def _has_section(told: StatedHeadline, names: _Names) -> bool:
    """Whether the site's name was cut off, and a section is left in front of where it stood."""
    last = _DIVIDED.split(told.text)[1:][-1:]
    return bool(last) and _is_like_section(last[0]) and any(is_name(text, names.known) for text in told.cut)


def _is_shorter_part(told: StatedHeadline) -> bool:
    """Whether what was cut off is twice as long: a title has the headline, and beside it a shorter name."""
    return any(len(text.split()) >= 2 * len(told.text.split()) for text in told.cut)


def _alone(candidate: HeadlineCandidate, context: _Context, *, social: bool) -> dict[str, float]:
    """Whether it stands alone against what heading and title say alike."""
    title, data, page = context.voices.get("title"), context.voices.get("json-ld"), context.main
    against = title == page != candidate.key
    single = float(against and social and data in (None, page))
    return {
        "social alone": single,
        "social alone, title cut": single * context.title_cut,
        "data alone": float(
            against and data == candidate.key and not context.title_cut and (title or "").startswith(context.social)
        ),
    }


def _cuts(parts: Sequence[StatedHeadline], context: _Context) -> dict[str, float]:
    """What was cut off a statement for this part of it."""
    if not parts:
        return {}
    told, names, host = parts[0], context.names, context.document.host
    known = names.known
    unknown = [text for text in told.cut if not is_name(text, known) and not is_name(text, names.section)]
    return {
        "part": 1.0,
        "cut site": float(any(is_name(text, known) for text in told.cut)),
        "cut host": float(any(is_of_host(text, host) for text in unknown)),
        "cut section": float(any(is_name(text, names.section) for text in told.cut)),
        "cut short": float(any(len(text.split()) <= _SHORT_CUT for text in unknown)),
        "cut long": float(any(len(text.split()) > _SHORT_CUT for text in unknown)),
        "cut front": float(told.front and bool(unknown)),
        "cut dash": float(bool(unknown) and set(told.bars) <= set("-–—―:")),
    }


def _shown(candidate: HeadlineCandidate, headings: Sequence[ShownHeading]) -> dict[str, float]:
    """Where it stands on the page: the best of the elements that show it."""
    firsts = [heading for heading in headings if heading.kind == "h1"]
    places = [_place(heading, part, firsts) for heading, part, _ in candidate.headings]
    if not places:
        return {}
    best = max(places, key=lambda place: (place.get("h1", 0), place.get("marked", 0), place.get("named", 0)))
    return {**best, "shown": 1.0, "shown twice": float(len(places) > 1)}


def _place(heading: ShownHeading, part: str, firsts: Sequence[ShownHeading]) -> dict[str, float]:
    return {
        heading.kind: 1.0,
        "shown lesser": float(part == "lesser"),
        "shown part": float(part == "part"),
        "has lesser": float(part == "whole" and len(heading.texts) > 1 and heading.texts[1][0] == "lesser"),
        "only h1": float(heading.kind == "h1" and len(firsts) == 1),
        "later h1": float(heading.kind == "h1" and heading is not firsts[0]),
        "beside h1": float(heading.kind != "h1" and bool(firsts)),
        "named": float(heading.named),
        "marked": float(heading.marked),
        "links home": float(heading.home),
        "named site": float(heading.site),
        "linked": float(heading.linked and not heading.home),
        "hidden": float(heading.hidden),
        "boilerplate": float(heading.grade == 2),
        "doubtful": float(heading.grade == 1),
        "in article": float(heading.in_article),
        "prose before": math.log1p(heading.prose_before / 100),
        "to prose": math.log1p(heading.to_prose / 100),
    }


def _compared(candidate: HeadlineCandidate, context: _Context) -> dict[str, float]:
    """How it stands to the other statements, and to the words of the address."""
    slug = context.slug
    others = {*context.voices.values(), context.main} - {candidate.key, ""}
    words = candidate.key.split()
    padded = f" {candidate.key} "
    holds = [key for key in others if len(key.split()) > 2 and f" {key} " in padded]
    broken = any(_BROKEN_OFF.search(text) for text in _texts(candidate)) and any(
        key.startswith(candidate.key) for key in others
    )
    begun = len(words) > 3 and any(key.startswith(candidate.key) and not key.startswith(padded[1:]) for key in others)
    return {
        "inside others": math.log1p(sum(padded in f" {key} " for key in others)),
        "holds another": float(bool(holds)),
        "broken off": float(broken or begun),
        "slug": len(slug & set(words)) / (len(slug) or 1) if slug else 0.0,
        "in slug": sum(word in slug for word in words) / len(words) if slug else 0.0,
    }


def _looks(candidate: HeadlineCandidate, names: _Names) -> dict[str, float]:
    """What it looks like as a text."""
    texts = _texts(candidate)
    text = texts[0]
    weight = text_weight(text)
    count = max(len(candidate.key.split()), weight // 6)
    site = is_name(text, names.site)
    return {
        "site": float(site),
        "home name": float(not site and is_name(text, names.home)),
        "section": float(is_name(text, names.section)),
        "one word": float(count == 1),
        "few words": float(1 < count < 4),
        "words": math.log1p(count),
        "long": float(weight > _LONG),
        "sentence": float(text.endswith(".") and not text.endswith("...")),
        "asks": float(text.endswith("?")),
        "digits only": float(not _LETTERS.search(text)),
        "has site": float(_holds_name(text, names.known)),
    }


def _holds_name(text: str, names: frozenset[str]) -> bool:
    """Whether the last or first of a text's parts is a name of the site."""
    parts = _DIVIDED.split(text)
    return len(parts) > 1 and any(is_name(part, names) for part in (parts[0], parts[-1]))


def _texts(candidate: HeadlineCandidate) -> list[str]:
    return [text for _, _, text in candidate.headings] + [told.text for told in candidate.statements]


def _slug_words(url: str) -> frozenset[str]:
    """The words of the longest part of an address's path; none where it has few."""
    try:
        segments = unquote(urlsplit(url).path).split("/")
    except ValueError:
        return frozenset()
    words = max((word_key(re.sub(r"[-_.+]", " ", segment)).split() for segment in segments), key=len, default=[])
    return frozenset(word for word in words if not word.isdigit()) if len(words) > 2 else frozenset()
