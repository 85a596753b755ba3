"""Comparison of a page with the page of the same story that is held: the changes that the publisher made.

The held page is read by the same extractor, so that what it finds in one template of a site and not in another, and
what a better extractor finds, is never taken for a correction. A new template with the same text makes no version.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from model.fields import BODY, HEADLINE
from model.story import Story
from model.versions import changed_fields
from text.analysis import tokens

_Held = TypeVar("_Held", bound=Story)
_SAME_TEMPLATE_SHARE = 0.5
_TEXT_FIELDS = (HEADLINE.attribute, BODY.attribute)
_ELEMENT = re.compile(rb"<([a-z][a-z0-9-]*)((?:\s[^<>]{0,2000})?)>", re.IGNORECASE)
_CLASS = re.compile(rb"""\sclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.IGNORECASE)


class HeldPage(NamedTuple):
    """A stored page: its bytes, and what today's extractor reads on it (None where it reads no story)."""

    content: bytes
    reading: Story | None


class Revision(NamedTuple):
    """The story to keep; `new_template` where the page says the same in another template."""

    story: Story
    new_template: bool = False


def publishers_changes(held: Story, story: Story, held_page: HeldPage | None, content: bytes | None) -> Revision:
    """Leave of a reading only what the publisher changed since the page that is held; the rest stays as it is held."""
    if held_page is None or content is None or not changed_fields(held, story):
        return Revision(story)
    if not same_template(held_page.content, content):
        others = [name for name in changed_fields(held, story) if name not in _TEXT_FIELDS]
        if same_text(held, story):
            return Revision(_keep(held, story, (*others, *_TEXT_FIELDS)), new_template=True)
        return Revision(_keep(held, story, [name for name in others if not getattr(story, name)]))
    if held_page.reading is None:
        return Revision(story if held_page.content != content else _keep(held, story, changed_fields(held, story)))
    changed = changed_fields(*same_boilerplate(held_page.reading, story))
    return Revision(_keep(held, story, set(changed_fields(held, story)) - set(changed)))


def same_boilerplate(held: _Held, story: Story) -> tuple[_Held, Story]:
    """Two readings of a story, each without the blocks that are known of either to recur on the host.

    What is known of a host differs from day to day, and is no change of the publisher's.
    """
    story = story.leaving_out(frozenset(held.left_out))
    return held.leaving_out(frozenset(story.left_out)), story


def same_template(one: bytes, other: bytes) -> bool:
    """Whether two pages are made from one template: most of their elements and class names are the same."""
    first, second = _element_names(one), _element_names(other)
    return len(first & second) >= _SAME_TEMPLATE_SHARE * len(first | second)


def same_text(held: Story, story: Story) -> bool:
    """Whether two readings say the same, wherever deck, captions and byline ended up."""
    if _words(held.headline) != _words(story.headline):
        return False
    boilerplate = {_words(text) for reading in (held, story) for text in _around(reading)}
    before, now = _paragraphs(held, boilerplate), _paragraphs(story, boilerplate)
    return before == now


def _paragraphs(story: Story, boilerplate: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [words for words in map(_words, story.body) if words and words not in boilerplate]


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


def _element_names(content: bytes) -> set[bytes]:
    """Elements and their class names; numbers are left out: some sites count their boxes."""
    names: set[bytes] = set()
    for element, attributes in set(_ELEMENT.findall(content)):
        names.add(element.lower())
        found = _CLASS.search(attributes)
        if found:
            classes = b"".join(found.groups(b"")).split()  # class="" has none
            names.update(element.lower() + b"." + re.sub(rb"\d+", b"0", name) for name in classes)
    return names
