"""Collection of results: the best hits, facets and folded copies."""
