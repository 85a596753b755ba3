"""Crawler: fetches what sources announce and hands it to ingest."""
