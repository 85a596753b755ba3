"""Clients of the cluster, and which of its nodes are awake.

A node that hangs stays a part of the cluster for half a minute, and every search that needs a copy of its own waits for
it. So where a search was not answered in time, the nodes are asked one by one, and for a while those that answer are
preferred.
"""

import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException

from index.engines.opensearch.settings import OpenSearchSettings, Secrets
from model.errors import EngineError

REQUEST_SECONDS = 10.0
_AWAKE_SECONDS = 1.0
_PREFERRED_SECONDS = 60.0


class Clients:
    """The clients of a cluster, made with what the files of the settings hold; safe to share between threads.

    Raises EngineError where a file can't be read, and where the certificates are none.
    """

    def __init__(self, settings: OpenSearchSettings) -> None:
        self.hosts = settings.hosts
        self._settings = settings
        self._lock = Lock()
        self._secrets = settings.secrets()
        self._made = self._make()

    def client(self, *, retries_silence: bool = True) -> OpenSearch:
        """A client of all hosts; whether another is asked where one is silent (where one is away it is)."""
        return self._made[not retries_silence]

    def of_host(self, host: str) -> OpenSearch:
        """A new client of one host, to be closed by the caller."""
        return _client_of(self._settings, self._secrets, (host,))

    def renew(self, refused: OpenSearch) -> bool:
        """Connect with what the files hold now; whether that is something else than what was refused."""
        with self._lock:
            if all(refused is not client for client in self._made):  # another thread was quicker
                return True
            now = self._settings.secrets()
            if now == self._secrets:
                return False
            self._secrets = now
            self._made = self._make()
            return True

    def close(self) -> None:
        """Let connections go."""
        for client in self._made:
            client.close()

    def _make(self) -> tuple[OpenSearch, OpenSearch]:
        patient = _client_of(self._settings, self._secrets, self.hosts)
        return patient, _client_of(self._settings, self._secrets, self.hosts, retries_silence=False)


class AwakeNodes:
    """The nodes that answer, asked when there is a reason to; safe to share between threads. `clock` counts seconds."""

    def __init__(self, clients: Clients, clock: Callable[[], float]) -> None:
        self._clients = clients
        self._clock = clock
        self._found: tuple[str, float] | None = None

    def preference(self) -> str | None:
        """Which copies searches are asked of at the moment, as the cluster takes it; None: of any."""
        found = self._found
        return found[0] if found is not None and self._clock() < found[1] else None

    def find(self) -> str | None:
        """Ask all nodes, and prefer those that answer within a second; None where none does."""
        names = [name for host in self._clients.hosts if (name := self._name_of(host)) is not None]
        self._found = (f"_prefer_nodes:{','.join(names)}", self._clock() + _PREFERRED_SECONDS) if names else None
        return self.preference()

    def _name_of(self, host: str) -> str | None:
        client = self._clients.of_host(host)
        try:
            with suppress(OpenSearchException):
                found = client.nodes.info(node_id="_local", metric="_none", request_timeout=_AWAKE_SECONDS)
                return next(iter(found["nodes"]), None)
        finally:
            client.close()
        return None


def _client_of(
    settings: OpenSearchSettings, secrets: Secrets, hosts: tuple[str, ...], *, retries_silence: bool = True
) -> OpenSearch:
    options: dict[str, Any] = {}
    if settings.username is not None:
        options["http_auth"] = (settings.username, secrets.password or "")
    if secrets.certificates is not None:
        try:
            options["ssl_context"] = ssl.create_default_context(cadata=secrets.certificates)
        except (ValueError, ssl.SSLError) as error:
            raise EngineError(f"index.ca_file: {settings.ca_file} holds no certificates: {error}") from error
    return OpenSearch(
        hosts=list(hosts),
        timeout=REQUEST_SECONDS,
        max_retries=len(hosts) - 1,
        retry_on_timeout=retries_silence,  # whatever is asked may be asked again, and writes carry their versions
        retry_on_status=(502,),
        **options,
    )
