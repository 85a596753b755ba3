"""Blocks of text of a page, read once with all that is seen of them on the way.

A block is a run of text between block boundaries, a double line break being one. The whole region of headline and story
is read: what stands outside the story's element, and what captions, deck and skipped elements took, are blocks as well,
with that as their first evidence.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bs4.element import NavigableString, PageElement, Tag

from crawler.extraction.body.roles import VETO, BlockEvidence, Role, against
from crawler.extraction.body.story_container import UNCLOSED_FIGURE
from crawler.extraction.document.soups import above, first_in, tags_in
from crawler.extraction.document.tree import INLINE_TAGS
from crawler.extraction.texts import squeezed

_BOILERPLATE_TAGS = ("nav", "footer", "form", "dialog", "noscript", "video")
_EMBEDDED_TAGS = ("amp-ad", "amp-embed", "amp-iframe", "amp-social-share")
_SKIPPED = {
    **{name: against("in an element for pictures", VETO, Role.CAPTION) for name in ("figcaption", "figure")},
    **{name: against(f"in a {name} element", VETO) for name in (*_BOILERPLATE_TAGS, *_EMBEDDED_TAGS)},
    "h1": against("in an h1 element", VETO, Role.HEADLINE),
}
_TEXTLESS = frozenset({"head", "title", "img", "picture", "amp-img"})
_WITHIN = frozenset({"blockquote", "li", "pre", "dl"})
_OUTSIDE = against("outside the story's element", VETO)
# Marks that a lost character left at the start of a paragraph: "?In the market".
_STRAY_MARKS = ("\ufffd", "?")
_STRAY = re.compile(r"^(?:\ufffd|\?(?=[^\W\d_]|[\"“„«'‘]))+\s*")
_WRAPPERS = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre"})
_BOLD = frozenset({"b", "strong"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


class TextBlock(NamedTuple):
    """A run of text between block boundaries.

    `linked` and `bold` count its characters inside links and bold type; `lead` is the bold text that it begins with.
    `parent` numbers the element that it stands in, lists and quotes not counted, and tells blocks of one element from
    those of another; `table` numbers the table around it, 0 being none; `within` names quotes and lists around it.
    `seen` is what a step before has taken it for; `element` is where it stands.
    """

    text: str
    tag: str
    linked: int = 0
    bold: int = 0
    lead: str = ""
    parent: int = 0
    table: int = 0
    within: frozenset[str] = frozenset()
    seen: BlockEvidence | None = None
    element: Tag | None = None

    @property
    def is_heading(self) -> bool:
        """Whether it stands in a heading element."""
        return self.tag in _HEADINGS


def read_blocks(region: Tag, container: Tag, consumed: Mapping[int, BlockEvidence]) -> list[TextBlock]:
    """The blocks of a region in order; `container` holds the story.

    `consumed` says of elements, by id, what a step before has taken them for.
    """
    reader = _BlockReader(region, container, consumed)
    reader.read()
    return reader.blocks


class _Run:
    """The text that is being gathered for the next block."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget what was gathered."""
        self.parts: list[str] = []
        self.lead: list[str] = []
        self.linked = self.bold = 0
        self.plain = False

    def add(self, text: str, *, linked: bool, bold: bool) -> None:
        """Put a string behind the others; white space counts only behind another."""
        size = len(text.strip())
        if not size and not self.parts:
            return
        self.parts.append(text)
        self.linked += size if linked else 0
        self.bold += size if bold else 0
        self.plain = self.plain or (size > 0 and not bold)
        if bold and not self.plain:
            self.lead.append(text)


class _OpenElement(NamedTuple):
    """An element that is open and no inline one, with what a block in it says of its surroundings."""

    element: Tag
    parent: int
    table: int
    within: frozenset[str]

    def inner(self, element: Tag, number: int, within: str = "") -> "_OpenElement":
        """The place of an element inside, which is the one of that number."""
        return _OpenElement(
            element,
            self.parent if element.name in _WRAPPERS else number,
            number if element.name == "table" else self.table,
            self.within | {within} if within else self.within,
        )


class _State(NamedTuple):
    """What is restored behind an element that was opened."""

    run: _Run
    seen: BlockEvidence | None
    links: int
    bolds: int
    breaks: int


class _BlockReader:
    """A walk over a region, with an explicit stack: pages nest deeper than Python recurses."""

    def __init__(self, region: Tag, container: Tag, consumed: Mapping[int, BlockEvidence]) -> None:
        self.blocks: list[TextBlock] = []
        self._region, self._container, self._consumed = region, container, consumed
        self._around = [_OpenElement(region, 0, 0, frozenset())]
        self._number = 0
        self._saved: dict[int, _State] = {}
        self._run = _Run()
        self._seen: BlockEvidence | None = None if region is container else _OUTSIDE
        self._links = self._bolds = self._breaks = 0

    def read(self) -> None:
        """Walk: an element that is opened is closed behind its children."""
        nodes = iter(self._region.contents)
        opened: list[tuple[Tag, Iterator[PageElement]]] = []
        while True:
            for node in nodes:
                if isinstance(node, Tag):
                    if self._open(node):
                        opened.append((node, nodes))
                        nodes = iter(node.contents)
                        break
                elif type(node) is NavigableString:
                    self._add(node)
            else:
                if not opened:
                    break
                element, nodes = opened.pop()
                self._close(element)
        self._flush()

    def _add(self, text: str) -> None:
        if self._around[-1].element.name == "pre" and _BLANK_LINE.search(text):
            for paragraph in _BLANK_LINE.split(text):
                self._flush()
                self._run.add(paragraph, linked=self._links > 0, bold=self._bolds > 0)
            return
        self._run.add(text, linked=self._links > 0, bold=self._bolds > 0)
        if self._breaks and text.strip():
            self._breaks = 0

    def _open(self, node: Tag) -> bool:
        """Begin an element; False where nothing in it is read."""
        name = node.name
        if name == "br":
            self._breaks += 1
            self._run.parts.append("\n")
            if self._breaks == 2:
                self._flush()
            return False
        if name in _TEXTLESS:
            if name in ("head", "title"):
                self._flush()
            return False
        inline = name in INLINE_TAGS
        if node is self._container:
            self._begin_apart(node, None, apart=True)
        elif self._seen in (None, _OUTSIDE) and (taken := self._taken_for(node)):
            self._begin_apart(node, taken, apart=not inline)
            return True
        if inline and node is not self._container:
            self._links += name == "a"
            self._bolds += name in _BOLD
        else:
            if self._run.parts:
                self._flush()
            self._number += 1
            self._around.append(self._around[-1].inner(node, self._number, name if name in _WITHIN else ""))
        return True

    def _taken_for(self, node: Tag) -> BlockEvidence | None:
        taken = self._consumed.get(id(node)) or _SKIPPED.get(node.name)
        if taken is None or _holds_text(node):
            return None
        return None if _names_speaker(node) and id(node) not in self._consumed else taken

    def _begin_apart(self, node: Tag, seen: BlockEvidence | None, *, apart: bool) -> None:
        """Read an element for itself: the text around an inline one goes on behind it."""
        if apart:
            self._flush()
        self._saved[id(node)] = _State(self._run, self._seen, self._links, self._bolds, self._breaks)
        self._run = self._run if apart else _Run()
        self._seen, self._links, self._bolds, self._breaks = seen, 0, 0, 0
        if seen is not None:
            self._number += 1
            self._around.append(self._around[-1].inner(node, self._number))

    def _close(self, node: Tag) -> None:
        name = node.name
        state = self._saved.pop(id(node), None)
        if state is None and name in INLINE_TAGS:
            self._links -= name == "a"
            self._bolds -= name in _BOLD
            return
        if self._run.parts:
            self._flush()
        self._around.pop()
        if state is not None:
            self._run, self._seen, self._links, self._bolds, self._breaks = state

    def _flush(self) -> None:
        """Make a block of what was gathered."""
        run = self._run
        if not run.parts:
            return
        text = squeezed("".join(run.parts)) if run.plain or run.bold else ""
        if text[:1] in _STRAY_MARKS:
            text = _STRAY.sub("", text)
        if text:
            element, parent, table, within = self._around[-1]
            lead = squeezed("".join(run.lead)) if run.lead else ""
            self.blocks.append(
                TextBlock(text, element.name, run.linked, run.bold, lead, parent, table, within, self._seen, element)
            )
        run.clear()


def _holds_text(element: Tag) -> bool:
    """Whether a figure holds a quote, a table or preformatted text; or paragraphs, as its end is missing."""
    if element.name != "figure":
        return False
    if first_in(element, "blockquote", "table", "pre") is not None:
        return True
    return sum(1 for _ in tags_in(element, "p")) >= UNCLOSED_FIGURE


def _names_speaker(element: Tag) -> bool:
    """Whether a figcaption stands below a quote instead of a picture."""
    figure = above(element, "figure") if element.name == "figcaption" else None
    return figure is not None and first_in(figure, "blockquote") is not None
