"""Relevance: the terms that a word is found under and what a match is worth, the same in every engine."""
