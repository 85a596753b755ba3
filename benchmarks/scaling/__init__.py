"""Benchmarks of many workers on one store."""
