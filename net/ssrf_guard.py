"""SSRF guard: the network addresses that a request may connect to.

Only global unicast ones, unless configuration allows more: a link in a feed must never reach a machine of the
operator's own network. `ipaddress.is_private` alone is no test: it misses 224.0.0.1, 100.64.0.1 and
64:ff9b::7f00:1. Metadata services of cloud hosts are refused whatever is allowed.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network

_METADATA: tuple[IpNetwork, ...] = (
    ip_network("100.100.100.200/32"),
    ip_network("169.254.0.0/16"),
    ip_network("fd00:ec2::254/128"),
    ip_network("fd20:ce::254/128"),
)
# Addresses that carry an IPv4 address inside; what they reach depends on the network (RFC 6052, 8215, 3056, 4380).
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = ip_network("::/96")
# What the ipaddress of some supported Python versions still takes for global (IANA special-purpose registries).
_RESERVED: tuple[IpNetwork, ...] = (
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
    ip_network("2001::/23"),
    ip_network("3fff::/20"),
)
_GLOBAL_IPV6 = ip_network("2000::/3")


class SsrfGuard:
    """Decides about addresses; `allowed` private networks are none (False), all (True) or those given as text."""

    def __init__(self, allowed: bool | tuple[str, ...] = False) -> None:
        self._allow_all = allowed is True
        self._networks: tuple[IpNetwork, ...] = tuple(map(ip_network, allowed)) if isinstance(allowed, tuple) else ()

    def refusal(self, address: str) -> str | None:
        """Why the address (as a socket names it, "fe80::1%eth0" too) is refused; None where it may be connected to."""
        ip: IpAddress = ip_address(address.partition("%")[0])
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        inside = _embedded(ip)
        if any(candidate in network for network in _METADATA for candidate in (ip, *inside)):
            return "a metadata address"
        if self._allow_all or any(ip in network for network in self._networks):
            return None
        return _special_kind(ip)

    def refusal_of_literal(self, host: str) -> str | None:
        """Why a host that is written as a number, or called localhost, is refused; None for other names.

        Resolvers read "127.1", "0x7f.1", "0177.0.0.1" and "2130706433" as one address (inet_aton); so does this.
        """
        name = host.lower().rstrip(".")
        if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, section 6.3
            return self.refusal("127.0.0.1")
        try:
            return self.refusal(name if ":" in name else socket.inet_ntoa(socket.inet_aton(name)))
        except (OSError, ValueError):
            return None


def _embedded(ip: IpAddress) -> tuple[IPv4Address, ...]:
    if isinstance(ip, IPv4Address):
        return ()
    found: list[IPv4Address] = []
    if ip.sixtofour is not None:
        found.append(ip.sixtofour)
    if ip.teredo is not None:
        found.extend(ip.teredo)
    if any(ip in network for network in (*_NAT64, _IPV4_COMPATIBLE)):
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return tuple(found)


def _special_kind(ip: IpAddress) -> str | None:
    if ip.is_multicast:
        return "a multicast address"
    if ip.is_loopback:
        return "a loopback address"
    if ip.is_link_local:
        return "a link-local address"
    if isinstance(ip, IPv6Address):
        if any(ip in network for network in _NAT64):
            return "a NAT64 address"
        if ip.sixtofour is not None or ip.teredo is not None:
            return "a tunnel address"
        if ip not in _GLOBAL_IPV6:
            return "a private or reserved address"
    if ip.is_private or not ip.is_global or any(ip in network for network in _RESERVED):
        return "a private or reserved address"
    return None
