"""Language of stories that nobody states it of, told by their text.

Words are found by the rules of their language; lines of other desks often leave it out, and earlier versions took them
in without.
"""

from typing import TypeVar

from model.story import Story
from text.language_detection import LIKELY, TOLD_BY_TEXT, detect

_Told = TypeVar("_Told", bound=Story)


def in_told_language(story: _Told) -> _Told:
    """The same reading with the language of its text, where it has none and the text is long enough to tell."""
    if story.language is not None:
        return story
    found = detect(" ".join((story.headline, *story.body)))
    if found is None or found.probability < LIKELY:
        return story
    return story.in_language(found.code, TOLD_BY_TEXT, found.probability)
