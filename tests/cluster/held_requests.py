"""A gateway on loopback to a server, on which a request can be caught at a moment that the test chooses."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import requests

Moment = Literal["before", "after"]
"""Before a request goes on to the server, or after it was answered there and before the client has the answer."""

_FORWARD_SECONDS = 600.0
_DROPPED = {"connection", "transfer-encoding", "content-length", "content-encoding", "host", "accept-encoding"}


class Gateway:
    """Hands requests on to the server at `address`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._trap: tuple[Moment, Callable[[str, bytes], bool], Callable[[], None]] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def catch(self, moment: Moment, is_meant: Callable[[str, bytes], bool], do: Callable[[], None]) -> None:
        """Call `do` at the moment of the next request whose path and body are meant; it goes on when that returns."""
        with self._lock:
            self._trap = moment, is_meant, do

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()

    def _pass(self, moment: Moment, path: str, body: bytes) -> None:
        with self._lock:
            trap = self._trap
            if trap is None or trap[0] != moment or not trap[1](path, body):
                return
            self._trap = None
        trap[2]()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _forward(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _DROPPED}
                gateway._pass("before", self.path, body)
                try:
                    answer = requests.request(
                        self.command,
                        gateway._address + self.path,
                        data=body,
                        headers=headers | {"Accept-Encoding": "identity"},
                        timeout=_FORWARD_SECONDS,
                    )
                except requests.RequestException:
                    self.close_connection = True
                    return
                gateway._pass("after", self.path, body)
                try:
                    self.send_response(answer.status_code)
                    for name, value in answer.headers.items():
                        if name.lower() not in _DROPPED:
                            self.send_header(name, value)
                    self.send_header("Content-Length", str(len(answer.content)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(answer.content)
                except OSError:  # the client has not waited
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _forward  # noqa: N815 (the library's names)

            def log_message(self, format: str, *arguments: object) -> None:
                """Nobody reads it."""

        return Handler
