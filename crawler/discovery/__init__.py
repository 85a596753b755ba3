"""Discovery: what a source's endpoints (feeds, sitemaps, front pages) announce, as links."""

from crawler.discovery.autodiscovery import FoundEndpoint, FoundEndpoints, RejectedEndpoint, find_endpoints
from crawler.discovery.endpoint import EndpointResult, FetchEndpoint
from crawler.discovery.source_links import discover, merge_links

__all__ = [
    "EndpointResult",
    "FetchEndpoint",
    "FoundEndpoint",
    "FoundEndpoints",
    "RejectedEndpoint",
    "discover",
    "find_endpoints",
    "merge_links",
]
