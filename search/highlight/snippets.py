"""Snippets of stories: the few words that show why a story was found.

`matched_in` names the fields in which the query matches; the snippet is the passage in which most different words of
the query stand, cut around them, escaped for HTML, the matches in <mark>. A query without words shows the lede.
"""

from collections.abc import Iterable, Sequence
from html import escape

from model.fields import BODY, BY_NAME, CAPTION, HEADLINE, PROMINENT, SNIPPET_ORDER
from model.story import Caption, StoredStory
from search.highlight.highlighter import Span
from search.highlight.matched_fields import MatchedPassage

LENGTH = 240
"""Characters of a snippet, about two lines of print."""

# As an editor reads them: what stands out on the page comes first, then what the schema has, in its order.
_ORDER = tuple(dict.fromkeys((*PROMINENT, *BY_NAME)))
_SNIPPET_PLACES = {name: place for place, name in enumerate(SNIPPET_ORDER)}


class Extract:
    """What a hit shows of its story; all texts are HTML, escaped, with matches in <mark>.

    `passages` are all that match; each text is made when it is asked for.
    """

    def __init__(self, story: StoredStory, passages: Sequence[MatchedPassage]) -> None:
        self.passages = passages
        self._story = story
        shown = [passage for passage in passages if passage.field.name in _SNIPPET_PLACES]
        self._best = max(shown, key=_informativeness, default=None)

    @property
    def leaves(self) -> frozenset[int]:
        """The ordinals of the query's words that match."""
        return frozenset(leaf for passage in self.passages for leaf, _, _ in passage.matches)

    @property
    def matched_in(self) -> tuple[str, ...]:
        """The fields in which the query matches."""
        names = {passage.field.name for passage in self.passages}
        return tuple(sorted(names, key=_ORDER.index))

    @property
    def headline(self) -> str:
        """The whole headline."""
        return marked(self._story.headline, _spans(p for p in self.passages if p.field is HEADLINE))

    @property
    def lede(self) -> str:
        """The beginning of the body, or of what there is instead."""
        story = self._story
        passages = story.body or ((story.deck,) if story.deck else tuple(caption.text for caption in story.captions))
        return _window(passages[0], ()) if passages else ""

    @property
    def snippet(self) -> str:
        """The passage that shows most, cut around its matches."""
        return _window(self._best.text, _spans([self._best])) if self._best else self.lede

    @property
    def field(self) -> str:
        """Where the snippet was taken from."""
        return self._best.field.name if self._best else BODY.name

    @property
    def label(self) -> str | None:
        """The label of the snippet's caption."""
        return self._caption.label if self._caption else None

    @property
    def credit(self) -> str | None:
        """The credit of the snippet's caption."""
        return self._caption.credit if self._caption else None

    @property
    def _caption(self) -> Caption | None:
        best = self._best
        return self._story.captions[best.number] if best and best.field is CAPTION else None


def marked(text: str, spans: Iterable[Span]) -> str:
    """The text as HTML with the spans, which may overlap, in <mark>."""
    parts = []
    done = 0
    for start, end in _disjoint(spans):
        parts.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}</mark>")
        done = end
    parts.append(escape(text[done:]))
    return "".join(parts)


def _informativeness(passage: MatchedPassage) -> tuple[int, int, int]:
    """Of passages that match equally the one is best that says most that the headline doesn't."""
    return len({leaf for leaf, _, _ in passage.matches}), -_SNIPPET_PLACES[passage.field.name], -passage.number


def _spans(passages: Iterable[MatchedPassage]) -> list[Span]:
    return sorted((start, end) for passage in passages for _, start, end in passage.matches)


def _disjoint(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _window(text: str, spans: Sequence[Span]) -> str:
    """At most about LENGTH characters of the text around the densest group of spans."""
    if len(text) <= LENGTH:
        return marked(text, spans)
    centre = _densest(spans)
    start = max(0, min(centre - LENGTH // 4, len(text) - LENGTH))
    end = min(len(text), start + LENGTH)
    if start:
        blank = text.find(" ", start, start + 30)
        start = blank + 1 if 0 <= blank < centre else start
    if end < len(text):
        blank = text.rfind(" ", end - 30, end)
        end = blank if blank > start else end
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start]
    return f"{'… ' if start else ''}{marked(text[start:end], inside)}{' …' if end < len(text) else ''}"


def _densest(spans: Sequence[Span]) -> int:
    """Where the stretch of text begins that shows most matches."""
    if not spans:
        return 0
    width = LENGTH * 3 // 4
    spans = spans[:200]  # a word on every line of a very long passage: the beginning serves as well
    return max((sum(1 for a, _ in spans if start <= a < start + width), -start) for start, _ in spans)[1] * -1
