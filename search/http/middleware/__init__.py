"""Middleware: who may ask, how often, and how mistakes are answered."""
