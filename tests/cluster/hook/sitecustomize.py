"""Loaded by each Python that finds it on PYTHONPATH: data directories get databases of their own."""

from own_databases import install

install()
