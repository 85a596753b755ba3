"""Readers of import files: what a file is, and the pages in it."""
