"""A page and its link become a story: see story.py for the order of the steps."""

from crawler.extraction.explanation import explain
from crawler.extraction.site_rules import DEFAULT_RULES, Rules
from crawler.extraction.story import PARSER_VERSION, parse

__all__ = ["DEFAULT_RULES", "PARSER_VERSION", "Rules", "explain", "parse"]
