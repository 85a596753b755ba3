"""Traps of publishers' ids: guids and identifiers that are on many stories, change, come back or move with a story."""

from collections.abc import Sequence
from dataclasses import replace

from tests.crawler.fault_server import NOT_FOUND, redirect
from tests.crawler.recheck_pages import Told
from tests.ingest.traps.stage import Item, Stage, item_of


def two_feeds_that_number(stage: Stage) -> None:
    """Each section's feed numbers its items from 1 on."""
    sections = {name: stage.stories(5) for name in ("world", "sport")}
    for count in (3, 5) if stage.setting.slowly else (5,):
        for name, stories in sections.items():
            items = [
                item_of(stage.url(shown_at_home(stage, told)), told, str(n))
                for n, told in enumerate(stories[:count], 1)
            ]
            stage.feed(reversed(items) if stage.setting.backwards else items, name)
        stage.round(1.0)
    stage.look_again()
    expect_each(stage, [told for stories in sections.values() for told in stories])


def numbers_by_place(stage: Stage) -> None:
    """The newest item is always number 1: each id moves on to other stories."""
    stories = stage.stories(8)
    for count in (4, 6, 8):
        shown = list(reversed(stories[:count]))[:5]
        stage.announce(
            [item_of(stage.url(shown_at_home(stage, told)), told, f"item-{n}") for n, told in enumerate(shown)]
        )
        stage.round(3.0)
    stage.look_again()
    expect_each(stage, stories)


def one_guid_on_all(stage: Stage) -> None:
    """All items have the guid "0", the home page's address, or the feed's."""
    guids = ("0", f"http://www.{stage.domain}/", f"http://feeds.{stage.domain}/paper-all.xml")
    stories = stage.stories(6)
    guid = guids[stage.setting.number % 3]
    stage.publish([item_of(stage.url(shown_at_home(stage, told)), told, guid) for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def guid_reused_later(stage: Stage) -> None:
    """Each day's story takes the guid of the day before."""
    stories = stage.stories(4)
    for told in stories:
        stage.announce([item_of(stage.url(shown_at_home(stage, told)), told, "top-story")])
        stage.round(20.0)
    stage.look_again()
    expect_each(stage, stories)


def guid_that_changes(stage: Stage) -> None:
    """One address has another guid each time; one story is corrected meanwhile."""
    stories = stage.stories(3)
    corrected = stage.newsroom.corrected(stories[0])
    for number in range(3):
        shown = [corrected if number else stories[0], *stories[1:]]
        stage.announce([item_of(stage.url(shown_at_home(stage, t)), t, f"{number}-{n}") for n, t in enumerate(shown)])
        stage.round(3.0)
    stage.expect((stories[0], corrected), stage.url(corrected), versions=2)
    expect_each(stage, stories[1:])


def one_identifier_on_all(stage: Stage) -> None:
    """JSON-LD names the same identifier on every page: a number, a property's value, or the site's name."""
    identifiers: Sequence[object] = ("1", {"@type": "PropertyValue", "name": "id", "value": "daily"}, "The Daily Paper")
    stories = stage.stories(6)
    for told in stories:
        stage.show(stage.url(told), told, identifier=identifiers[stage.setting.number % 3])
    stage.publish([item_of(stage.url(told), told) for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def one_guid_two_addresses(stage: Stage) -> None:
    """Two feeds of one source announce a story under one guid at two addresses."""
    stories = stage.stories(3)
    copies = [stage.url(f"/sport/{told.slug}") for told in stories]
    for told, copy in zip(stories, copies, strict=True):
        stage.show(stage.url(told), told, canonical=None)
        stage.show(copy, told, canonical=None)
    guids = [f"guid-{told.slug}" for told in stories]
    stage.feed([item_of(stage.url(t), t, g) for t, g in zip(stories, guids, strict=True)], "world")
    if stage.setting.slowly:
        stage.round()
    stage.feed([item_of(u, t, g) for u, t, g in zip(copies, stories, guids, strict=True)], "sport")
    stage.round(1.0)
    stage.look_again()
    for told, copy in zip(stories, copies, strict=True):
        stage.expect(told, (stage.url(told), copy))


def moved(stage: Stage) -> None:
    """A story gets another address under its guid, with a corrected text, a new headline, or both."""
    told, other = stage.stories(2)
    after = _changed(stage, told)
    old, new = stage.url(told), stage.url(f"/world/moved-{told.slug}")
    _first_look(stage, told, other)
    stage.site[old] = redirect(new, "301 Moved Permanently") if stage.setting.backwards else NOT_FOUND
    stage.show(new, after)
    stage.announce([item_of(new, after, f"g-{told.slug}"), item_of(stage.url(other), other, f"g-{other.slug}")])
    stage.round(2.0)
    stage.look_again()
    stage.expect((told, after), new, versions=2, urls=(old,))
    stage.expect(other, stage.url(other))


def moved_and_left_behind(stage: Stage) -> None:
    """As above, but the old address goes on to tell the old story: it must not change to and fro."""
    told, other = stage.stories(2)
    after = _changed(stage, told)
    old, new = stage.url(told), stage.url(f"/world/moved-{told.slug}")
    _first_look(stage, told, other)
    stage.show(new, after)
    stage.announce([item_of(new, after, f"g-{told.slug}"), item_of(stage.url(other), other, f"g-{other.slug}")])
    for wait in (2.0, 3.0, 8.0):
        stage.round(wait)
    stage.expect((told, after), (old, new), versions=(1, 2), ends=(told, after))
    stage.expect(other, stage.url(other))


def one_guid_in_two_sources(stage: Stage) -> None:
    """Two papers number their items alike."""
    for paper in ("paper", "herald"):
        stories = stage.stories(4)
        host = f"www.{paper}-{stage.domain}"
        for told in stories:
            stage.show(stage.url(told, host), told)
        stage.feed([item_of(stage.url(t, host), t, str(n)) for n, t in enumerate(stories)], source=paper)
        for told in stories:
            stage.expect(told, stage.url(told, host))
    stage.round()
    stage.look_again()


def one_identifier_two_addresses(stage: Stage) -> None:
    """JSON-LD says that pages at two addresses are one story; the feed has no guids."""
    stories = stage.stories(3)
    pairs = [(stage.url(told), stage.url(f"/sport/{told.slug}")) for told in stories]
    for told, addresses in zip(stories, pairs, strict=True):
        for address in addresses:
            stage.show(address, told, canonical=None, identifier=f"id-{told.slug}")
    stage.publish([item_of(a, t) for t, addresses in zip(stories, pairs, strict=True) for a in addresses])
    stage.look_again()
    for told, addresses in zip(stories, pairs, strict=True):
        stage.expect(told, addresses)


def background_in_common(stage: Stage) -> None:
    """Reports of one affair end with one paragraph of background; one guid, and one canonical link, are on all."""
    stories = stage.stories(5)
    background = stage.newsroom.sentence() if stage.setting.short else stage.newsroom.paragraphs()[0]
    named = stage.url(stories[2]) if stage.setting.canonical else None
    stories = [replace(told, paragraphs=(*told.paragraphs, background)) for told in stories]
    for told in stories:
        stage.show(stage.url(told), told, canonical=named)
    stage.publish([item_of(stage.url(told), told, "affair") for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def shown_at_home(stage: Stage, told: Told) -> Told:
    """Show a story at its own address, and name it."""
    return stage.show(stage.url(told), told)


def expect_each(stage: Stage, stories: Sequence[Told]) -> None:
    """Each is a story of its own at its own address, with one version."""
    for told in stories:
        stage.expect(told, stage.url(told))


def _first_look(stage: Stage, *stories: Told) -> None:
    items: list[Item] = [item_of(stage.url(shown_at_home(stage, told)), told, f"g-{told.slug}") for told in stories]
    stage.announce(items)
    stage.round()


def _changed(stage: Stage, told: Told) -> Told:
    room = stage.newsroom
    return (room.corrected, room.retitled, lambda t: room.retitled(room.corrected(t)))[stage.setting.number % 3](told)


TRAPS = {
    "two-feeds-that-number": (two_feeds_that_number, 6),
    "numbers-by-place": (numbers_by_place, 5),
    "one-guid-on-all": (one_guid_on_all, 6),
    "guid-reused-later": (guid_reused_later, 5),
    "guid-that-changes": (guid_that_changes, 4),
    "one-identifier-on-all": (one_identifier_on_all, 6),
    "one-guid-two-addresses": (one_guid_two_addresses, 4),
    "moved": (moved, 6),
    "moved-and-left-behind": (moved_and_left_behind, 3),
    "background-in-common": (background_in_common, 6),
    "one-guid-in-two-sources": (one_guid_in_two_sources, 4),
    "one-identifier-two-addresses": (one_identifier_two_addresses, 3),
}
