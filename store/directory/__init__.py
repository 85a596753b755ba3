"""Data directory of one machine: its layout, its locks, and what is damaged or missing in it."""
