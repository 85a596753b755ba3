"""The default engine: Whoosh, with posting lists as arrays.

Where is what?

Written: a story's words become numbers (builder), sorted into posting lists (postings, with weights and strings) in
one file a segment (arrays); segments are merged by size (tiers, merging, joining, merger); a commit is Whoosh's
table of contents (writer, publishing, commits).

Read: a segment (segment, lists), all of a commit (snapshot), the query's clauses (matching, clauses, words, phrases,
expansion, spelling, forms), the answer (results, facets, ranking), the newest commit (reader). Whoosh's own readers
and matchers work on the same files (codec, schema).
"""

from index.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
