"""Index: what can be made again from the store."""
