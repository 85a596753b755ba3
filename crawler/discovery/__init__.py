"""A source's feeds, sitemaps and front pages become links: see sources.py."""

from crawler.discovery.autodiscovery import FoundPlaces, find_places
from crawler.discovery.endpoint import Discovery, GetPlace
from crawler.discovery.source_links import discover, merge_links

__all__ = ["Discovery", "FoundPlaces", "GetPlace", "discover", "find_places", "merge_links"]
