"""Withdrawn stories say when, why and with what words: in the API, on their page, in exports, and as tombstones."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from lxml import etree

from model.story import Withdrawal
from net.urls import canonical_url
from search.web.tombstones import FORGOTTEN_FOR

ATOM = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}
AT = datetime(2013, 1, 20, 9, 30, tzinfo=UTC)
NOTICE = Withdrawal(
    kind="kill_notice",
    reason="a kill notice names the story",
    headline="MANDATORY KILL: Old harbour bridge reopens after repairs",
    text=("Editors please kill the story <b>bridge</b> & use nothing of it.",),
    url="https://desk.example/notices/1",
    story_id="notice-1",
)


def kill(desk: Any, key: str, at: datetime = AT) -> str:
    story_id: str = desk.ids[key]
    assert desk.store.stories.set_status(story_id, "withdrawn", at, NOTICE)
    desk.index_changes()
    return story_id


def tombstones(client: httpx.Client, **parameters: str) -> dict[str, etree._Element]:
    feed = etree.fromstring(client.get("/feed.atom", params=parameters).content)
    etree.RelaxNG(file=Path(__file__).with_name("atom.rng")).assertValid(feed)
    return {deleted.attrib["ref"]: deleted for deleted in feed.iterfind("at:deleted-entry", ATOM)}


def entries(client: httpx.Client, **parameters: str) -> list[str]:
    feed = etree.fromstring(client.get("/feed.atom", params=parameters).content)
    return [str(entry) for entry in feed.xpath("a:entry/a:id/text()", namespaces=ATOM)]


def test_a_killed_story_has_a_tombstone_in_the_feeds_that_it_would_be_in(
    own_desk: Any, own_client: httpx.Client
) -> None:
    entry_id = f"urn:wiredesk:story:{own_desk.ids['bridge']}"
    assert entry_id in entries(own_client, q="rivet")
    story_id = kill(own_desk, "bridge")
    assert entry_id not in entries(own_client, q="rivet")
    deleted = tombstones(own_client, q="rivet")[entry_id]
    assert deleted.attrib["when"] == "2013-01-20T09:30:00Z"
    comment = str(deleted.findtext("at:comment", namespaces=ATOM))
    for words in (NOTICE.reason, NOTICE.headline, *NOTICE.text):
        assert str(words) in comment
    link = deleted.find("a:link", ATOM)
    assert link is not None
    assert link.attrib["href"].endswith(f"/story/{story_id}")
    feed = etree.fromstring(own_client.get("/feed.atom", params={"q": "rivet"}).content)
    assert feed.findtext("a:updated", namespaces=ATOM) == "2013-01-20T09:30:00Z"
    for other in ("kraken", "source:courier", "-rivet"):
        assert entry_id not in tombstones(own_client, q=other)
    assert entry_id in tombstones(own_client, source="herald")
    assert entry_id not in tombstones(own_client, after="2013-02-01")


def test_a_feed_of_withdrawn_stories_deletes_none_of_them(own_desk: Any, own_client: httpx.Client) -> None:
    story_id = kill(own_desk, "bridge")
    assert f"urn:wiredesk:story:{story_id}" in entries(own_client, q="is:withdrawn")
    assert tombstones(own_client, q="is:withdrawn") == {}


def test_a_story_that_returns_is_newer_than_its_tombstone(own_desk: Any, own_client: httpx.Client) -> None:
    story_id = kill(own_desk, "bridge")
    assert own_desk.store.stories.set_status(story_id, "live", AT + timedelta(days=1))
    own_desk.index_changes()
    assert tombstones(own_client, q="rivet") == {}
    feed = etree.fromstring(own_client.get("/feed.atom", params={"q": "rivet"}).content)
    assert feed.findtext("a:entry/a:updated", namespaces=ATOM) == "2013-01-21T09:30:00Z"
    page = own_client.get(f"/story/{story_id}").text
    assert "was withdrawn and has returned" in page
    assert "use nothing of it" in page
    answer = own_client.get(f"/api/stories/{story_id}/versions").json()
    [past] = answer["withdrawals"]
    assert (past["withdrawn_at"], past["restored_at"]) == ("2013-01-20T09:30:00Z", "2013-01-21T09:30:00Z")
    assert past["text"] == list(NOTICE.text)


def test_a_forgotten_story_has_a_tombstone_of_its_id_alone(own_desk: Any, own_client: httpx.Client) -> None:
    story_id = own_desk.ids["strike"]
    doomed = own_desk.store.forgotten.find(story_id, canonical=canonical_url)
    now = datetime.now(UTC)
    own_desk.store.forgotten.remove(doomed, now=now)
    own_desk.index_changes()
    for parameters in ({"q": "ferry"}, {"q": "zzzzzz"}):
        deleted = tombstones(own_client, **parameters)[f"urn:wiredesk:story:{story_id}"]
        assert [*deleted] == []
    reader = own_desk.store.forgotten
    assert reader.removals(now - FORGOTTEN_FOR, 50) == [(story_id, now)]
    assert reader.removals(now + timedelta(seconds=1), 50) == []


def test_the_story_says_when_why_and_with_what_words(own_desk: Any, own_client: httpx.Client) -> None:
    story_id = kill(own_desk, "bridge")
    story = own_client.get(f"/api/stories/{story_id}").json()
    assert (story["status"], story["withdrawn_at"]) == ("withdrawn", "2013-01-20T09:30:00Z")
    assert story["withdrawal"] == {
        "withdrawn_at": "2013-01-20T09:30:00Z",
        "restored_at": None,
        "kind": "kill_notice",
        "reason": "a kill notice names the story",
        "headline": "MANDATORY KILL: Old harbour bridge reopens after repairs",
        "text": ["Editors please kill the story <b>bridge</b> & use nothing of it."],
        "url": "https://desk.example/notices/1",
        "story_id": "notice-1",
    }
    page = own_client.get(f"/story/{story_id}").text
    assert "Withdrawn <time" in page
    assert "20 Jan 2013, 09:30 UTC" in page
    assert "&lt;b&gt;bridge&lt;/b&gt; &amp; use nothing of it." in page
    assert '<a href="/story/notice-1">Read the notice</a>' in page
    for q in ("status:withdrawn rivet", "is:withdrawn rivet"):
        [hit] = own_client.get("/api/search", params={"q": q}).json()["hits"]
        assert (hit["id"], hit["withdrawn_at"]) == (story_id, "2013-01-20T09:30:00Z")
    assert own_client.get("/api/search", params={"q": "status:live rivet"}).json()["total"] == 0


def test_exports_hold_it(own_desk: Any, own_client: httpx.Client) -> None:
    story_id = kill(own_desk, "bridge")
    asked = {"q": "is:withdrawn rivet"}
    line = json.loads(own_client.get("/api/export", params=asked).text)
    assert (line["id"], line["withdrawal"]["text"]) == (story_id, list(NOTICE.text))
    header, row = csv.reader(io.StringIO(own_client.get("/api/export", params={**asked, "format": "csv"}).text))
    cells = dict(zip(header, row, strict=True))
    assert cells["withdrawn_at"] == "2013-01-20T09:30:00Z"
    assert cells["withdrawal"].splitlines() == [NOTICE.reason, NOTICE.headline, *NOTICE.text]
