"""Did the publisher change the story?

White space is folded before a story gets here; the address of an image, a new modification date or another order of
agencies are no change. What counts is listed in `model.story.VERSIONED_FIELDS`.
"""

from typing import Any

from model.story import VERSIONED_FIELDS, Story

REFRESHED_FIELDS = ("modified_at", "section", "tags", "language", "paywalled", "url", "origin_url", "publisher_id")
"""Fields that follow the page without a new version."""


def changed_fields(old: Story, new: Story) -> tuple[str, ...]:
    """The versioned fields in which two readings differ, in the order of the schema."""
    return tuple(name for name in VERSIONED_FIELDS if _comparable(old, name) != _comparable(new, name))


def refreshed_fields(old: Story, new: Story) -> tuple[str, ...]:
    """The unversioned fields in which two readings differ."""
    return tuple(name for name in REFRESHED_FIELDS if getattr(old, name) != getattr(new, name))


def differing_fields(old: Story, new: Story) -> tuple[str, ...]:
    """All fields in which two readings of one page differ, provenance aside."""
    names = [name for name in Story.model_fields if name not in ("provenance", "parser_version")]
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _comparable(story: Story, name: str) -> Any:
    value = getattr(story, name)
    if name == "captions":
        return [(caption.text, caption.credit, caption.label) for caption in value]
    if name == "agencies":
        return sorted(value)
    return value
