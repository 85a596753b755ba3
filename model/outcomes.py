"""Outcomes: what can become of a page, a line or a URL.

Everything that is brought to the desk ends in exactly one of them, counted and told once.
"""

from enum import StrEnum


class Outcome(StrEnum):
    """The end of one URL, page or line."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    KNOWN = "KNOWN"
    NOT_A_STORY = "NOT_A_STORY"
    GONE = "GONE"
    ROBOTS = "ROBOTS"
    REFUSED = "REFUSED"
    BLOCKED = "BLOCKED"
    TOO_LARGE = "TOO_LARGE"
    POISON = "POISON"
    FAILED = "FAILED"
