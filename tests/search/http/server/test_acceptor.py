"""The acceptor where the system has no file left: it makes room, and says so a few times."""

import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent.parent
PROGRAM = """
import resource, socket, sys, threading
import uvicorn
from search.http.line_limits import LineLimiter
from search.http.server.connection import ConnectionLimits
from search.http.server.connections import Connections
from search.http.server.server import HttpServer

async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
listener = socket.create_server(("127.0.0.1", 0), backlog=500)
print(listener.getsockname()[1], flush=True)
connections = Connections(ConnectionLimits(connections=4096, header_seconds=600))  # more than there are files
config = uvicorn.Config(app, http="h11", ws="none", log_level="error", timeout_graceful_shutdown=1)
server = HttpServer(config, connections, LineLimiter())

def stop():
    sys.stdin.read()
    server.should_exit = True

threading.Thread(target=stop, daemon=True).start()
server.run(sockets=[listener])
"""


def test_without_files_room_is_made() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        held = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(200)]
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
                client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert client.recv(1000).startswith(b"HTTP/1.1 204 ")
        for client in held:
            client.close()
        server.stdin.close()
        said = server.stdout.read()
        assert server.wait(30) == 0
    assert 1 <= said.count("no room for another connection") <= 10
    assert "Too many open files" in said
    assert "Traceback" not in said
