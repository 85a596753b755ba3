"""Segments of the index on disk, and what holds them together as commits."""
