"""Query for more stories like one.

Made of the words of its headline, deck and first paragraph, each once; the index weighs rare words above common ones.
"""

from itertools import islice

from model.query import Phrase, Query, Word, Words
from model.story import StoredStory
from text.analysis import tokens

MAX_WORDS = 24


def query_for(story: StoredStory) -> Query:
    """A query for stories like this one; never an empty one."""
    found: dict[str, Word] = {}
    for text in (story.headline, story.deck or "", *story.body[:1]):
        for token in tokens(text, story.language):
            if len(token.exact) > 2:
                found.setdefault(token.stem, Word(text[token.start : token.end]))
    clauses = tuple(islice(found.values(), MAX_WORDS))
    return Words(clauses) if len(clauses) > 1 else Phrase(story.headline)
