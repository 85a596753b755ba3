"""Traps of addresses that show one thing today and another tomorrow."""

from datetime import timedelta

from tests.crawler.fault_server import NOT_FOUND, answer
from tests.crawler.recheck_pages import CHALLENGES, CONSENT_WALLS, NO_STORIES, Told, paywall
from tests.ingest.traps.ids import expect_each, shown_at_home
from tests.ingest.traps.stage import Item, Stage, item_of
from tests.ingest.traps.worlds import NOW

_PATHS = ("/live", "/briefing", "/latest")


def announced(stage: Stage) -> None:
    """Each day another story at one address, and the feed announces its title."""
    days, address = _days(stage), stage.url(_PATHS[stage.setting.number % 3])
    for number, told in enumerate(days):
        stage.show(address, told)
        guid = (None, address, f"day-{number}")[stage.setting.number % 3]
        stage.feed([item_of(address, told, guid)])
        stage.round(24.0 if number else 0.0)
    stage.look_again()
    _expect_days(stage, days, address)


def unannounced(stage: Stage) -> None:
    """Each day another story at one address; the feed says the same each day, or has no title; some have no date."""
    days, address = _days(stage), stage.url(_PATHS[stage.setting.number % 3])
    stage.feed([Item(address, None if stage.setting.canonical else "Live")])
    template = "classic" if stage.setting.short else ("classic", "bare")[stage.setting.backwards]
    for number, told in enumerate(days):
        stage.show(address, told, template=template)
        stage.round(24.0 if number else 0.0)
        stage.round(1.5)
    stage.look_again()
    _expect_days(stage, days, address)


def moved_to_the_archive(stage: Stage) -> None:
    """Yesterday's story gets an address of its own under its guid, today's stands where it stood."""
    days, address = _days(stage), stage.url(_PATHS[stage.setting.number % 3])
    for number, told in enumerate(days):
        stage.show(address, told, canonical=None)
        items = [item_of(address, told, f"day-{number}")]
        items += [item_of(stage.url(t), t, f"day-{n}") for n, t in enumerate(days[:number])]
        for before in days[:number]:
            stage.show(stage.url(before), before, canonical=None)
        stage.announce(items)
        stage.round(24.0 if number else 0.0)
    stage.look_again()
    for told in days[:-1]:
        stage.expect(told, stage.url(told), urls=(address,))
    stage.expect(days[-1], address)


def names_its_permanent_address(stage: Stage) -> None:
    """One address shows each day's story, whose canonical link names its permanent page."""
    days, address = _days(stage), stage.url(_PATHS[stage.setting.number % 3])
    for number, told in enumerate(days):
        stage.show(address, told, canonical=stage.url(told))
        stage.show(stage.url(told), told, canonical=stage.url(told))
        items = [item_of(address, told)]
        items += [] if stage.setting.short else [item_of(stage.url(t), t) for t in days[: number + 1]]
        stage.announce(items)
        stage.round(24.0 if number else 0.0)
    stage.look_again()
    for told in days[:-1]:
        stage.expect(told, stage.url(told), urls=(address,))
    stage.expect(days[-1], (stage.url(days[-1]), address))


def broken_between(stage: Stage) -> None:
    """An address shows an error, a wall or half a page between two looks, and then its story again."""
    told, *others = stage.stories(3)
    between = (
        NOT_FOUND,
        answer(b"", "500 Oops"),
        answer(NO_STORIES[1]),
        answer(CONSENT_WALLS[stage.setting.short]),
        answer(CHALLENGES[stage.setting.short]),
        answer(NO_STORIES[0]),
        answer(paywall(told, 0.3)),
    )
    stage.publish([item_of(stage.url(shown_at_home(stage, t)), t, f"g-{t.slug}") for t in (told, *others)])
    stage.site[stage.url(told)] = between[stage.setting.number % 7]
    stage.round(2.0)
    stage.round(1.0 if stage.setting.backwards else 4.0)
    shown_at_home(stage, told)
    stage.round(13.0)
    stage.round(25.0)
    expect_each(stage, [told, *others])


def flash_that_grows(stage: Stage) -> None:
    """A sentence under a headline of its own becomes a whole story under another."""
    told, other = stage.stories(2)
    flash = stage.newsroom.flash(told)
    for shown in (flash, told):
        stage.show(stage.url(told), shown)
        shown_at_home(stage, other)
        stage.announce([item_of(stage.url(t), t, f"g-{t.slug}") for t in (shown, other)])
        stage.round(1.0)
    stage.look_again()
    stage.expect((flash, told), stage.url(told), versions=2)
    stage.expect(other, stage.url(other))


def rewritten(stage: Stage) -> None:
    """Half a headline and a sentence stay, or no word, but the date of publication does: one story, two versions."""
    told, other = stage.newsroom.story(), stage.newsroom.story()
    anew = stage.newsroom.rewritten(told, keeps=stage.setting.number % 2 == 0)
    for shown in (told, anew):
        stage.show(stage.url(told), shown)
        shown_at_home(stage, other)
        title = told if stage.setting.backwards else shown
        stage.announce([item_of(stage.url(told), title, f"g-{told.slug}"), item_of(stage.url(other), other)])
        stage.round(1.0)
    stage.look_again()
    stage.expect((told, anew), stage.url(told), versions=2)
    stage.expect(other, stage.url(other))


def _days(stage: Stage) -> list[Told]:
    """Three stories, each published an hour before it is seen."""
    return [stage.newsroom.story(hours_ago=1 - 24 * number) for number in range(3)]


def _expect_days(stage: Stage, days: list[Told], address: str) -> None:
    for told in days[:-1]:
        stage.expect(told, (), urls=(address,))
    stage.expect(days[-1], address)
    assert days[-1].published_at == NOW + timedelta(hours=47)


TRAPS = {
    "announced": (announced, 6),
    "unannounced": (unannounced, 6),
    "moved-to-the-archive": (moved_to_the_archive, 4),
    "names-its-permanent-address": (names_its_permanent_address, 6),
    "broken-between": (broken_between, 7),
    "flash-that-grows": (flash_that_grows, 5),
    "rewritten": (rewritten, 6),
}
