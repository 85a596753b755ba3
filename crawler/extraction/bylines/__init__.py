"""Bylines and datelines: who wrote the story, and where it was filed."""
