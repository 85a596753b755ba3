"""What can a web server do wrong, and how is it made to do so on loopback?

A raw TCP server: a route is the bytes to send, or a function that writes to the socket as it likes. Every request
is kept with the instant of its arrival, so that tests can check what a host really saw.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

Behaviour = Callable[["Talk"], None]
Route = bytes | Behaviour


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names are lower case."""

    path: str
    headers: Mapping[str, str]
    at: float


@dataclass
class Talk:
    """One request's connection: `send` writes, `pause` waits but ends early when the server stops."""

    connection: socket.socket
    request: Request
    stopping: threading.Event

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def pause(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            raise ConnectionAbortedError

    def drip(self, data: bytes, seconds: float) -> None:
        for position in range(len(data)):
            self.send(data[position : position + 1])
            self.pause(seconds)


@dataclass
class FaultServer:
    """Serves `routes` by path on `address`; anything else is a 404. Use as a context manager."""

    routes: dict[str, Route] = field(default_factory=dict)
    address: str = "127.0.0.1"
    certificate: str | None = None
    log: list[Request] = field(default_factory=list)

    def __enter__(self) -> "FaultServer":
        self.stopping = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server((self.address, 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        # Closing does not wake a thread in accept(); a connection does.
        socket.create_connection((self.address, self.port), timeout=5).close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    def url(self, path: str = "/") -> str:
        return f"{'https' if self.certificate else 'http'}://{self.address}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.path for request in self.log]

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(30)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.certificate:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self.certificate)
                connection = context.wrap_socket(connection, server_side=True)
            self._open.append(connection)
            while self._answer(connection):
                pass
        except OSError:
            pass
        finally:
            connection.close()

    def _answer(self, connection: socket.socket) -> bool:
        """Serve one request; whether another may follow on the connection."""
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(65536)
            if not data:
                return False
            head += data
        lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:]) if name
        }
        request = Request(lines[0].split(" ")[1], headers, time.monotonic())
        self.log.append(request)
        route = self.routes.get(request.path, NOT_FOUND)
        if isinstance(route, bytes):
            connection.sendall(route)
            return b"content-length:" in route.lower()
        route(Talk(connection, request, self.stopping))
        return False


def answer(
    content: bytes = b"", status: str = "200 OK", content_type: str | None = "text/html", **headers: str
) -> bytes:
    """A well-formed response; an underscore in a header's name stands for a hyphen."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def redirect(location: str, status: str = "302 Found") -> bytes:
    """A redirect to `location`."""
    return answer(b"", status, None, Location=location)


NOT_FOUND = answer(b"nothing here", "404 Not Found", "text/plain")
