"""The test suite with the store on PostgreSQL and the index on OpenSearch: `python -m tests.cluster.on_cluster [what
pytest takes]`.

Starts both servers for the run, unless OPENSEARCH_OF_TESTS names one; each data directory has a database and an index
of its own there (tests/cluster/hook).
"""

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.cluster.opensearch_nodes import NodesError, OpenSearchNodes
from tests.cluster import on_postgresql
from tests.cluster.hook.own_databases import ENGINE, ENGINE_ADDRESS


def main(arguments: list[str]) -> int:
    """Run pytest, and return its exit status."""
    os.environ[ENGINE] = "opensearch"
    if ENGINE_ADDRESS in os.environ:
        return on_postgresql.main(arguments)
    with TemporaryDirectory(prefix="wiredesk-opensearch-") as folder:
        nodes = OpenSearchNodes(Path(folder), heap="512m")
        try:
            nodes.start()
            os.environ[ENGINE_ADDRESS] = nodes.addresses[0]
            return on_postgresql.main(arguments)
        except NodesError as error:
            sys.exit(f"no OpenSearch: {error}")
        finally:
            nodes.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
