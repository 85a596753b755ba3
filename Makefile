# Wiredesk: `make demo` shows it working, `make test` proves it, `make run` runs the real desk.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Compiled at once: a start would compile all that it loads, and each start where Python may not write beside the sources.
UV_INSTALL := $(VENV)/bin/uv pip install --quiet --compile-bytecode --require-hashes --python $(PY)

.PHONY: demo run setup setup-cluster test test-cluster test-on-postgresql test-on-cluster test-long coverage check wheel bench-setup lock clean

demo: setup
	$(PY) run.py demo

run: setup
	$(PY) run.py start

setup: $(VENV)/.core

# What a desk on several machines needs besides: the extra `cluster`.
setup-cluster: $(VENV)/.cluster

test: $(VENV)/.test check
	$(PY) -m pytest -m "not long and not cluster" -n 4 --dist loadfile

# The suites that need servers: PostgreSQL, a pooler, S3, OpenSearch. Programs of the first two have to be installed, and
# Java and Maven for the last, whose jars are fetched; servers are started for the tests, on loopback. What is missing is
# told, and its tests are left out. What is asked of an engine is asked of OpenSearch 3 too, which needs Java 21.
test-cluster: $(VENV)/.test $(VENV)/.cluster
	-$(PY) -m tests.cluster.s3_server
	-$(PY) -m deploy.cluster.opensearch_nodes --fetch
	-$(PY) -m deploy.cluster.opensearch_nodes --fetch --series 2-secured
	-$(PY) -m deploy.cluster.opensearch_nodes --fetch --series 3
	$(PY) -m pytest -m "cluster and not long" -n 4 --dist loadfile
	OPENSEARCH_SERIES_OF_TESTS=3 $(PY) -m pytest tests/index/engines -m "cluster and not long" -n 4 --dist loadfile \
	    --ignore=tests/index/engines/opensearch/test_secured_servers.py

# Tests that keep nothing in a store.
WITHOUT_STORE := crawler/extraction crawler/http deploy index/engines model net search/languages search/query text

# All that `make test` runs, once more with the store on PostgreSQL.
test-on-postgresql: $(VENV)/.test $(VENV)/.cluster
	$(PY) -m tests.cluster.on_postgresql -m "not long and not cluster and not sqlite_files" -n 4 --dist loadfile \
	    $(addprefix --ignore=tests/,$(WITHOUT_STORE))

# The suites of search once more, with the store on PostgreSQL and the index on OpenSearch.
test-on-cluster: $(VENV)/.test $(VENV)/.cluster
	$(PY) -m tests.cluster.on_cluster tests/search -m "not long and not cluster and not sqlite_files" \
	    --ignore=tests/search/languages --ignore=tests/search/query

test-long: $(VENV)/.test
	$(PY) -m pytest -m "not cluster" --hypothesis-profile=searching

# Lines of the product's own code that the tests run, in all of its processes.
coverage: $(VENV)/.test
	$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest -m "not long and not cluster"
	$(PY) -m coverage combine --quiet
	$(PY) -m coverage report --skip-covered

check: $(VENV)/.test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

# dist/wiredesk-VERSION-py3-none-any.whl: `pip install` it anywhere.
wheel: $(VENV)/.test
	$(PY) -m hatchling build -t wheel

bench-setup: $(VENV)/.core locks/bench.txt
	$(UV_INSTALL) -r locks/bench.txt

lock: $(VENV)/.uv
	sh locks/compile.sh

$(VENV)/.uv: locks/uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Wiredesk needs Python 3.11 or newer; $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12 demo" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@touch $@

$(VENV)/.core: $(VENV)/.uv locks/core.txt
	$(UV_INSTALL) -r locks/core.txt
	@touch $@

$(VENV)/.cluster: $(VENV)/.core locks/cluster.txt
	$(UV_INSTALL) -r locks/cluster.txt
	@touch $@

$(VENV)/.test: $(VENV)/.core locks/test.txt
	$(UV_INSTALL) -r locks/test.txt
	@touch $@

clean:
	rm -rf $(VENV) data dist
