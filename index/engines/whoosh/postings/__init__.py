"""Posting lists in bytes: how they are packed into a segment file, and read from it."""
