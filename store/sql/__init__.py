"""Statements of the store, in SQL."""
