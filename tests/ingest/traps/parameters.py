"""Traps of query parameters and of further paths: one page many times, or many pages at one path."""

from dataclasses import replace
from datetime import timedelta

from tests.crawler.recheck_pages import Told
from tests.ingest.traps.stage import Stage, item_of


def tracked(stage: Stage) -> None:
    """Campaign and share parameters on one page."""
    queries = ("utm_source=a&utm_medium=rss", "fbclid=1", "at_campaign=x", "cmp=social")
    _same_page(stage, queries)


def unknown(stage: Stage) -> None:
    """Parameters that nobody knows, and that change nothing."""
    queries = (("from=archive", "cmpx=a"), ("edition=2", "pos=3"), ("rel=top", "rank=5"))[stage.setting.number % 3]
    _same_page(stage, queries)


def perhaps_tracking(stage: Stage) -> None:
    """Parameters that follow readers on most sites, and change nothing here."""
    queries = (("cmp=a", "feature=b"), ("at_x=1&wt_y=2", "ref=rss"), ("ns_source=a", "cx_c=3&ico=b"))
    _same_page(stage, queries[stage.setting.number % 3])


def perhaps_tracking_picks(stage: Stage) -> None:
    """/watch?feature=1 to 5 are five stories, under one headline, too; /watch is the first of them, or another."""
    name = ("feature", "cmp", "at_id")[stage.setting.number % 3]
    stories = stage.stories(5)
    for number, told in enumerate(stories, 1):
        address = stage.url(f"/watch?{name}={number}")
        stage.show(address, told, canonical=None)
        stage.expect(told, address)
    if stage.setting.number % 2:
        other = stage.newsroom.story()
        stage.show(stage.url("/watch"), other, canonical=None)
        stage.expect(other, stage.url("/watch"))
    stage.publish([item_of(true.at[0], true.tellings[0]) for true in stage.true_stories])
    stage.look_again()


def numbered_script(stage: Stage) -> None:
    """/story.php?id=1 to 5 are five stories, under one headline, too."""
    stories = stage.stories(5)
    for number, told in enumerate(stories, 1):
        address = stage.url(f"/story.php?id={number}")
        stage.show(address, told)
        stage.expect(told, address)
    guid = "story" if stage.setting.number % 2 else None
    stage.publish([item_of(true.at[0], true.tellings[0], guid) for true in stage.true_stories])
    stage.look_again()


def days_of_a_forecast(stage: Stage) -> None:
    """One headline, much the same text, one path: the dates tell the days apart."""
    first = stage.newsroom.story("Weather")
    for number in range(4):
        day = first.published_at - timedelta(days=number)
        told = replace(first, published_at=day, paragraphs=(*stage.newsroom.paragraphs(), *first.paragraphs))
        address = stage.url(f"/weather?date={day:%Y-%m-%d}")
        stage.show(address, told)
        stage.expect(told, address)
    stage.publish([item_of(true.at[0], true.tellings[0]) for true in stage.true_stories])
    stage.look_again()


def second_page(stage: Stage) -> None:
    """A story of two pages under one headline; the second names the first as its canonical, or nothing."""
    told = stage.newsroom.story()
    further = replace(told, paragraphs=stage.newsroom.paragraphs())
    first, second = stage.url(told), f"{stage.url(told)}?page=2"
    stage.show(first, told)
    stage.show(second, further, canonical=first if stage.setting.canonical else None)
    stage.publish([item_of(first, told), item_of(second, further)])
    stage.look_again()
    stage.expect((further, told), (first, second), split="second-page")


def print_parameter(stage: Stage) -> None:
    """The same page for the printer, bare of all that stands around it."""
    told = stage.newsroom.story()
    own, printed = stage.url(told), f"{stage.url(told)}?print=1"
    stage.show(own, told)
    stage.show(printed, told, canonical=own if stage.setting.canonical else None, template="bare")
    stage.publish([item_of(own, told), item_of(printed, told)])
    stage.look_again()
    stage.expect(told, (own, printed))


def print_path(stage: Stage) -> None:
    """The same under a path of its own, with a canonical link and without."""
    told = stage.newsroom.story()
    _two_paths(stage, f"/print/world/{told.slug}", told, template="bare")


def two_sections(stage: Stage) -> None:
    """One page under two sections, with a canonical link and without."""
    told = stage.newsroom.story()
    _two_paths(stage, f"/news/{told.slug}", told, template="classic")


def _two_paths(stage: Stage, path: str, told: Told, template: str) -> None:
    own, further = stage.url(told), stage.url(path)
    canonical = own if stage.setting.canonical else None
    stage.show(own, told, canonical=canonical)
    stage.show(further, told, canonical=canonical, template=template)
    stage.publish([item_of(own, told), item_of(further, told)])
    stage.look_again()
    stage.expect(told, (own, further), split=None if canonical else "nothing-names-the-other")


def _same_page(stage: Stage, queries: tuple[str, ...]) -> None:
    told, other = (stage.newsroom.story() for _ in range(2))
    own = stage.url(told)
    addresses = [own, *(f"{own}?{query}" for query in queries)]
    for address in addresses:
        stage.show(address, told, canonical=None)
    stage.show(stage.url(other), other)
    items = [item_of(address, told) for address in addresses]
    for shown in [items[:1], items[1:]] if stage.setting.slowly else [items]:
        stage.announce([*shown, item_of(stage.url(other), other)])
        stage.round(2.0)
    stage.look_again()
    stage.expect(told, own, urls=addresses[1:])
    stage.expect(other, stage.url(other))


TRAPS = {
    "tracked": (tracked, 4),
    "unknown": (unknown, 6),
    "perhaps-tracking": (perhaps_tracking, 6),
    "perhaps-tracking-picks": (perhaps_tracking_picks, 6),
    "numbered-script": (numbered_script, 6),
    "days-of-a-forecast": (days_of_a_forecast, 4),
    "second-page": (second_page, 4),
    "print-parameter": (print_parameter, 4),
    "print-path": (print_path, 4),
    "two-sections": (two_sections, 4),
}
