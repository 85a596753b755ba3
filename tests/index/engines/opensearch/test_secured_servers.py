"""The engine on servers with TLS, users and rights: what is refused is said in a sentence, and no secret with it."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("opensearchpy", reason="the extra cluster is not installed")

from index.engines.opensearch import OpenSearchEngine, OpenSearchSettings
from model.errors import EngineError, EngineTroubleError
from model.query import Everything, SearchRequest
from tests.cluster.secured_opensearch import CLUSTER_RIGHTS, SecuredOpenSearch, secured_opensearch
from tests.index.engines.opensearch.test_servers import story, write

pytestmark = pytest.mark.cluster

USER = "desk-of-tests"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredOpenSearch]:
    with secured_opensearch(tmp_path_factory.mktemp("secured")) as server:
        yield server


@pytest.fixture
def settings(server: SecuredOpenSearch, tmp_path: Path) -> OpenSearchSettings:
    """Those of a user who may do what the documentation says, with indexes of the desk's name alone."""
    name = f"secured-{abs(hash(tmp_path))}"
    password = server.put_user(USER, patterns=(name, f"{name}.*"))
    return OpenSearchSettings((server.host,), USER, password, server.ca_file, name=name)


def test_the_rights_that_are_asked_for_are_enough(settings: OpenSearchSettings) -> None:
    engine = OpenSearchEngine(settings)
    for name in ("one", "two"):
        engine.create(name)
        writer = engine.writer(name)
        writer.add([story(1), story(2, month=6)])
        writer.commit(2)
        engine.promote(name)
    engine.discard("one")
    reader = engine.reader()
    assert (reader.search(SearchRequest(Everything())).total, reader.checkpoint(), reader.segments()) == (2, 2, 2)
    assert sorted(reader.ids()) == [("s00001", 1), ("s00002", 1)]
    health = engine.health(thorough=True)
    assert (health.troubles, health.advice) == ((), ())
    assert {figure.name for figure in health.figures} >= {"status", "nodes", "disk_used_ratio", "documents"}


def wrong_password(settings: OpenSearchSettings, _: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, password="geheim-geheim")


def no_password(settings: OpenSearchSettings, _: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, username=None, password=None)


def unknown_authority(settings: OpenSearchSettings, _: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, ca_file=None)


def another_name(settings: OpenSearchSettings, server: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, hosts=(server.other_host,))


def without_tls(settings: OpenSearchSettings, server: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, hosts=(server.host.replace("https:", "http:"),))


def no_rights(settings: OpenSearchSettings, server: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, password=server.put_user(USER, indices=(), cluster=()))


def rights_elsewhere(settings: OpenSearchSettings, server: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, password=server.put_user(USER, patterns=("another.*",)))


def reads_only(settings: OpenSearchSettings, server: SecuredOpenSearch) -> OpenSearchSettings:
    return replace(settings, password=server.put_user(USER, indices=("read",), patterns=("*",)))


REFUSALS = {
    "wrong password": (wrong_password, "refuses index.username and index.password"),
    "no password": (no_password, "refuses index.username and index.password"),
    "certificate of an unknown authority": (unknown_authority, "is not trusted; index.ca_file names those that are"),
    "certificate of another name": (another_name, "is of another name; index.hosts has to call it by that"),
    "asked without TLS": (without_tls, "can't be reached: it ends connections unanswered (is it https://?)"),
    "no rights": (no_rights, "forbids the user of index.username to do this: cluster:monitor/main"),
    "rights on other indexes": (rights_elsewhere, "forbids the user of index.username to do this: indices:admin/"),
    "reads only": (reads_only, "forbids the user of index.username to do this: indices:admin/"),
}
Refusal = Callable[[OpenSearchSettings, SecuredOpenSearch], OpenSearchSettings]


@pytest.mark.parametrize(("changed", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
def test_each_refusal_is_a_sentence_without_secrets(
    server: SecuredOpenSearch,
    settings: OpenSearchSettings,
    changed: Refusal,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    changed_settings = changed(settings, server)
    engine = OpenSearchEngine(changed_settings)
    with pytest.raises(EngineTroubleError) as caught:
        engine.create("one")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    for text in (str(caught.value), caplog.text, repr(changed_settings)):
        assert "geheim" not in text
        assert str(settings.password) not in text
    assert USER not in str(caught.value)


def test_tls_asked_of_a_server_without_is_told(opensearch_server: str) -> None:
    engine = OpenSearchEngine(OpenSearchSettings((opensearch_server.replace("http:", "https:"),)))
    with pytest.raises(EngineTroubleError, match=r"answers without TLS; index\.hosts has to name it http://"):
        engine.live()


def test_a_lacking_right_is_told_before_it_is_needed(server: SecuredOpenSearch, settings: OpenSearchSettings) -> None:
    engine = OpenSearchEngine(settings)
    engine.create("one")
    write(engine, story(1), checkpoint=1)
    engine.promote("one")
    looks = ("indices:admin/aliases/get", "indices:admin/mappings/get", "indices:monitor/stats", "read")
    server.put_user(USER, indices=looks, cluster=(*CLUSTER_RIGHTS[:1], "cluster:monitor/main"))
    health = OpenSearchEngine(settings).health(thorough=True)
    assert [trouble.split(":")[0] for trouble in health.troubles] == [
        "the desk's user can't make indexes",
        "the desk's user can't write",
    ]
    assert sum("does not grant the desk's user cluster_monitor" in advice for advice in health.advice) == 3
    assert {figure.name for figure in health.figures} == {"bytes", "documents"}
    assert engine.reader().count() == 1


def test_a_password_that_changes_is_read_anew(
    server: SecuredOpenSearch, settings: OpenSearchSettings, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{settings.password}\n")
    engine = OpenSearchEngine(replace(settings, password=None, password_file=file))
    engine.create("one")
    write(engine, story(1), checkpoint=1)
    pattern = (settings.name, f"{settings.name}.*")
    new = server.put_user(USER, "another-Horse-7-battery", patterns=pattern)
    with pytest.raises(EngineTroubleError, match=r"refuses index\.username and index\.password"):
        write(engine, story(2), checkpoint=2)
    file.write_text(new)
    write(engine, story(2), checkpoint=2)
    assert engine.reader("one").count() == 2
    file.unlink()
    assert engine.reader("one").count() == 2
    server.put_user(USER, "a-third-Horse-5-battery", patterns=pattern)
    with pytest.raises(EngineError, match=r"index\.password_file: .* can't be read"):
        engine.reader("one").count()


def test_certificates_that_change_are_read_anew(
    server: SecuredOpenSearch, settings: OpenSearchSettings, tmp_path: Path
) -> None:
    import trustme

    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    engine = OpenSearchEngine(replace(settings, ca_file=file))
    with pytest.raises(EngineTroubleError, match="is not trusted"):
        engine.create("one")
    file.write_bytes(server.ca_file.read_bytes())
    engine.create("one")
    assert list(engine.names()) == ["one"]
