"""Upkeep by hand: backups, checks, repairs, forgetting, reparsing, new sources."""
