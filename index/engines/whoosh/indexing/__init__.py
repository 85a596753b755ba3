"""Indexing: stories become segments, and segments are merged."""
