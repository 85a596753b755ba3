"""Networks of clients: which addresses stand for one client when requests and connections are counted."""

import ipaddress

_NETWORK_BITS = 64
"""Of an IPv6 address: whoever has one has all below it (RFC 6177)."""


def network_of(address: str) -> str:
    """The part of an address that stands for one client."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, _NETWORK_BITS), strict=False))
