"""A real OpenSearch with its security plugin on loopback: TLS by an authority of the test's own, users, rights.

It answers at an address that its certificate names (127.0.0.1) and at one that it does not (127.0.0.2).
"""

import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.cluster.opensearch_jars import SECURED, NodesError, fetch
from deploy.cluster.opensearch_nodes import OpenSearchNodes

ADMIN = ("admin", "admin")
"""The user that the plugin's own examples of users have."""
_READY_SECONDS = 180.0
_PASSWORD = "correct-Horse-9-battery"

INDEX_RIGHTS = ["indices_all"]
CLUSTER_RIGHTS = ["cluster_composite_ops", "cluster_monitor"]
"""What docs/scaling.md says that the desk's user needs."""


class SecuredOpenSearch:
    """One node; `host` and `other_host` are its addresses, the certificate names the first alone."""

    def __init__(self, folder: Path) -> None:
        import trustme

        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self._nodes = OpenSearchNodes(folder, heap="512m", settings=_settings(), series=SECURED)
        config = folder / "node-0" / "config"
        config.mkdir(parents=True)
        shutil.copy(self.ca_file, config)
        _write_certificate(authority, config)
        shutil.copytree(fetch(SECURED).folder / "config", config / "opensearch-security")
        port = self._nodes.ports[0]
        self.host, self.other_host = f"https://127.0.0.1:{port}", f"https://127.0.0.2:{port}"
        self._nodes.launch(0)
        self._wait()

    def put_user(
        self,
        name: str,
        password: str = _PASSWORD,
        *,
        indices: Sequence[str] = INDEX_RIGHTS,
        cluster: Sequence[str] = CLUSTER_RIGHTS,
        patterns: Sequence[str] = ("*",),
    ) -> str:
        """Make a user who may do that with indexes of these names, or change it; returns its password."""
        rights = [{"index_patterns": list(patterns), "allowed_actions": list(indices)}] if indices else []
        self._put(f"roles/{name}", {"cluster_permissions": list(cluster), "index_permissions": rights})
        self._put(f"internalusers/{name}", {"password": password, "opendistro_security_roles": [name]})
        return password

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """A request of the administrator's."""
        return requests.request(
            method, f"{self.host}{path}", auth=ADMIN, verify=str(self.ca_file), timeout=30, **options
        )

    def send(self, sign: signal.Signals) -> None:
        """Send the node a signal."""
        self._nodes.send(0, sign)

    def stop(self) -> None:
        """End it."""
        self._nodes.stop()

    def _put(self, what: str, body: dict[str, Any]) -> None:
        answer = self.ask("PUT", f"/_plugins/_security/api/{what}", json=body)
        assert answer.status_code in (200, 201), answer.text

    def _wait(self) -> None:
        end = time.monotonic() + _READY_SECONDS
        while time.monotonic() < end:
            with suppress(OSError):
                if self.ask("GET", "/_plugins/_security/api/roles/all_access").ok:
                    return
            time.sleep(0.5)
        raise NodesError("the secured node is not ready")


@contextmanager
def secured_opensearch(folder: Path) -> Iterator[SecuredOpenSearch]:
    """A node that runs; skips the test with one loud line where it can't be started."""
    pytest.importorskip("trustme", reason="the extra dev is not installed")
    try:
        fetch(SECURED)
    except NodesError as error:
        pytest.skip(f"NO OPENSEARCH WITH PASSWORDS: {error}")
    server = SecuredOpenSearch(folder)
    try:
        yield server
    finally:
        server.stop()


def _settings() -> list[str]:
    files = ("pemcert_filepath: node.pem", "pemkey_filepath: node.key", "pemtrustedcas_filepath: ca.pem")
    layers = [f"plugins.security.ssl.{layer}.{file}" for layer in ("transport", "http") for file in files]
    return [
        *layers,
        'http.bind_host: ["127.0.0.1", "127.0.0.2"]',
        "plugins.security.ssl.transport.enforce_hostname_verification: false",
        "plugins.security.ssl.http.enabled: true",
        "plugins.security.allow_default_init_securityindex: true",
        'plugins.security.restapi.roles_enabled: ["all_access"]',
    ]


def _write_certificate(authority: Any, folder: Path) -> None:
    """A certificate for 127.0.0.1, its key as PKCS #8, which the server reads."""
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    made = authority.issue_cert("127.0.0.1")
    key = load_pem_private_key(made.private_key_pem.bytes(), None)
    (folder / "node.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "node.pem").write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
