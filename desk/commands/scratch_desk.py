"""Scratch desk for the demo: a configuration and a data directory of its own.

A configuration for the bundled wire's sources and a scratch data directory that goes when the demo ends.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def scratch_configuration(sources: Sequence[Mapping[str, Any]]) -> Iterator[Path]:
    """The path of a configuration that crawls `sources`; removed with its data at the end."""
    with tempfile.TemporaryDirectory(prefix="wiredesk-demo-") as directory:
        path = Path(directory) / "config.yaml"
        values = {
            "data_dir": "data",
            "sources": list(sources),
            "crawler": {
                "user_agent": "Wiredesk-demo/0.1 (the bundled demo; contact: the person at this machine)",
                "per_host_delay": "50ms",
                "allow_private_networks": ["127.0.0.0/8"],
                "look_again": ["20s", "40s", "2m", "10m", "1h"],
            },
        }
        path.write_text(json.dumps(values, indent=2), encoding="utf-8")  # JSON is YAML
        yield path
