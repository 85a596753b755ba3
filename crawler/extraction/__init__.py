"""A page and its link become a story: see story.py for the order of the steps.

All that reading takes is loaded with the first page that is read, in the process that reads it: those that hand pages
to readers start without it.
"""

from crawler.extraction.recurring_blocks import NOTHING_RECURS, RecurringBlocks
from crawler.extraction.site_rules import DEFAULT_RULES, Rules
from model.explanation import Explanation
from model.page import Page
from model.story import Story

__all__ = ["DEFAULT_RULES", "PARSER_VERSION", "Rules", "explain", "parse"]

PARSER_VERSION = 5


def parse(page: Page, *, rules: Rules = DEFAULT_RULES, known: RecurringBlocks = NOTHING_RECURS) -> Story:
    """Read a page as a wire story; `known` is what recurs in other stories of its host.

    Raises NotAStoryError where the page is none and ParseError where it can't be read.
    """
    from crawler.extraction.story import read_story

    return read_story(page, rules, known)


def explain(page: Page, *, rules: Rules = DEFAULT_RULES) -> Explanation:
    """How a page is read, whether it is a story or not. Raises ParseError where it can't be read at all."""
    from crawler.extraction.explanation import explain_page

    return explain_page(page, rules)
