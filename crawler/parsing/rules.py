"""Which sites need a word of their own?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """Site rules."""


DEFAULT_RULES = Rules()
