"""Paragraphs of the story, without the lines that are no story.

The story's element is read as blocks: runs of text between block boundaries, a double line break being one. Then what
is no story is left out: lines that lead elsewhere, repeated headlines and captions, bylines, dates, credit lines.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bs4.element import NavigableString, PageElement, Tag

from crawler.extraction.body.story_container import INLINE_TAGS, UNCLOSED_FIGURE
from crawler.extraction.bylines.people import is_bare_names, leads_in, without_prefix
from crawler.extraction.document.soups import tags_in
from crawler.extraction.texts import first_of_each, text_weight, word_key
from text.languages import alternatives

_SKIPPED = frozenset(
    {
        *("figure", "figcaption", "picture", "img", "nav", "footer", "form", "dialog", "head", "title", "amp-img"),
        *("video", "h1", "noscript", "amp-ad", "amp-embed", "amp-iframe", "amp-social-share"),
    }
)
_ARROWS = " →▶►»>|•-–—:"
_END_SHARE = 0.85
_ENTRIES = 4
_SHORT = 60
_LONG = 110
_ANNOUNCEMENT = 40
# Marks that a lost character left at the start of a paragraph: "?In the market".
_STRAY = re.compile(r"^(?:\ufffd|\?(?=[^\W\d_]|[\"“„«'‘]))+\s*")
_SENTENCE = re.compile(r"[.!?。！？…][\"'”»’)）」]*$")
_DATE_LINE = re.compile(
    rf"\b(?:19|20)\d\d\b|\b\d{{1,2}}:\d\d\b"
    rf"|\b\d{{1,2}}\.\d\d\s*(?:{alternatives(lambda language: language.dates.o_clock)}|h\b|[ap]\.?m\b)",
    re.I,
)
_NUMBER = re.compile(r"\d+")
_DOES = re.compile(rf",? (?:{alternatives(lambda language: language.bylines.author_does)}) ", re.I)
_TIME_STAMP = re.compile(
    r"\d{1,2}[:.h]\d{2}(?:\s?(?:am|pm|h|[a-z]{3,4}))?\b[^.!?]{0,40}|\d{1,2}:\d\d[A-Z][^.!?]{0,40}", re.I
)
_TEXT_TAGS = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre"})
_BOLD = frozenset({"b", "strong"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})


class TextBlock(NamedTuple):
    """A run of text between block boundaries.

    `linked` and `bold` count its characters inside links and bold type; `lead` is the bold text that it begins with;
    `parent` tells blocks of one element from those of another.
    """

    text: str
    tag: str
    linked: int
    bold: int = 0
    lead: str = ""
    parent: int = 0

    @property
    def is_heading(self) -> bool:
        """Whether it stands in a heading element."""
        return self.tag in _HEADINGS


class _Run:
    """The text that is being gathered for the next block."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.parts: list[str] = []
        self.lead: list[str] = []
        self.linked = self.bold = 0
        self.plain = False

    def add(self, text: str, *, linked: bool, bold: bool) -> None:
        """Put a string behind the others."""
        size = len(text.strip())
        self.parts.append(text)
        self.linked += size if linked else 0
        self.bold += size if bold else 0
        self.plain = self.plain or (size > 0 and not bold)
        if bold and not self.plain:
            self.lead.append(text)

    def block(self, element: Tag) -> TextBlock | None:
        """The block of what was gathered, which starts anew; None where there was nothing."""
        text = _STRAY.sub("", " ".join("".join(self.parts).split()))
        lead = " ".join("".join(self.lead).split())
        parent = element.parent if element.name in _TEXT_TAGS else element
        found = TextBlock(text, element.name, self.linked, self.bold, lead, id(parent)) if text else None
        self._clear()
        return found


def read_blocks(element: Tag, skipped: frozenset[int] = frozenset()) -> list[TextBlock]:
    """The blocks of an element in order, without pictures, captions and the elements named by id in `skipped`."""
    return [block for block in _walk(element, skipped) if block]


def _walk(element: Tag, skipped: frozenset[int]) -> Iterator[TextBlock | None]:
    # An explicit stack: pages nest deeper than Python recurses. A node comes twice, the second time to be closed.
    run = _Run()
    around = [element]
    links = bolds = breaks = 0
    stack: list[tuple[PageElement, bool]] = [(child, False) for child in reversed(element.contents)]
    while stack:
        node, closing = stack.pop()
        if not isinstance(node, Tag):
            if type(node) is NavigableString:
                run.add(node, linked=links > 0, bold=bolds > 0)
                breaks = 0 if node.strip() else breaks
            continue
        name = node.name
        inline = name in INLINE_TAGS
        if closing:
            links -= name == "a"
            bolds -= name in _BOLD
            if not inline:
                yield run.block(around[-1])
                around.pop()
        elif name == "br":
            breaks += 1
            run.parts.append("\n")
            if breaks == 2:
                yield run.block(around[-1])
        elif (name in _SKIPPED or id(node) in skipped) and not _is_unclosed(node):
            if not inline and name not in ("img", "picture"):
                yield run.block(around[-1])
        else:
            if inline:
                links += name == "a"
                bolds += name in _BOLD
            else:
                yield run.block(around[-1])
                around.append(node)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.contents))
    yield run.block(around[-1])


def _is_unclosed(element: Tag) -> bool:
    """Whether a figure holds paragraphs of the story: its end is missing."""
    return element.name == "figure" and sum(1 for _ in tags_in(element, "p")) >= UNCLOSED_FIGURE


def _whole_line(patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{patterns})\s*[:.…»>→]*")


# Networks and what scripts put into share bars have the same names in all languages.
_NETWORKS = "tweet|facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram"
_SHARE_BAR = (
    rf"(?:{alternatives(lambda language: language.boilerplate.share_buttons)}|{_NETWORKS}|instagram|youtube|tiktok|"
    rf"pocket|flipboard)(?:[\s,|/·]+(?:"
    rf"{alternatives(lambda language: language.boilerplate.share_buttons_behind)}|{_NETWORKS}|x))*"
)
_LINE = _whole_line(
    rf"(?:{alternatives(lambda language: language.boilerplate.advertisement)})(?:\s*[-·|:]\s*.{{0,40}})?|{_SHARE_BAR}|"
    rf"©.{{0,200}}|.{{0,120}}\b(?:{alternatives(lambda language: language.boilerplate.rights_reserved)})\b.{{0,120}}|"
    rf"{alternatives(lambda language: language.boilerplate.lines)}"
)
_END_LINE = _whole_line(alternatives(lambda language: language.boilerplate.end_lines))
_PROMOTION = re.compile(
    rf"\b(?:{alternatives(lambda language: language.boilerplate.promotions)})\b"
    rf"|{alternatives(lambda language: language.boilerplate.promotions_attached)}"
)
_CONSENT = re.compile(alternatives(lambda language: language.boilerplate.consent))


def is_boilerplate_line(text: str) -> bool:
    """Whether a line of text is boilerplate by its words."""
    return bool(_LINE.fullmatch(text.lower().strip(_ARROWS)))


def is_promotion(text: str) -> bool:
    """Whether a short paragraph asks for subscriptions, downloads or the like."""
    return len(text) < 450 and bool(_PROMOTION.search(text.lower()))


def is_consent(text: str) -> bool:
    """Whether a paragraph asks for consent to cookies or the like."""
    return len({match[0] for match in _CONSENT.finditer(text.lower())}) > 1 if len(text) < 1500 else False


def is_end_line(text: str) -> bool:
    """Whether a heading announces other stories, comments or the like."""
    return len(text) < 90 and bool(_END_LINE.fullmatch(text.lower().strip(_ARROWS)))


def story_blocks(
    blocks: list[TextBlock], headline: str, people: Iterable[str], repeated: frozenset[str]
) -> list[TextBlock]:
    """The blocks that are story; `repeated` holds texts told elsewhere (deck, captions, names)."""
    counts = Counter(block.text for block in blocks)
    title = frozenset(word_key(headline).split())
    people = tuple(people)
    names = frozenset(word for name in people for word in word_key(name).split())
    main = _main_parent(blocks)
    # A line that comes again and again is a button; where most lines do, the page shows the story for several screens.
    refrains = sum(count > 2 for count in counts.values()) < 0.3 * len(counts)
    kept = [
        block
        for position, block in enumerate(_cut_end(blocks))
        if block.text not in repeated
        and not (refrains and counts[block.text] > 2 and 15 < len(block.text) < 200)
        and not _is_boilerplate(block, beside=block.parent == main)
        and not _names_only(block, names)
        and not (position < 8 and (_is_dated(block) or _repeats(block, title)))
    ]
    unrepeated = first_of_each(kept, lambda block: block.text)
    return _without_tail(_without_head(unrepeated, people, main), people)


def _is_boilerplate(block: TextBlock, *, beside: bool) -> bool:
    """Whether a block is no story; `beside` says that it stands beside most of the story's paragraphs.

    Words alone condemn nothing: a sentence among others, without a link and in plain type, is the story's.
    """
    text = block.text
    if not re.search(r"[^\W_]", text) or _TIME_STAMP.fullmatch(text):
        return True
    if len(text) < _SHORT and leads_in(text) and is_bare_names(without_prefix(text)):
        return True
    if block.linked > 0.7 * len(text) and len(text) < 250 and block.tag != "blockquote":
        return True
    if beside and not block.linked and not block.bold and not block.is_heading and _SENTENCE.search(text):
        return False
    marked = len(text) < 80 or block.linked > 0.2 * len(text) or block.bold > 0.3 * len(text)
    return (len(text) < 400 and marked and is_boilerplate_line(text)) or is_promotion(text)


def _names_only(block: TextBlock, names: frozenset[str]) -> bool:
    """Whether a line says nothing but who wrote: "Von Nina Magoley"."""
    words = word_key(block.text).split() if len(block.text) < 100 else []
    return bool(words) and sum(word in names for word in words) >= max(2, len(words) - 2)


def _is_dated(block: TextBlock) -> bool:
    """Whether a line holds a clock time, or a year with a day, and no sentence."""
    numbers = _NUMBER.findall(block.text)
    dated = len(numbers) > 1 and bool(_DATE_LINE.search(block.text)) and not block.is_heading
    stamped = len(numbers) > 3 and len(block.text) < _SHORT
    return dated and (stamped or (len(block.text) < 90 and not _SENTENCE.search(block.text)))


def _repeats(block: TextBlock, title: frozenset[str]) -> bool:
    """Whether a line above the story says the headline again in about the same words."""
    words = word_key(block.text).split()
    return (
        len(words) > 2
        and not _SENTENCE.search(block.text)
        and len(block.text) < 200
        and sum(word in title for word in words) >= 0.75 * len(words)
    )


def _cut_end(blocks: list[TextBlock]) -> list[TextBlock]:
    """Without lists of other stories: what follows a line that announces them, up to the next paragraph of prose.

    Near the end of the story the line ends it, except for sentences beside the story's other paragraphs where the
    list stands in an element of its own.
    """
    long = _LONG if sum(_prose(block, _LONG) for block in blocks) else _SHORT
    total = sum(_prose(block, long) for block in blocks)
    parents = Counter({block.parent: 0 for block in blocks})
    for block in blocks:
        parents[block.parent] += _prose(block, long)
    main, most = parents.most_common(1)[0] if parents else (0, 0)
    scattered = most < 0.3 * total
    before = 0
    kept = []
    inside = boxed = False
    for block in blocks:
        marked = block.is_heading or len(block.text) <= 30 or (block.bold >= 0.8 * len(block.text) and not block.linked)
        if marked and before > 0.3 * total and is_end_line(block.text):
            inside, boxed = True, block.parent != main
            continue
        prose = _prose(block, long)
        resumes = prose > 0 and before < _END_SHARE * total
        beside = block.parent == main or (scattered and prose > 0 and not block.linked)
        sentence = boxed and beside and block.tag == "p" and bool(_SENTENCE.search(block.text))
        inside = inside and not resumes and not sentence
        before += prose
        if not inside:
            kept.append(block)
    return kept


def _main_parent(blocks: list[TextBlock]) -> int:
    """The element around most of the prose, by its id; 0 where there is none."""
    parents: Counter[int] = Counter()
    for block in blocks:
        parents[block.parent] += _prose(block, _SHORT)
    return max(parents, key=parents.__getitem__, default=0)


def _prose(block: TextBlock, long: int) -> int:
    weight = text_weight(block.text)
    return weight - block.linked if weight > long and block.linked < 0.5 * weight else 0


def _without_head(blocks: list[TextBlock], people: Sequence[str], main: int) -> list[TextBlock]:
    """Without what stands above the first paragraph: kickers, names, dates, where the author reported from.

    The first entry of a live blog keeps its heading, and lines of figures beside the other paragraphs stay.
    """
    if len(blocks) > 1 and _is_about_author(blocks[0], people):
        blocks = blocks[1:]
    first = next((i for i, block in enumerate(blocks) if len(block.text) > 100 or _SENTENCE.search(block.text)), 0)
    headings = Counter(block.tag for block in blocks[first:] if block.is_heading)
    entry = first > 0 and headings[blocks[first - 1].tag] >= _ENTRIES
    figures = (i for i, block in enumerate(blocks[:first]) if block.parent == main and _is_figures(block))
    return blocks[min(first - 1 if entry else first, next(figures, first)) :]


def _is_figures(block: TextBlock) -> bool:
    """Whether a line in plain type tells figures: "Shr 71 cts vs 15 cts"."""
    plain = not block.linked and not block.bold and not block.is_heading
    return plain and len(block.text.split()) > 3 and bool(_NUMBER.search(block.text)) and not _is_dated(block)


def _without_tail(blocks: list[TextBlock], people: Sequence[str]) -> list[TextBlock]:
    """Without what stands below a story: headings of lists, words about the authors, consent layers."""
    kept = list(blocks)
    while kept and (
        _announces(kept[-1]) or is_consent(kept[-1].text) or (len(kept) > 1 and _is_about_author(kept[-1], people))
    ):
        if is_consent(kept.pop().text):
            while kept and len(kept[-1].text) < _SHORT:
                kept.pop()
    return kept


def _is_about_author(block: TextBlock, people: Sequence[str]) -> bool:
    """Whether a paragraph says what its author does: "Jane Doe is a correspondent based in Nairobi."."""
    names = (form for name in people for form in (name, name.split()[-1]) if len(form) > 2)
    author = next((name for name in names if block.text.casefold().startswith(name.casefold())), None)
    return author is not None and len(block.text) < 500 and bool(_DOES.match(block.text[len(author) :]))


def _announces(block: TextBlock) -> bool:
    return block.is_heading or (block.text.endswith(":") and (bool(block.bold) or len(block.text) < _ANNOUNCEMENT))
