"""Request targets: the form in which a request names what it asks for (RFC 9112, section 3.2).

Servers have to take the absolute form, too, and its host in place of the Host header.
"""

from urllib.parse import unquote

from starlette.types import Scope

_SCHEMES = (b"http", b"https")


def in_origin_form(scope: Scope) -> Scope | None:
    """The request with a target that is a path; None where it names no path (`*`, `host:443`, anything else)."""
    target: bytes = scope.get("raw_path") or scope["path"].encode()
    if target.startswith(b"/"):
        return scope
    scheme, separator, rest = target.partition(b"://")
    if not separator or scheme.lower() not in _SCHEMES:
        return None
    host, _, path = rest.partition(b"/")
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    return {
        **scope,
        "raw_path": b"/" + path,
        "path": "/" + unquote(path.decode("ascii")),
        "headers": [(b"host", host), *headers],
    }
