"""Recurring blocks: what may be known of other stories of a page's host."""

from typing import NamedTuple


class RecurringBlocks(NamedTuple):
    """Blocks that recur in the stories of one host, by their `texts.word_key`.

    `often` stand in several stories that are otherwise not alike, `mostly` (some of them) in half of all or more.
    """

    often: frozenset[str] = frozenset()
    mostly: frozenset[str] = frozenset()


NOTHING_RECURS = RecurringBlocks()
