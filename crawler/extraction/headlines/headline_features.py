"""Features of the candidates for a headline: numbers that say who states each, where it stands, and what it looks like.

Statements with the same words are one candidate. None of the numbers decides alone; headline_score.py adds them up.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from urllib.parse import unquote, urlsplit

from crawler.extraction.document import jsonld
from crawler.extraction.document.document import Document
from crawler.extraction.document.tree import Element
from crawler.extraction.headlines.shown_headlines import (
    MAIN_KINDS,
    ShownHeading,
    Texts,
    heading_kinds,
    heading_texts,
    shown_headings,
)
from crawler.extraction.headlines.site_names import (
    home_names,
    is_name,
    is_of_host,
    section_names,
    site_names,
    undivided,
    undivided_names,
)
from crawler.extraction.headlines.stated_headlines import StatedHeadline, parts_of, stated_headlines, with_parts
from crawler.extraction.texts import first_of_each, text_weight, word_key

_LONG = 220
_SHORT_CUT = 4
_LONGEST_SECTION = 14
_TOLD_APART = ("json-ld", "social", "main h1", "title", "social alone, title cut", "data alone")
_TOLD = frozenset({"json-ld", "og", "twitter", "title", "meta", "microdata"})
"""Features that weigh differently on pages that JSON-LD calls news articles."""
_KINDS = frozenset({"json-ld", "og", "twitter", "title", "meta", "microdata", "json-ld name", "page name", "link"})
_DIVIDED = re.compile(r"\s*[|｜ㅣ»«•]\s*|\s+[-–—]\s+|-(?=[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,8}$)")
_DIVIDER = re.compile("[|｜ㅣ»«•–—-]")
"""Asked before the pattern, whose blanks cost more."""
_LETTERS = re.compile(r"[^\W\d_]{2}")
_BROKEN_OFF = re.compile(r"\s*(?:\.\.\.|…)$")


@dataclass
class HeadlineCandidate:
    """The statements that have the same words; features that are 0 are left out."""

    key: str
    statements: list[StatedHeadline] = field(default_factory=list)
    headings: list[tuple[ShownHeading, str, str]] = field(default_factory=list)
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Names:
    """What the page says that its site and sections are called, as word keys without blanks."""

    site: frozenset[str]
    home: frozenset[str]
    section: frozenset[str]

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of the site, from either."""
        return self.site | self.home

    def may_be_headline(self, key: str) -> bool:
        """Whether it is the name of neither the site nor a section."""
        return undivided(key) not in self.known | self.section


def headline_candidates(document: Document, *, all_headings: bool = False) -> list[HeadlineCandidate]:
    """All candidates with their features, in the order in which their statements stand.

    Where a main heading shows what the page states for machines, lesser ones count only if they show another of its
    statements, or where `all_headings` is set.
    """
    site, home, section = site_names(document), home_names(document), section_names(document)
    names, known = _Names(*map(undivided_names, (site, home, section))), site | home
    stated = [told for told in stated_headlines(document) if told.text]
    kinds = heading_kinds(document)
    texts: Mapping[Element, Texts] = heading_texts(element for element, kind in kinds.items() if kind in MAIN_KINDS)
    shown = frozenset(word_key(told[0][1]) for told in texts.values())
    parts = [[part for part in with_parts(told, known) if word_key(part.text)] for told in stated]
    voiced = [_voice(own, names, shown) for own in parts if own]
    voices: dict[str, str] = {}
    for voice in voiced:
        voices.setdefault(voice.kind, word_key(voice.text))
    said = _said(voiced, names)
    if all_headings or said.isdisjoint(shown):
        texts = heading_texts(kinds, texts)
    elif missing := said - shown:
        texts = _with_lesser(texts, heading_texts(kinds, texts), missing)
    headings = shown_headings(document, kinds, texts)
    found: dict[str, HeadlineCandidate] = {}
    for heading in headings:
        for part, text in heading.texts:
            if key := word_key(text):
                found.setdefault(key, HeadlineCandidate(key)).headings.append((heading, part, text))
            _add(found, parts_of(StatedHeadline(text, f"shown {part}", ""), known))
    for own in parts:
        _add(found, own)
    context = _Context(document, names, headings, voices, _title_is_cut(stated, voices))
    for candidate in found.values():
        candidate.features = _features(candidate, context)
    return list(found.values())


def _said(voiced: Iterable[StatedHeadline], names: _Names) -> frozenset[str]:
    """What statements for machines say is the headline: no names, and no short parts of longer titles."""
    keys = (word_key(voice.text) for voice in voiced if voice.kind in _TOLD and not _is_shorter_part(voice))
    return frozenset(filter(names.may_be_headline, keys))


def _with_lesser(
    main: Mapping[Element, Texts], all_texts: Mapping[Element, Texts], missing: Collection[str]
) -> Mapping[Element, Texts]:
    """The main headings and those that say what is missing."""
    return {
        element: texts
        for element, texts in all_texts.items()
        if element in main or any(word_key(text) in missing for _, text in texts)
    }


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
    def firsts(self) -> Sequence[ShownHeading]:
        """The page's h1."""
        return [heading for heading in self.headings if heading.kind == "h1"]

    @cached_property
    def main(self) -> str:
        """What the page's own h1 says: the one that is marked, else that another statement holds, else the first."""
        said = [(heading, word_key(heading.texts[0][1])) for heading in self.firsts if not heading.home]
        own = [(heading, key) for heading, key in said if undivided(key) not in self.names.known]
        marked = (key for heading, key in own if heading.marked)
        told = (key for _, key in own if any(key in voice for voice in self.voices.values()))
        named = (key for heading, key in own if heading.named)
        return next(chain(marked, told, named, (key for _, key in own)), "")

    @property
    def social(self) -> str:
        """What is said for social networks."""
        return self.voices.get("og") or self.voices.get("twitter") or ""

    @cached_property
    def said(self) -> Sequence[str]:
        """What the kinds of statements and the page's own h1 say, each once, with a blank at either end."""
        return [f" {key} " for key in {*self.voices.values(), self.main} if key]

    @cached_property
    def is_news(self) -> bool:
        """Whether JSON-LD calls the page a news article."""
        return any("newsarticle" in name for node in self.document.stories for name in jsonld.types(node))

    @cached_property
    def slug(self) -> frozenset[str]:
        """The words of the address."""
        return _slug_words(self.document.url)


def _features(candidate: HeadlineCandidate, context: _Context) -> dict[str, float]:
    told = _told(candidate, context)
    if context.is_news:
        told |= {f"news {name}": told[name] for name in _TOLD_APART if name in told}
    numbers = (told, _shown(candidate, context), _compared(candidate, context), _looks(candidate, context.names))
    return {name: float(number) for part in numbers for name, number in part.items() if number}


def _voice(parts: Sequence[StatedHeadline], names: _Names, shown: frozenset[str]) -> StatedHeadline:
    """What a statement says: what an h1 says as well, else all of it but the site's name and its sections."""
    agreed = [part for part in parts if word_key(part.text) in shown]
    if agreed:
        return max(agreed, key=lambda part: len(part.text))
    left = [part for part in parts if part.cut and _is_name_cut(part, names)]
    return min(left, key=lambda part: len(part.text)) if left else parts[0]


def _is_name_cut(part: StatedHeadline, names: _Names) -> bool:
    """Whether nothing was cut off but the site's name and sections, and what is left is not the name itself."""
    known = names.known
    return (
        any(is_name(text, known) for text in part.cut)
        and all(is_name(text, known) or is_name(text, names.section) or _is_like_section(text) for text in part.cut)
        and not is_name(part.text, known)
    )


def _is_like_section(text: str) -> bool:
    """Whether a text is one short word, as sections between a headline and the site's name are."""
    return " " not in text and text_weight(text) <= _LONGEST_SECTION


def _title_is_cut(stated: Iterable[StatedHeadline], voices: Mapping[str, str]) -> bool:
    return any(told.kind == "title" and word_key(told.text) != voices.get("title") for told in stated)


def _told(candidate: HeadlineCandidate, context: _Context) -> dict[str, float]:
    """Which statements say it, in full or after a cut of what is or is not the site's name."""
    is_main = context.main == candidate.key
    if not candidate.statements:
        return {"main h1": is_main}
    kinds = {told.kind for told in candidate.statements}
    voices = {kind for kind in kinds if context.voices.get(kind) == candidate.key}
    social = bool(voices & {"og", "twitter"})
    votes = is_main + ("json-ld" in voices) + social
    aside = [told for told in candidate.statements if told.kind not in voices]
    return {
        **dict.fromkeys(voices, 1.0),
        "main h1": is_main,
        "social": social,
        "two votes": votes > 1,
        "three votes": votes > 2,
        "kinds": math.log1p(len(voices)),
        "shorter part": any(map(_is_shorter_part, aside)),
        "shown and told": not kinds.isdisjoint(_TOLD) and bool(candidate.headings or kinds - _KINDS),
        **(_alone(candidate, context, social=social) if voices else _as_parts(aside, context)),
    }


def _is_shorter_part(told: StatedHeadline) -> bool:
    """Whether what was cut off is twice as long: a title has the headline, and beside it a shorter name."""
    return any(len(text.split()) >= 2 * len(told.text.split()) for text in told.cut)


def _alone(candidate: HeadlineCandidate, context: _Context, *, social: bool) -> dict[str, float]:
    """Whether it stands alone against what heading and title say alike."""
    title, data, page = context.voices.get("title"), context.voices.get("json-ld"), context.main
    if not title == page != candidate.key:
        return {}
    single = social and data in (None, page)
    return {
        "social alone": single,
        "social alone, title cut": single and context.title_cut,
        "data alone": data == candidate.key and not context.title_cut and title.startswith(context.social),
    }


def _as_parts(parts: Sequence[StatedHeadline], context: _Context) -> dict[str, float]:
    """What was cut off the statements that say more; of each kind, the first with a cut speaks."""
    names, host = context.names, context.document.host
    first = first_of_each((told for told in parts if told.cut), key=lambda told: told.kind)
    found = {"with name": 1.0} if any(not told.cut for told in parts) else {}
    if any(_has_section(told, names) for told in parts):
        found["has section"] = 1.0
    for told in first_of_each(first, key=lambda told: (told.cut, told.bars, told.front)):
        found |= {name: 1.0 for name, holds in _cuts(told, names, host).items() if holds}
    return found


def _has_section(told: StatedHeadline, names: _Names) -> bool:
    """Whether the site's name was cut off, and a section is left in front of where it stood."""
    if not any(is_name(text, names.known) for text in told.cut):
        return False
    last = _DIVIDED.split(told.text)[1:][-1:]
    return bool(last) and _is_like_section(last[0])


def _cuts(told: StatedHeadline, names: _Names, host: str) -> dict[str, bool]:
    """What was cut off a statement for this part of it."""
    known = names.known
    unknown = [text for text in told.cut if not is_name(text, known) and not is_name(text, names.section)]
    return {
        "part": True,
        "cut site": any(is_name(text, known) for text in told.cut),
        "cut host": any(is_of_host(text, host) for text in unknown),
        "cut section": any(is_name(text, names.section) for text in told.cut),
        "cut short": any(len(text.split()) <= _SHORT_CUT for text in unknown),
        "cut long": any(len(text.split()) > _SHORT_CUT for text in unknown),
        "cut front": told.front and bool(unknown),
        "cut dash": bool(unknown) and set(told.bars) <= set("-–—―:"),
    }


def _shown(candidate: HeadlineCandidate, context: _Context) -> dict[str, float]:
    """Where it stands on the page: the best of the elements that show it."""
    places = candidate.headings
    if not places:
        return {}
    heading, part, _ = max(places, key=lambda place: (place[0].kind == "h1", place[0].marked, place[0].named))
    is_first, firsts = heading.kind == "h1", context.firsts
    return {
        heading.kind: 1.0,
        "shown": 1.0,
        "shown twice": len(places) > 1,
        "shown lesser": part == "lesser",
        "shown part": part == "part",
        "has lesser": part == "whole" and len(heading.texts) > 1 and heading.texts[1][0] == "lesser",
        "only h1": is_first and len(firsts) == 1,
        "later h1": is_first and heading is not firsts[0],
        "beside h1": not is_first and bool(firsts),
        "named": heading.named,
        "marked": heading.marked,
        "links home": heading.home,
        "named site": heading.site,
        "linked": heading.linked and not heading.home,
        "hidden": heading.hidden,
        "boilerplate": heading.grade == 2,
        "doubtful": heading.grade == 1,
        "in article": heading.in_article,
        "prose before": math.log1p(heading.prose_before / 100),
        "to prose": math.log1p(heading.to_prose / 100),
    }


def _compared(candidate: HeadlineCandidate, context: _Context) -> dict[str, float]:
    """How it stands to the other statements, and to the words of the address."""
    key, slug = candidate.key, context.slug
    bounded, words = f" {key} ", key.split()
    others = [other for other in context.said if other != bounded]
    begun = [other for other in others if other.startswith(f" {key}")]
    in_slug = [word for word in words if word in slug]
    return {
        "inside others": math.log1p(sum(bounded in other for other in others)),
        "holds another": any(other in bounded and len(other.split()) > 2 for other in others),
        "broken off": bool(begun)
        and (
            (len(words) > 3 and not all(other.startswith(bounded) for other in begun))
            or any(_BROKEN_OFF.search(text) for text in _texts(candidate))
        ),
        "slug": len(frozenset(in_slug)) / len(slug) if slug else 0.0,
        "in slug": len(in_slug) / len(words),
    }


def _looks(candidate: HeadlineCandidate, names: _Names) -> dict[str, float]:
    """What it looks like as a text."""
    text, name = _texts(candidate)[0], undivided(candidate.key)
    weight = text_weight(text)
    count = max(candidate.key.count(" ") + 1, weight // 6)
    is_site = name in names.site
    return {
        "site": is_site,
        "home name": not is_site and name in names.home,
        "section": name in names.section,
        "one word": count == 1,
        "few words": 1 < count < 4,
        "words": math.log1p(count),
        "long": weight > _LONG,
        "sentence": text.endswith(".") and not text.endswith("..."),
        "asks": text.endswith("?"),
        "digits only": not _LETTERS.search(text),
        "has site": _holds_name(text, names.known),
    }


def _holds_name(text: str, names: frozenset[str]) -> bool:
    """Whether the last or first of a text's parts is a name of the site."""
    if not _DIVIDER.search(text):
        return False
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
