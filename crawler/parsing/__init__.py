"""A page and its link become a story: see story.py for the order of the steps."""

from crawler.parsing.kills import is_kill_notice
from crawler.parsing.rules import DEFAULT_RULES, Rules
from crawler.parsing.story import PARSER_VERSION, parse

__all__ = ["DEFAULT_RULES", "PARSER_VERSION", "Rules", "is_kill_notice", "parse"]
