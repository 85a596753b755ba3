"""Examples of deployments: valid by their own schemas, and nothing in them that Wiredesk does not know."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from config import ENVIRONMENT_PREFIX, load_config
from run import main

ROOT = Path(__file__).parent.parent.parent
COMPOSE = sorted((ROOT / "deploy").glob("compose*.yaml"))
KUBERNETES = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
VALUES = {
    # Secrets are given as files and variables of the reader's own.
    "WIREDESK_SEARCH__API_KEYS": "a-key-of-the-tests",
}


def read(path: Path) -> list[Any]:
    return [document for document in YAML(typ="safe").load_all(path.read_text(encoding="utf-8")) if document]


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """All mappings inside a document."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from mappings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mappings(inner)


def manifests(kind: str) -> list[Any]:
    return [document for path in KUBERNETES for document in read(path) if document["kind"] == kind]


def services() -> dict[str, Any]:
    (document,) = read(ROOT / "deploy" / "compose.cluster.yaml")
    return dict(document["services"])


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_a_compose_file_keeps_to_the_schema(path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", KUBERNETES, ids=lambda path: path.name)
def test_a_manifest_keeps_to_the_schemas(path: Path) -> None:
    import kubernetes_validate

    for document in read(path):
        kubernetes_validate.validate(document, "1.31", strict=True)


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_the_variables_of_a_compose_file_are_a_configuration(path: Path, tmp_path: Path) -> None:
    (document,) = read(path)
    (tmp_path / "config.yaml").write_text("")
    found = 0
    for service in document["services"].values():
        given = service.get("environment") or {}
        variables = {name: value for name, value in given.items() if name.startswith(ENVIRONMENT_PREFIX)}
        load_config(tmp_path / "config.yaml", {**variables, **VALUES})
        found += len(variables)
    assert found


def test_the_configuration_of_the_manifests_is_one(tmp_path: Path) -> None:
    (config_map,) = manifests("ConfigMap")
    (tmp_path / "config.yaml").write_text(config_map["data"]["config.yaml"])
    names = {
        variable["name"]
        for document in manifests("Deployment")
        for found in mappings(document)
        for variable in found.get("env", ())
    }
    config = load_config(tmp_path / "config.yaml", {name: VALUES[name] for name in names})
    assert (config.index.engine, len(config.index.hosts)) == ("opensearch", 3)
    assert config.store.url_file == Path("/run/secrets/wiredesk/store_url")


def test_the_variables_of_secrets_are_keys_of_the_configuration(tmp_path: Path) -> None:
    head = (ROOT / "deploy" / "compose.cluster.yaml").read_text(encoding="utf-8")
    named = set(re.findall(rf"{ENVIRONMENT_PREFIX}\w+", head))
    (tmp_path / "config.yaml").write_text("")
    known = {name for service in services().values() for name in service.get("environment") or {}}
    assert named - known == set(VALUES)


def test_commands_are_commands_of_the_program() -> None:
    ours = [service for service in services().values() if service["image"] == "wiredesk"]
    named = [service["command"][0] for service in ours]
    pods = [*manifests("Deployment"), *manifests("Job")]
    arguments = [found["args"] for document in pods for found in mappings(document) if "args" in found]
    assert sorted(named) == ["schedule"] * 3 + ["serve"] * 2
    for name in (*named, *(given[2] for given in arguments)):
        assert name in main.commands


def test_files_of_secrets_are_where_the_configuration_looks() -> None:
    (config_map,) = manifests("ConfigMap")
    (secret,) = manifests("Secret")
    named = set(re.findall(r"/run/secrets/wiredesk/(\w+)", config_map["data"]["config.yaml"]))
    for document in [*manifests("Deployment"), *manifests("Job")]:
        items = {item["path"] for found in mappings(document) for item in found.get("items", ())}
        assert named == items
        assert items <= set(secret["stringData"])
    for service in services().values():
        wanted = {
            value.removeprefix("/run/secrets/")
            for value in (service.get("environment") or {}).values()
            if str(value).startswith("/run/secrets/")
        }
        assert wanted == set(service.get("secrets", ()))


def test_services_select_what_is_there_and_hosts_are_pods() -> None:
    pods = {
        document["metadata"]["name"]: document["spec"]["template"]["metadata"]["labels"]
        for kind in ("Deployment", "StatefulSet")
        for document in manifests(kind)
    }
    for document in manifests("Service"):
        assert document["spec"]["selector"].items() <= pods[document["metadata"]["name"]].items()
    (config_map,) = manifests("ConfigMap")
    assert re.findall(r"http://(opensearch-\d)\.opensearch:9200", config_map["data"]["config.yaml"]) == [
        f"opensearch-{number}" for number in range(3)
    ]
    hosts = services()["web-1"]["environment"]["WIREDESK_INDEX__HOSTS"]
    for host in re.findall(r"http://([\w-]+):9200", hosts):
        assert host in services()


@pytest.mark.parametrize("where", ["compose", "kubernetes"])
def test_nodes_have_the_settings_that_are_recommended(where: str) -> None:
    pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")
    from index.engines.opensearch.health import CLAUSES, MOST_CLAUSES, REWRITE

    if where == "compose":
        nodes = [service["environment"] for name, service in services().items() if name.startswith("opensearch")]
    else:
        (nodes_of,) = (found for found in manifests("StatefulSet") if found["metadata"]["name"] == "opensearch")
        (container,) = nodes_of["spec"]["template"]["spec"]["containers"]
        nodes = [{variable["name"]: variable.get("value") for variable in container["env"]}]
    for node in nodes:
        assert (node[CLAUSES], node[REWRITE]) == (str(MOST_CLAUSES), "0")


def test_every_example_says_that_it_is_one() -> None:
    for path in (ROOT / "deploy" / "compose.cluster.yaml", ROOT / "deploy" / "kubernetes" / "config.yaml"):
        assert re.search(r"\ban example", path.read_text(encoding="utf-8"), re.IGNORECASE)
