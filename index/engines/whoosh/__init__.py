"""Whoosh engine, the default: posting lists as arrays, published by Whoosh's table of contents.

Written: a story's words become numbers (segment_builder, vocabulary), sorted into posting lists (postings_builder, by
the loops of word_rows and story_lists) in one file a segment (arrays, with byte_codes and term_dictionary); segments
are merged by size (merge_policy, segment_merge, posting_merge, background_merge); a commit is Whoosh's table of
contents (writer, publishing, commits).

Read: a segment (segment, postings_reader), all of a commit (snapshot), the query's clauses (matching, boolean_query,
term_scorer, phrase_query, multi_term_rewrite), the best of them once more (rescoring), the result (collector, facets,
collapse), the newest commit (reader) of the live index (live_reader, index_folders). What goes through lists row by row
is compiled (phrase_loops, search_loops, score_loops, result_loops).
"""

from index.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
