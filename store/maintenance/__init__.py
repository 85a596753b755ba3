"""Upkeep of the store: audits, retention, renewal of aliases, splits."""
