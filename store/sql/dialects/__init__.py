"""Databases that keep the store, and what they say differently."""
