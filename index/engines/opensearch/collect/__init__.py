"""Collecting of a result: order, paging, folding, counts, and the scoring of the best once more."""
