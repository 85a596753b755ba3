"""Index of a page's elements by what marks them, made in one walk.

Many steps look for the few elements that a class name, an id or a property marks as theirs. A page has a thousand
elements, so it is walked once for all of them; and publishers write the same few names on all their pages, so what a
value marks is asked once and remembered. Which words mark what is the knowledge of the steps (element_marks.py).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple

from crawler.extraction.document.tree import Element, cut_all
from crawler.extraction.remembered import remembered

Mark = Literal[
    "author",
    "author link",
    "author property",
    "boilerplate",
    "breadcrumb list",
    "breadcrumbs",
    "category",
    "category link",
    "date",
    "dateline",
    "entry",
    "entry date",
    "headline",
    "property",
    "site",
]
"""What an element is marked as."""

Question = Callable[[str], object]
"""Whether the value of an attribute marks its element."""


class QuestionOfWords(NamedTuple):
    """A question that only names with one of these words can answer with yes."""

    words: frozenset[str]
    asks: Question


_NEVER_MARKED = frozenset({"script", "style", "link", "br", "img", "source", "svg", "g", "path", "use", "symbol"})
_MAXIMUM_ELEMENTS = 20_000


class ElementMarks:
    """The questions that are asked of attributes; `by_attribute` tells the marks that a value of one makes.

    `words_of` tells the words of one of the names in a value, for questions that are asked of these.
    """

    def __init__(
        self,
        marks: Mapping[Mark, Mapping[str, Question | QuestionOfWords]],
        words_of: Callable[[str], frozenset[str]],
    ) -> None:
        questions: dict[str, list[tuple[Mark, Question | QuestionOfWords]]] = defaultdict(list)
        for mark, asked in marks.items():
            for attribute, question in asked.items():
                questions[attribute].append((mark, question))
        self.by_attribute: Mapping[str, Callable[[str], tuple[Mark, ...]]] = {
            attribute: _remembering(tuple(asked), words_of) for attribute, asked in questions.items()
        }


def _remembering(
    questions: tuple[tuple[Mark, Question | QuestionOfWords], ...], words_of: Callable[[str], frozenset[str]]
) -> Callable[[str], tuple[Mark, ...]]:
    """The questions as one, which remembers its answers."""
    free = [(mark, question) for mark, question in questions if not isinstance(question, QuestionOfWords)]
    bound = [(mark, question) for mark, question in questions if isinstance(question, QuestionOfWords)]
    telling = frozenset[str]().union(*(question.words for _, question in bound))

    @remembered
    def marks_by(value: str) -> tuple[Mark, ...]:
        found = [mark for mark, question in free if question(value)]
        if telling and any(not telling.isdisjoint(words_of(name)) for name in value.split()):
            found += [mark for mark, question in bound if question.asks(value)]
        return tuple(found)

    return marks_by


class ElementIndex:
    """The marked elements and the links of a tree, in page order, without those that were taken out since it was made.

    `links` maps the elements that have an address to it. What stands behind the maximum of elements is dropped from the
    tree; no story page known comes near it.
    """

    def __init__(self, root: Element, marks: ElementMarks) -> None:
        self._marked: dict[Mark, dict[Element, None]] = defaultdict(dict)
        self.links: dict[Element, str] = {}
        marked, links, asked_of = self._marked, self.links, marks.by_attribute.get
        elements: Iterator[Any] = root.iter("*")
        # Kept as long as the index, so that lxml makes none of them anew, however often the tree is walked. Python lets
        # go of a list from its end: lxml, which asks at each whether what is around is in use, finds that it is.
        self._elements = list(islice(elements, _MAXIMUM_ELEMENTS))
        for element in self._elements:
            if element.tag in _NEVER_MARKED:
                continue
            for name, value in element.items():
                marks_by = asked_of(name)
                if marks_by is not None:
                    for mark in marks_by(value):
                        marked[mark][element] = None
                elif name == "href":
                    links[element] = value
        cut_all(elements)

    def marked(self, mark: Mark) -> Collection[Element]:
        """The elements with that mark."""
        return self._marked.get(mark, {}).keys()

    def forget(self, taken_out: Iterable[Element]) -> None:
        """Leave out these elements and all inside."""
        gone = {inside for element in taken_out for inside in (element.iter("*") if len(element) else (element,))}
        buckets: tuple[dict[Element, Any], ...] = (*self._marked.values(), self.links)
        for bucket in buckets:
            for element in [marked for marked in bucket if marked in gone]:
                del bucket[element]
