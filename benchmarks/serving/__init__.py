"""Servers that answer the same questions over HTTP, and what they take."""
