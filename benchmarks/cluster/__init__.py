"""Benchmarks of several processes on one store."""
