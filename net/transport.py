"""Transport for HTTP requests: connections with one deadline, a byte limit and the SSRF guard.

requests has no total timeout: its timeout is one of a single read, so a peer that sends a byte now and then holds
a thread for ever. Here the sockets themselves know when the request ends: before each blocking call the time left
becomes the socket's timeout, from connecting over the TLS handshake and the headers to the last byte of the body.
They count what they receive, too, so that endless headers or chunk lines end early.
"""

import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from math import inf
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from net.headers import CompleteHeadersResponse
from net.ssrf_guard import SsrfGuard

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MAX_HEADER_BYTES = 256 * 1024
_SockAddress = tuple[Any, ...]


class RefusedAddressError(Exception):
    """Every address of the host is one that the guard refuses; the text says what they are."""


class TransferLimitError(Exception):
    """More bytes came in than were allowed for; `in_headers` says where."""

    def __init__(self, in_headers: bool) -> None:
        super().__init__("too many bytes")
        self.in_headers = in_headers


class TransferLimits(threading.local):
    """What the request that runs in this thread may still take: seconds until `ends_at`, and bytes.

    A thread runs one request at a time, and a pooled connection serves one thread at a time: so the sockets can ask
    for the limits of the thread that uses them.
    """

    ends_at: float = inf
    sent_at: float | None = None
    _bytes_left: float = inf
    _body_bytes: float = inf
    _in_headers: bool = True

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._before_send: Callable[[], None] = lambda: None

    def start(self, seconds: float, body_bytes: int, before_send: Callable[[], None]) -> None:
        """A request begins that may last `seconds` and bring `body_bytes` of body as sent.

        `before_send` is called when its first byte is about to go out; what it raises ends the request.
        """
        self.ends_at = self.monotonic() + seconds
        self.sent_at = None
        self._before_send = before_send
        self._bytes_left, self._body_bytes, self._in_headers = MAX_HEADER_BYTES, body_bytes, True

    def headers_read(self) -> None:
        """From now on bytes count as body."""
        self._bytes_left, self._in_headers = self._body_bytes, False

    def seconds_left(self) -> float:
        """Seconds until the deadline; raises TimeoutError when it has passed."""
        left = self.ends_at - self.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left if left < inf else 3600.0

    def sending(self) -> None:
        """Note when the first byte goes out."""
        if self.sent_at is None:
            self._before_send()
            self.sent_at = self.monotonic()

    def received(self, count: int) -> None:
        """Count bytes; raises TransferLimitError."""
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise TransferLimitError(self._in_headers)


def _acknowledge_at_once(sock: socket.socket) -> None:
    """Let Linux acknowledge without its usual 40 ms delay, which slows down every peer that writes headers first."""
    if sys.platform == "linux":
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


class _LimitedSocket(socket.socket):
    limits: TransferLimits

    def recv_into(self, buffer: "WriteableBuffer", *sizes: Any) -> int:
        self.settimeout(self.limits.seconds_left())
        count = super().recv_into(buffer, *sizes)
        self.limits.received(count)
        return count

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        self.settimeout(self.limits.seconds_left())
        self.limits.sending()
        super().sendall(data, flags)
        _acknowledge_at_once(self)


class _LimitedTLSSocket(_LimitedSocket, ssl.SSLSocket):
    """The same limits; what it passes on goes to SSLSocket, which stands next in the order of bases."""


class Connector:
    """Opens sockets with limits; `guard` None connects to any address (a proxy that the operator named)."""

    def __init__(self, limits: TransferLimits, guard: SsrfGuard | None) -> None:
        self.limits = limits
        self._guard = guard

    def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket; addresses are tried in the resolver's order, each with its share of the time left.

        Raises RefusedAddressError, and OSError where no address answers.
        """
        found = self._resolve(host.strip("[]"), port)
        refusals = [self._refusal(address) for *_, address in found]
        open_ones = [item for item, refusal in zip(found, refusals, strict=True) if refusal is None]
        if not open_ones:
            raise RefusedAddressError(next(filter(None, refusals), "no address"))
        for tried, (family, address) in enumerate(open_ones):
            try:
                return self._connect(family, address, self.limits.seconds_left() / (len(open_ones) - tried))
            except OSError:
                if tried == len(open_ones) - 1:
                    raise
        raise OSError("no address")

    def _connect(self, family: int, address: _SockAddress, seconds: float) -> socket.socket:
        sock = _LimitedSocket(family, socket.SOCK_STREAM)
        sock.limits = self.limits
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(seconds)
            sock.connect(address)
            # The peer decides, not the answer of the resolver: routing and translation may lie in between.
            self._check(sock.getpeername())
            # A TLS handshake takes the timeout that it finds here as its own deadline.
            sock.settimeout(self.limits.seconds_left())
        except BaseException:
            sock.close()
            raise
        return sock

    def _check(self, address: _SockAddress) -> None:
        refusal = self._refusal(address)
        if refusal is not None:
            raise RefusedAddressError(refusal)

    def _refusal(self, address: _SockAddress) -> str | None:
        if self._guard is None:
            return None
        reason = self._guard.refusal(str(address[0]))
        return reason and f"{address[0]} is {reason}"

    def _resolve(self, host: str, port: int) -> list[tuple[int, _SockAddress]]:
        """Ask the resolver within the deadline; getaddrinfo takes no timeout, so it runs in a thread of its own."""
        answer: SimpleQueue[list[tuple[int, _SockAddress]] | OSError] = SimpleQueue()

        def ask() -> None:
            try:
                found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                answer.put(list(dict.fromkeys((family, address) for family, *_, address in found)))
            except UnicodeError:
                answer.put(socket.gaierror(socket.EAI_NONAME, "not a host name"))
            except OSError as error:
                answer.put(error)

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            found = answer.get(timeout=self.limits.seconds_left())
        except Empty:
            raise TimeoutError("the resolver did not answer before the deadline") from None
        if isinstance(found, OSError):
            raise found
        return found


class _Connection(HTTPConnection):
    response_class = CompleteHeadersResponse

    def __init__(self, *args: Any, connector: Connector, **options: Any) -> None:
        super().__init__(*args, **options)
        self._connector = connector

    def _new_conn(self) -> socket.socket:
        return self._connector.connect(self._dns_host, self.port)


class _TLSConnection(HTTPSConnection):
    response_class = CompleteHeadersResponse

    def __init__(self, *args: Any, connector: Connector, **options: Any) -> None:
        super().__init__(*args, **options)
        self._connector = connector

    def _new_conn(self) -> socket.socket:
        return self._connector.connect(self._dns_host, self.port)

    def _tunnel(self) -> None:
        super()._tunnel()
        # A TLS handshake takes the timeout that it finds as its own deadline: what the proxy took is gone from it.
        self.sock.settimeout(self._connector.limits.seconds_left())

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, _LimitedTLSSocket):
            self.sock.limits = self._connector.limits


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection

    def __init__(self, connector: Connector, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn_kw["connector"] = connector


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection

    def __init__(self, connector: Connector, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conn_kw["connector"] = connector


class GuardedAdapter(HTTPAdapter):
    """A requests adapter whose connections keep to the limits and the guard; it knows no environment and no cookies."""

    def __init__(self, limits: TransferLimits, guard: SsrfGuard, *, connections: int, tls: ssl.SSLContext) -> None:
        self._limits = limits
        self._guard = guard
        self._tls = tls
        super().__init__(pool_connections=connections, pool_maxsize=connections)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Build the pools for direct connections."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._tls, **options)
        self._use_pools(self.poolmanager, Connector(self._limits, self._guard))

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Build the pools for connections through a proxy, which the guard does not judge."""
        manager = super().proxy_manager_for(proxy, ssl_context=self._tls, **options)
        self._use_pools(manager, Connector(self._limits, None))
        return manager

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Verify always: the shared context holds the certificates; loading them anew costs 20 ms a connection."""

    @staticmethod
    def _use_pools(manager: PoolManager, connector: Connector) -> None:
        pools: Any = {"http": partial(_Pool, connector), "https": partial(_TLSPool, connector)}
        manager.pool_classes_by_scheme = pools


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A verifying client context with the bundled certificates (or those of `ca_file`) and sockets with limits."""
    context = create_urllib3_context()
    context.load_verify_locations(cafile=ca_file or DEFAULT_CA_BUNDLE_PATH)
    context.sslsocket_class = _LimitedTLSSocket
    return context
