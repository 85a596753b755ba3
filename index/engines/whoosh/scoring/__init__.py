"""Scoring: how well a story matches, and why."""
