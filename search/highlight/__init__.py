"""Highlighting: where in a story a query matched, and what changed between versions."""
