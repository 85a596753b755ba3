"""Exposure of the HTTP interface: which machines may reach it, with which keys, and how much they may take of it.

It is exposed to this machine alone unless it is told otherwise; to others only with keys, or where keys are switched
off on purpose.
"""

import ipaddress
from typing import TYPE_CHECKING

import structlog

from config import ConfigError, SearchConfig

if TYPE_CHECKING:
    from search.http.middleware.auth import AccessPolicy
    from search.http.server.connection import ConnectionLimits
    from search.http.shared_table import SharedTable

_USUAL_RATE = "600/minute"
log = structlog.get_logger(__name__)


def access_policy(search: SearchConfig, table: "SharedTable | None" = None) -> "AccessPolicy":
    """Whom the desk answers, at a rate over all workers. Raises ConfigError where it would answer other machines
    without a key.
    """
    from search.http.middleware.auth import AccessPolicy

    check_exposure(search)
    rate = search.rate_limit
    if rate == "auto":
        rate = "off" if is_loopback(search.host) else _USUAL_RATE
    limit = None
    if rate != "off":
        from search.http.middleware.rate_limit import RateLimit

        limit = RateLimit(rate, table)
    keys = () if search.require_api_key is False else tuple(key.get_secret_value() for key in search.api_keys)
    return AccessPolicy(keys, limit, search.cors_origins, search.allowed_hosts)


def connection_limits(search: SearchConfig, workers: int) -> "ConnectionLimits":
    """How many clients may be connected to each worker and how long they may take, as far as the limit of open files
    allows it.

    Raises that limit as far as it goes; says so in the log where the configuration asks for more than it leaves room.
    """
    from search.http.server.connection import ConnectionLimits
    from search.http.server.open_files import capacity, raise_open_files

    room = capacity(raise_open_files(), None if search.max_connections == "auto" else search.max_connections, workers)
    if room.wanted is not None:
        log.warning(
            "search.max_connections asks for more than the limit of open files leaves room for",
            asked=room.wanted,
            taken=room.connections,
            open_files=room.files,
        )
    return ConnectionLimits(
        room.connections,
        search.header_timeout.total_seconds(),
        search.body_timeout.total_seconds(),
        search.write_timeout.total_seconds(),
    )


def check_exposure(search: SearchConfig) -> None:
    """Raises ConfigError where keys are required and there are none."""
    if search.api_keys or search.require_api_key is False:
        return
    if search.require_api_key == "auto" and is_loopback(search.host):
        return
    reason = "search.require_api_key is true" if search.require_api_key is True else f"search.host is {search.host}"
    raise ConfigError(
        f"{reason}, and search.api_keys is empty: set WIREDESK_SEARCH__API_KEYS to a secret (`openssl rand -hex 20` "
        "makes one), or search.require_api_key to false to answer everyone who reaches this machine"
    )


def is_loopback(host: str) -> bool:
    """Whether a configured host is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
