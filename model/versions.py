"""Comparison of two readings of a story, field by field.

White space is folded before a story gets here; the address of an image, a new modification date or another order of
agencies are no change. What counts is declared with each attribute in model/story.py (`versioned`, `comparable`).
"""

from model.fields import ATTRIBUTES, REFRESHED_FIELDS, VERSIONED_FIELDS, comparable_of
from model.story import Story

_CLEARLY = 0.1


def changed_fields(old: Story, new: Story) -> tuple[str, ...]:
    """The versioned fields in which two readings differ, in the order of the schema."""
    return tuple(name for name in VERSIONED_FIELDS if comparable_of(old, name) != comparable_of(new, name))


def refreshed_fields(old: Story, new: Story) -> tuple[str, ...]:
    """The unversioned fields in which two readings differ."""
    return tuple(name for name in REFRESHED_FIELDS if getattr(old, name) != getattr(new, name))


def is_moved(old: Story, new: Story) -> bool:
    """Whether a page is told to be a story, or a field to be read rightly, with clearly another confidence.

    A little more or less is no reason to write a story anew: what stands around it changes with every visit.
    """
    if old.is_uncertain != new.is_uncertain or old.confidence.keys() != new.confidence.keys():
        return True
    return any(abs(share - new.confidence[name]) >= _CLEARLY for name, share in old.confidence.items())


def differing_fields(old: Story, new: Story) -> tuple[str, ...]:
    """All fields in which two readings of one page differ, provenance aside."""
    names = [name for name in Story.model_fields if not ATTRIBUTES[name].is_record]
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))
