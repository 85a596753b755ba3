"""Which few words of a story show why it was found?

`matched_in` names the fields in which the query matches; the snippet is the passage in which most different words of
the query stand, cut around them, escaped for HTML, the matches in <mark>. A query without words shows the lede.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import escape

from index.story import StoredStory
from search.finders import Span
from search.matching import MatchedPassage, Matcher

LENGTH = 240
"""Characters of a snippet, about two lines of print."""

# As an editor reads them: what stands out on the page comes first.
_ORDER = (
    "headline",
    "caption",
    "deck",
    "body",
    "credit",
    "byline",
    "dateline",
    "tag",
    "agency",
    "source",
    "site",
    "section",
    "language",
)
# Where several passages match equally well, the one that says most that the headline doesn't.
_TELLING = ("body", "caption", "deck", "headline", "tag", "dateline", "byline", "credit")


@dataclass(frozen=True, slots=True)
class Extract:
    """What a hit shows of its story; all texts are HTML, escaped, with matches in <mark>.

    `lede` is the beginning of the body. `field` says where the snippet was taken from; `label` and `credit` are those
    of its caption; `passages` are all that match.
    """

    matched_in: tuple[str, ...]
    headline: str
    snippet: str
    lede: str
    field: str = "body"
    label: str | None = None
    credit: str | None = None
    passages: tuple[MatchedPassage, ...] = ()

    @property
    def leaves(self) -> frozenset[int]:
        """The ordinals of the query's words that match."""
        return frozenset(match.leaf for passage in self.passages for match in passage.matches)


def extract(story: StoredStory, matcher: Matcher) -> Extract:
    """The extract of a story for a query's words."""
    passages = list(matcher.passages(story))
    names = {passage.field.name for passage in passages}
    shown = [passage for passage in passages if passage.field.name in _TELLING]
    best = max(shown, key=_telling, default=None)
    beginning = lede(story)
    caption = story.captions[best.index] if best and best.field.name == "caption" else None
    return Extract(
        matched_in=tuple(name for name in _ORDER if name in names),
        headline=marked(story.headline, _spans(p for p in passages if p.field.name == "headline")),
        snippet=_window(best.text, _spans([best])) if best else beginning,
        lede=beginning,
        field=best.field.name if best else "body",
        label=caption.label if caption else None,
        credit=caption.credit if caption else None,
        passages=tuple(passages),
    )


def lede(story: StoredStory) -> str:
    """The beginning of the body, or of what there is instead."""
    passages = story.body or ((story.deck,) if story.deck else tuple(caption.text for caption in story.captions))
    return _window(passages[0], ()) if passages else ""


def marked(text: str, spans: Iterable[Span]) -> str:
    """The text as HTML with the spans, which may overlap, in <mark>."""
    parts = []
    done = 0
    for start, end in _disjoint(spans):
        parts.append(f"{escape(text[done:start])}<mark>{escape(text[start:end])}</mark>")
        done = end
    parts.append(str(escape(text[done:])))
    return "".join(parts)


def _telling(passage: MatchedPassage) -> tuple[int, int, int]:
    return len(passage.matches), -_TELLING.index(passage.field.name), -passage.index


def _spans(passages: Iterable[MatchedPassage]) -> list[Span]:
    return sorted(span for passage in passages for match in passage.matches for span in match.spans)


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
