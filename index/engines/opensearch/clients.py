"""Clients of the cluster, and which of its nodes are awake.

A node that hangs stays a part of the cluster for half a minute, and every search that needs a copy of its own waits for
it. So where a search was not answered in time, the nodes are asked one by one, and for a while those that answer are
preferred.
"""

import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException

from index.engines.opensearch.settings import OpenSearchSettings
from model.errors import EngineError

REQUEST_SECONDS = 10.0
_AWAKE_SECONDS = 1.0
_PREFERRED_SECONDS = 60.0


class AwakeNodes:
    """The nodes that answer, asked when there is a reason to; safe to share between threads. `clock` counts seconds."""

    def __init__(self, settings: OpenSearchSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._found: tuple[str, float] | None = None

    def preference(self) -> str | None:
        """Which copies searches are asked of at the moment, as the cluster takes it; None: of any."""
        found = self._found
        return found[0] if found is not None and self._clock() < found[1] else None

    def find(self) -> str | None:
        """Ask all nodes, and prefer those that answer within a second; None where none does."""
        names = [name for host in self._settings.hosts if (name := self._name_of(host)) is not None]
        self._found = (f"_prefer_nodes:{','.join(names)}", self._clock() + _PREFERRED_SECONDS) if names else None
        return self.preference()

    def _name_of(self, host: str) -> str | None:
        client = client_of(self._settings, hosts=(host,))
        try:
            with suppress(OpenSearchException):
                found = client.nodes.info(node_id="_local", metric="_none", request_timeout=_AWAKE_SECONDS)
                return next(iter(found["nodes"]), None)
        finally:
            client.close()
        return None


def client_of(
    settings: OpenSearchSettings, *, hosts: tuple[str, ...] | None = None, retries_silence: bool = True
) -> OpenSearch:
    """A client of all hosts, or of some; whether another is asked where one is silent (where one is away it is).

    Raises EngineError where the certificates can't be read.
    """
    asked = hosts or settings.hosts
    options: dict[str, Any] = {}
    if settings.username is not None:
        options["http_auth"] = (settings.username, settings.password or "")
    if settings.ca_file is not None:
        try:
            options["ssl_context"] = ssl.create_default_context(cafile=str(settings.ca_file))
        except (OSError, ssl.SSLError) as error:
            raise EngineError(f"index.ca_file: {settings.ca_file} holds no certificates: {error}") from error
    return OpenSearch(
        hosts=list(asked),
        timeout=REQUEST_SECONDS,
        max_retries=len(asked) - 1,
        retry_on_timeout=retries_silence,  # whatever is asked may be asked again, and writes carry their versions
        retry_on_status=(502,),
        **options,
    )
