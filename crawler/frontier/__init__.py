"""Frontier: what to fetch next and when."""
