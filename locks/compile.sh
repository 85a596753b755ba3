#!/bin/sh
# Compiles the lock files from pyproject.toml: versions and hashes, no address of any registry.
set -e
cd "$(dirname "$0")/.."
compile() { .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header -q "$@"; }
compile locks/uv.in -o locks/uv.txt
compile pyproject.toml -o locks/core.txt
compile pyproject.toml --extra dev --extra browser -c locks/core.txt -o locks/test.txt
compile pyproject.toml --extra cluster -c locks/core.txt -o locks/cluster.txt
compile pyproject.toml --extra bench -c locks/core.txt -o locks/bench.txt
