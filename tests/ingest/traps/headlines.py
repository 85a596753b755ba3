"""Traps of headlines in common: under one name, in one paper or two, stand different stories, or one."""

from tests.ingest.traps.ids import expect_each
from tests.ingest.traps.stage import Stage, item_of


def one_headline_on_many(stage: Stage) -> None:
    """Many addresses say "Morning briefing" of different texts, with guids of their own, without, and with one."""
    stories = [stage.newsroom.story(stage.common) for _ in range(5)]
    for told in stories:
        stage.show(stage.url(told), told)
    guids = [(None, f"g-{told.slug}", stage.common)[stage.setting.number % 3] for told in stories]
    stage.publish([item_of(stage.url(told), told, guid) for told, guid in zip(stories, guids, strict=True)])
    stage.look_again()
    expect_each(stage, stories)


def one_headline_in_two_papers(stage: Stage) -> None:
    """Two papers have a column of one name at one path, under one guid."""
    hosts = (f"www.{stage.domain}", f"www.herald-{stage.domain}")
    for source, host in zip(("paper", "herald"), hosts, strict=True):
        stories = [stage.newsroom.story(stage.common) for _ in range(3)]
        for number, told in enumerate(stories):
            stage.show(stage.url(f"/columns/the-daily-column-of-day-{number}", host), told)
        addresses = [stage.url(f"/columns/the-daily-column-of-day-{number}", host) for number in range(3)]
        stage.feed(
            [item_of(a, t, f"column-{n}") for n, (a, t) in enumerate(zip(addresses, stories, strict=True))],
            source=source,
        )
        for told, address in zip(stories, addresses, strict=True):
            stage.expect(told, address)
    stage.round()
    stage.look_again()


def one_story_in_two_sources(stage: Stage) -> None:
    """Two sources of one domain announce a story at one address, or at its mobile twin."""
    stories = [stage.newsroom.story() for _ in range(3)]
    twin = stage.setting.number % 2
    for told in stories:
        stage.show(stage.url(told), told, canonical=stage.url(told))
        stage.show(stage.url(told, f"m.{stage.domain}"), told, canonical=stage.url(told))
    for source in ("paper", "world"):
        host = f"m.{stage.domain}" if twin and source == "world" else None
        stage.feed([item_of(stage.url(t, host), t, f"{source}-{n}") for n, t in enumerate(stories)], source=source)
        if stage.setting.slowly:
            stage.round(1.0, source)
    stage.round(1.0)
    stage.look_again()
    for told in stories:
        stage.expect(told, (stage.url(told), stage.url(told, f"m.{stage.domain}")))


def one_guid_in_two_sources_of_a_domain(stage: Stage) -> None:
    """Two sources of one domain announce a story at two addresses under one guid."""
    stories = [stage.newsroom.story() for _ in range(3)]
    for source, section in (("paper", "world"), ("regional", "north")):
        addresses = [stage.url(f"/{section}/{told.slug}") for told in stories]
        for told, address in zip(stories, addresses, strict=True):
            stage.show(address, told, canonical=None)
        stage.feed([item_of(a, t, f"g-{t.slug}") for a, t in zip(addresses, stories, strict=True)], source=source)
    stage.round()
    stage.look_again()
    for told in stories:
        addresses = [stage.url(f"/{section}/{told.slug}") for section in ("world", "north")]
        stage.expect(told, addresses, split="ids-end-with-the-source")


TRAPS = {
    "one-headline-on-many": (one_headline_on_many, 6),
    "one-headline-in-two-papers": (one_headline_in_two_papers, 4),
    "one-story-in-two-sources": (one_story_in_two_sources, 4),
    "one-guid-in-two-sources-of-a-domain": (one_guid_in_two_sources_of_a_domain, 4),
}
