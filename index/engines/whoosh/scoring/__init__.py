"""Scoring of the best stories: rescoring, and explanations of scores."""
