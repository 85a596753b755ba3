"""A source's feeds, sitemaps and front pages become links: see sources.py."""

from crawler.discovery.finding import FoundPlaces, find_places
from crawler.discovery.places import Discovery, GetPlace
from crawler.discovery.sources import discover, merge_links

__all__ = ["Discovery", "FoundPlaces", "GetPlace", "discover", "find_places", "merge_links"]
