"""Near-duplicate stories: which carry the same text, and the groups that come of it."""
