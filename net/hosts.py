"""Hosts of URLs: their one ASCII form, and the registrable domain that they belong to.

Names are mapped as browsers map them (UTS #46, non-transitional, https://www.unicode.org/reports/tr46/): "faß.de" is
"xn--fa-hia.de" and not "fass.de", full-width letters are plain ones, and emoji, which IDNA 2008 knows no place for but
registries sell, are encoded as they stand. Underscores pass: hosts have them.
"""

import re
import socket
from functools import cache
from ipaddress import ip_address

import idna
from tldextract import TLDExtract

_BROKEN = re.compile(r"[\s\x00-\x1f\x7f<>\"'\\^`{|}%/?#@]|\.\.|^\.")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LONGEST_LABEL = 63  # octets (RFC 1035, section 2.3.4)


def ascii_host(host: str) -> str:
    """The host in lower case and ASCII, addresses in their usual notation; a dot at its end is left out.

    Raises ValueError for what can't be the name or address of a host.
    """
    host = host.rstrip(".")
    if ":" in host and host.isascii():
        host = str(ip_address(host))
    else:
        host = host.lower() if host.isascii() else _encoded(host)
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            host = _dotted(host)
    if not host or _BROKEN.search(host):
        raise ValueError(f"expected a host, found {host[:200]!r}")
    return host


def site_of(host: str) -> str | None:
    """The registrable domain of a host ("bbc.co.uk"), a port aside; None for addresses and one-word hosts."""
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        pass
    else:
        return None
    found = _suffixes().extract_str(host)
    if found.suffix:
        return f"{found.domain}.{found.suffix}" if found.domain else None
    # An unknown top-level domain is a suffix by itself (publicsuffix.org/list, the default rule "*").
    labels = host.split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 else None


def _encoded(host: str) -> str:
    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
    except idna.IDNAError as error:
        raise ValueError(f"expected a host, found {host[:200]!r}") from error
    return ".".join(map(_encoded_label, mapped.rstrip(".").split(".")))


def _encoded_label(label: str) -> str:
    if label.isascii():
        return label
    encoded = f"xn--{label.encode('punycode').decode('ascii')}"
    if len(encoded) > _LONGEST_LABEL:
        raise ValueError(f"expected a host, found a label of {len(encoded)} characters")
    return encoded


def _dotted(host: str) -> str:
    """An IPv4 address in any notation that resolvers read ("127.1", "0x7f.1", "2130706433")."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError as error:
        raise ValueError(f"expected a host, found {host[:200]!r}") from error


@cache
def _suffixes() -> TLDExtract:
    # The list bundled with tldextract: no network, no cache files. Private suffixes count: two blogs on one
    # platform (a.wordpress.com, b.wordpress.com) have different owners.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
