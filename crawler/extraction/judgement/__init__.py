"""Judgement of a page: how likely it is a story."""
