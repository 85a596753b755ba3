"""The one way in: a page or a line becomes a version of a story."""
