"""Collection of a result: the best hits, facet counts, collapse of copies."""
