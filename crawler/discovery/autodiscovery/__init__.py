"""Autodiscovery: the feeds, sitemaps and front pages of a publisher of which only one address is known.

`candidates.py` gathers addresses that may be endpoints, `probes.py` fetches them and says what they hold, `finding.py`
goes from the likeliest to the least likely and chooses.
"""

from crawler.discovery.autodiscovery.finding import find_endpoints
from crawler.discovery.autodiscovery.found import FoundEndpoint, FoundEndpoints, RejectedEndpoint

__all__ = ["FoundEndpoint", "FoundEndpoints", "RejectedEndpoint", "find_endpoints"]
