"""Segments of an index on disk, and the commits that hold them together."""
