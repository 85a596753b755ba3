"""Traps of canonical links: lies about pages that are others, and truths about pages that are one."""

from tests.crawler.recheck_pages import Told
from tests.ingest.traps.ids import expect_each
from tests.ingest.traps.stage import Stage, item_of
from tests.ingest.traps.texts import abridged


def all_name_one(stage: Stage) -> None:
    """All pages name one of them as their canonical: the first, the one in the middle, or the last that comes."""
    stories = _different(stage, 6)
    named = stage.url(stories[(0, 3, 5)[stage.setting.number % 3]])
    for told in stories:
        stage.show(stage.url(told), told, canonical=named)
    stage.publish([item_of(stage.url(told), told) for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def all_name_no_story(stage: Stage) -> None:
    """All pages name the home page, a section, or a page that doesn't exist."""
    stories = _different(stage, 5)
    named = stage.url(("/", "/world/", "/world/the-story-that-never-was-written")[stage.setting.number % 3])
    for told in stories:
        stage.show(stage.url(told), told, canonical=named)
    stage.publish([item_of(stage.url(told), told) for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def all_name_another_publisher(stage: Stage) -> None:
    """All pages name a page of another publisher, which is crawled before or after them."""
    foreign, *stories = _different(stage, 5)
    there = stage.url(foreign, f"www.other-{stage.domain}")
    stage.show(there, foreign)
    for told in stories:
        stage.show(stage.url(told), told, canonical=there)
    for source in ("other", "paper") if stage.setting.slowly else ("paper", "other"):
        links = [item_of(there, foreign)] if source == "other" else [item_of(stage.url(t), t) for t in stories]
        stage.feed(links, source=source)
        stage.round(1.0)
    stage.look_again()
    stage.expect(foreign, there)
    expect_each(stage, stories)


def ring(stage: Stage) -> None:
    """Each page names the next, the last the first; with two pages they name each other."""
    stories = _different(stage, 2 + 2 * (stage.setting.number % 3))
    for told, following in zip(stories, [*stories[1:], stories[0]], strict=True):
        stage.show(stage.url(told), told, canonical=stage.url(following))
    stage.publish([item_of(stage.url(told), told) for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def og_url_lies(stage: Stage) -> None:
    """og:url is one on all pages, beside right canonical links or without any."""
    stories = _different(stage, 5)
    named = stage.url(stories[stage.setting.number % 5])
    for told in stories:
        stage.show(stage.url(told), told, og_url=named)
    stage.publish([item_of(stage.url(told), told) for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def briefings_name_one(stage: Stage) -> None:
    """Texts that have nothing in common stand under one headline, and all name one page as their canonical."""
    stories = [stage.newsroom.story(stage.common) for _ in range(4)]
    named = stage.url(stories[stage.setting.number % 4])
    for told in stories:
        stage.show(stage.url(told), told, canonical=named)
    stage.publish([item_of(stage.url(told), told) for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def claimed_before_it_comes(stage: Stage) -> None:
    """A page names an address where, hours later, another story is found."""
    claimant, true, other = _different(stage, 3)
    stage.show(stage.url(claimant), claimant, canonical=stage.url(true))
    stage.show(stage.url(other), other)
    first = [item_of(stage.url(claimant), claimant), item_of(stage.url(other), other)]
    stage.announce(first)
    stage.round()
    stage.show(stage.url(true), true)
    stage.announce([item_of(stage.url(true), true), *([] if stage.setting.short else first)])
    stage.round(3.0)
    stage.look_again()
    expect_each(stage, [claimant, true, other])


def lies_over_numbers(stage: Stage) -> None:
    """One canonical link and one guid on all pages."""
    stories = _different(stage, 5)
    for told in stories:
        stage.show(stage.url(told), told, canonical=stage.url(stories[2]))
    stage.publish([item_of(stage.url(told), told, "1") for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def twins_with_canonicals(stage: Stage) -> None:
    """AMP and mobile pages that name their desktop page, at addresses that can be guessed and that can't."""
    stories = _different(stage, 3)
    for number, told in enumerate(stories):
        desktop = stage.url(told)
        twin = (f"{desktop}/amp", stage.url(told, f"m.{stage.domain}"), stage.url(f"/amp-pages/{4711 + number}"))
        twin_url = twin[(stage.setting.number + number) % 3]
        stage.show(desktop, told, canonical=desktop)
        stage.show(twin_url, abridged(told), canonical=desktop, template=("modern", "classic")[number % 2])
        ends = (told,) if stage.setting.slowly else (abridged(told), told)  # at once, one of the two may be asked for
        stage.expect((abridged(told), told), (desktop, twin_url), ends=ends)
    _desktop_and_twins(stage)


def twins_without_canonicals(stage: Stage) -> None:
    """AMP and mobile pages that say nothing of their desktop page."""
    stories = _different(stage, 3)
    for number, told in enumerate(stories):
        desktop = stage.url(told)
        twin = (f"{desktop}/amp", stage.url(told, f"m.{stage.domain}"), f"{desktop}?outputType=amp")
        twin_url = twin[(stage.setting.number + number) % 3]
        twin_text = abridged(told) if stage.setting.short else told
        stage.show(desktop, told, canonical=None)
        stage.show(twin_url, twin_text, canonical=None)
        stage.expect((twin_text, told), (desktop, twin_url), ends=(twin_text, told))
    _desktop_and_twins(stage)


def canonical_with_parameters(stage: Stage) -> None:
    """Canonical links carry tracking, or parameters that nobody knows."""
    stories = _different(stage, 4)
    for number, told in enumerate(stories):
        query = ("utm_source=feed&utm_medium=rss", "from=rss", "edition=uk", "pos=3")[number]
        own = stage.url(told)
        stage.show(own, told, canonical=f"{own}?{query}")
        stage.show(f"{own}?{query}", told, canonical=f"{own}?{query}")
        stage.expect(told, own, urls=(f"{own}?{query}",))
    stage.publish([item_of(stage.url(told), told) for told in stories])
    if stage.setting.short:
        stage.announce([item_of(story.urls[-1], story.tellings[0]) for story in stage.true_stories])
    stage.look_again()


def syndicated(stage: Stage) -> None:
    """A paper carries an agency's stories and names the agency's pages: both keep theirs."""
    stories = _different(stage, 3)
    agency = f"www.agency-{stage.domain}"
    for told in stories:
        there = stage.url(told, agency)
        stage.show(there, told, canonical=there)
        stage.show(stage.url(told), told, canonical=there)
        stage.expect(told, there)
        stage.expect(told, stage.url(told))
    for source in ("agency", "paper") if stage.setting.backwards else ("paper", "agency"):
        host = agency if source == "agency" else None
        stage.feed([item_of(stage.url(told, host), told, f"g-{told.slug}") for told in stories], source=source)
        stage.round(1.0)
    stage.look_again()


def renamed_under_a_canonical(stage: Stage) -> None:
    """A page names another whose text is the same and whose headline isn't: the text says that they are one."""
    told = stage.newsroom.story()
    retitled = stage.newsroom.retitled(told)
    here, there = stage.url(told), stage.url(f"/latest/{told.slug}")
    stage.show(here, told, canonical=here)
    stage.show(there, retitled, canonical=here)
    stage.publish([item_of(here, told), item_of(there, retitled)])
    stage.look_again()
    stage.expect((told, retitled), (here, there), versions=(1, 2), ends=(told, retitled))


def found_to_be_one(stage: Stage) -> None:
    """One text at two addresses, until one names the other: the later id then leads to the earlier one's story."""
    stories = _different(stage, 3)
    pairs = [(stage.url(told), stage.url(f"/news/{told.slug}")) for told in stories]
    for told, addresses in zip(stories, pairs, strict=True):
        for address in addresses:
            stage.show(address, told, canonical=None)
        stage.expect(told, addresses)
    items = [item_of(address, told) for told, addresses in zip(stories, pairs, strict=True) for address in addresses]
    stage.publish(items)
    for told, addresses in zip(stories, pairs, strict=True):
        for address in addresses:
            stage.show(address, told, canonical=addresses[stage.setting.number % 2])
    stage.look_again()


def _different(stage: Stage, count: int) -> list[Told]:
    return [stage.newsroom.story() for _ in range(count)]


def _desktop_and_twins(stage: Stage) -> None:
    """The pages and their twins in two feeds: in one round, or one feed filled hours after the other."""
    stories = stage.true_stories
    desktop = [item_of(story.at[0], story.tellings[-1]) for story in stories]
    twins = [item_of(story.at[1], story.tellings[-1]) for story in stories]
    feeds = {"desktop": desktop, "twins": twins}
    for name in sorted(feeds, reverse=stage.setting.backwards) if stage.setting.slowly else ():
        for other in feeds:
            stage.feed(feeds[other] if other == name else (), other)
        stage.round(2.0)
    for name in sorted(feeds, reverse=stage.setting.backwards):
        stage.feed(feeds[name], name)
    stage.round(2.0)
    stage.look_again()


TRAPS = {
    "all-name-one": (all_name_one, 6),
    "all-name-no-story": (all_name_no_story, 6),
    "all-name-another-publisher": (all_name_another_publisher, 4),
    "ring": (ring, 4),
    "og-url-lies": (og_url_lies, 4),
    "briefings-name-one": (briefings_name_one, 4),
    "claimed-before-it-comes": (claimed_before_it_comes, 4),
    "lies-over-numbers": (lies_over_numbers, 4),
    "twins-with-canonicals": (twins_with_canonicals, 6),
    "twins-without-canonicals": (twins_without_canonicals, 6),
    "canonical-with-parameters": (canonical_with_parameters, 4),
    "syndicated": (syndicated, 4),
    "renamed-under-a-canonical": (renamed_under_a_canonical, 4),
    "found-to-be-one": (found_to_be_one, 4),
}
