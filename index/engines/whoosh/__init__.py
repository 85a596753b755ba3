"""The default engine: Whoosh.

Which files does it consist of? schema, forms and documents say what is written for a story; writer, merging and
commits write it; segment and snapshot read it as arrays; matching, phrases, expansion and ranking work a query out;
results and reader answer.
"""

from index.engines.whoosh.engine import WhooshEngine

__all__ = ["WhooshEngine"]
