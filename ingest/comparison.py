"""What of a second reading is the publisher's own change?

A page is compared with the page that we hold as the same parser reads it, so that what the parser finds in one dress
of a site and not in another is never taken for a correction. A new dress with the same text makes no version.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from crawler.errors import CrawlError
from index.analysis import tokens
from index.page import Page
from index.store.versions import changed_fields
from index.story import Story

_SAME_TEMPLATE_SHARE = 0.5
_TEXT_FIELDS = ("headline", "body")
_ELEMENT = re.compile(rb"<([a-z][a-z0-9-]*)((?:\s[^<>]{0,2000})?)>", re.IGNORECASE)
_CLASS = re.compile(rb"""\sclass\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


class Judged(NamedTuple):
    """The story to save; `redressed` where the page says the same in another template."""

    story: Story
    redressed: bool = False


def judge(held: Story, story: Story, held_page: Page | None, page: Page, read: Callable[[Page], Story]) -> Judged:
    """Leave of a reading only what the publisher changed since the page that we hold; the rest stays as we hold it."""
    if held_page is None or not changed_fields(held, story):
        return Judged(story)
    if not same_template(held_page.content, page.content):
        others = [name for name in changed_fields(held, story) if name not in _TEXT_FIELDS]
        if same_text(held, story):
            return Judged(_keep(held, story, (*others, *_TEXT_FIELDS)), redressed=True)
        return Judged(_keep(held, story, [name for name in others if not getattr(story, name)]))
    try:
        base = read(held_page)
    except CrawlError:
        return Judged(story)
    return Judged(_keep(held, story, set(changed_fields(held, story)) - set(changed_fields(base, story))))


def same_template(one: bytes, other: bytes) -> bool:
    """Whether two pages wear the same dress: most of their elements and class names are the same."""
    first, second = _dress(one), _dress(other)
    return len(first & second) >= _SAME_TEMPLATE_SHARE * len(first | second)


def same_text(held: Story, story: Story) -> bool:
    """Whether two readings tell the same, the place aside where deck, captions and byline ended up."""
    if _words(held.headline) != _words(story.headline):
        return False
    furniture = {_words(text) for reading in (held, story) for text in _around(reading)}
    told, tells = _paragraphs(held, furniture), _paragraphs(story, furniture)
    return told == tells


def _paragraphs(story: Story, furniture: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [words for words in map(_words, story.body) if words and words not in furniture]


def _around(story: Story) -> Iterable[str]:
    yield story.headline
    yield story.deck or ""
    yield story.dateline or ""
    yield from story.byline
    yield " ".join(("By", *story.byline))
    for caption in story.captions:
        yield caption.text
        yield " ".join(filter(None, (caption.text, caption.credit)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(token.folded for token in tokens(text))


def _keep(held: Story, story: Story, names: Iterable[str]) -> Story:
    kept = {name: getattr(held, name) for name in names}
    return story.model_copy(update=kept) if kept else story


def _dress(content: bytes) -> set[bytes]:
    """Elements and their class names; numbers are left out: some sites count their boxes."""
    names: set[bytes] = set()
    for element, attributes in set(_ELEMENT.findall(content)):
        names.add(element.lower())
        found = _CLASS.search(attributes)
        if found:
            classes = (found[1] or found[2]).split()
            names.update(element.lower() + b"." + re.sub(rb"\d+", b"0", name) for name in classes)
    return names
