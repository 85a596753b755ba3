"""Traps of addresses: what is written differently and is one page, and what differs in a letter and is another."""

from tests.crawler.recheck_pages import Told
from tests.ingest.traps.ids import expect_each
from tests.ingest.traps.stage import Stage, item_of


def case_tells_apart(stage: Stage) -> None:
    """Short codes in paths differ in case only and are different stories."""
    codes = ("/article/aBcDeF12", "/article/AbCdEf12", "/article/abcdef12", "/article/ABCDEF12")
    _one_each(stage, [stage.url(code) for code in codes])


def case_does_not_matter(stage: Stage) -> None:
    """A server answers paths in any case with one page, with its canonical link and without."""
    told = stage.newsroom.story()
    lower, upper = stage.url(told), stage.url(f"/World/{told.slug.title()}")
    canonical = lower if stage.setting.canonical else None
    for address in (lower, upper):
        stage.show(address, told, canonical=canonical)
    stage.publish([item_of(lower, told), item_of(upper, told)])
    stage.look_again()
    stage.expect(told, (lower, upper), split=None if canonical else "nothing-names-the-other")


def percent_encodings(stage: Stage) -> None:
    """One address in three encodings; another story behind an encoded slash."""
    told, slashed, plain = (stage.newsroom.story() for _ in range(3))
    base = stage.url("/world/caf")
    spellings = (f"{base}%C3%A9-{told.slug}", f"{base}%c3%a9-{told.slug}", f"{base}é-{told.slug}")
    for address in spellings:
        stage.show(address, told)
    others = {stage.url(f"/world%2F{plain.slug}"): slashed, stage.url(plain): plain}
    for address, other in others.items():
        stage.show(address, other)
    for spelling in reversed(spellings) if stage.setting.backwards else spellings:
        stage.announce([item_of(spelling, told), *(item_of(url, other) for url, other in others.items())])
        stage.round(2.0)
    stage.look_again()
    stage.expect(told, spellings[0])
    for address, other in others.items():
        stage.expect(other, address)


def schemes(stage: Stage) -> None:
    """An archive holds https pages of what is crawled over http; or the http pages name https ones."""
    stories = [stage.newsroom.story() for _ in range(3)]
    secure = [stage.url(told).replace("http:", "https:") for told in stories]
    for told, address in zip(stories, secure, strict=True):
        stage.show(stage.url(told), told, canonical=address if stage.setting.canonical else None)
    stage.feed([item_of(stage.url(told), told) for told in stories])
    pages = [(url, stage.content(url, told, None)) for url, told in zip(secure, stories, strict=True)]
    for step in ("crawl", "archive") if stage.setting.backwards else ("archive", "crawl"):
        if step == "crawl":
            stage.round(1.0)
        else:
            stage.capture(1.0, *pages)
    stage.look_again()
    for told, address in zip(stories, secure, strict=True):
        stage.expect(told, stage.url(told), urls=(address,))


def slashes_of_one_page(stage: Stage) -> None:
    """One page with a slash at its end and without, and with two slashes inside."""
    told, other = (stage.newsroom.story() for _ in range(2))
    own = stage.url(told)
    for address in (own, f"{own}/", own.replace("/world/", "/world//")):
        stage.show(address, told)
        stage.show(stage.url(other), other)
        stage.announce([item_of(address, told), item_of(stage.url(other), other)])
        stage.round(2.0)
    stage.look_again()
    stage.expect(told, own, urls=(f"{own}/", own.replace("/world/", "/world//")))
    stage.expect(other, stage.url(other))


def slashes_of_two_pages(stage: Stage) -> None:
    """A slash at the end leads to another story."""
    one, two = (stage.newsroom.story() for _ in range(2))
    for address, told in ((stage.url(one), one), (f"{stage.url(one)}/", two)):
        stage.show(address, told)
        stage.announce([item_of(address, told)])
        stage.round(2.0)
    stage.look_again()
    stage.expect(one, stage.url(one))
    stage.expect(two, f"{stage.url(one)}/")


def slashes_at_once(stage: Stage) -> None:
    """One feed names two stories whose addresses differ in a slash or an index page, and one page twice like that."""
    endings = (("", "/"), ("/", "/index.html"), ("", "/index.php"))[stage.setting.number % 3]
    one, two, same = (stage.newsroom.story() for _ in range(3))
    items = []
    for told, ending in zip((one, two), endings, strict=True):
        address = stage.url(one) + ending
        stage.show(address, told, canonical=None)
        stage.expect(told, address)
        items.append(item_of(address, told))
    for ending in endings:
        address = stage.url(same) + ending
        stage.show(address, same, canonical=None)
        items.append(item_of(address, same))
    stage.publish(items)
    stage.look_again()
    stage.expect(same, [stage.url(same) + ending for ending in endings])


def ports(stage: Stage) -> None:
    """Two servers at two ports of one host: different stories at one path, or one story that names its port."""
    path = "/world/the-day-in-four-parts"
    hosts = [f"www.{stage.domain}", f"www.{stage.domain}:8080", f"www.{stage.domain}:8081"]
    if stage.setting.number % 2:
        _one_each(stage, [stage.url(path, host) for host in hosts])
        return
    told = stage.newsroom.story()
    addresses = [stage.url(path, host) for host in hosts]
    for address in addresses:
        stage.show(address, told, canonical=addresses[0])
    stage.publish([item_of(address, told) for address in addresses])
    stage.look_again()
    stage.expect(told, addresses)


def hosts_without_a_domain(stage: Stage) -> None:
    """Publishers at IP addresses or one-word hosts have the same paths, guids, headlines and canonical links."""
    kinds = (("127.0.0.2", "127.0.0.3", "127.0.0.3:8081"), ("intranet", "newsroom", "newsroom:8080"))
    hosts = [*kinds[stage.setting.number % 2], f"localhost:{8000 + stage.setting.number}"]
    path, headline = "/world/the-day-in-four-parts", stage.common if stage.setting.alike else None
    first = stage.url(path, hosts[0])
    for number, host in enumerate(hosts):
        told, address = stage.newsroom.story(headline), stage.url(path, host)
        stage.show(address, told, canonical=first if stage.setting.canonical else None)
        stage.feed(
            [item_of(address, told, "1")],
            source=f"s{number}" if stage.setting.several_feeds else "paper",
            name=f"f{number}",
        )
        stage.expect(told, address)
    stage.round()
    stage.look_again()


def plain(stage: Stage) -> None:
    """No trap at all: what a good publisher does must come out right, too."""
    stories = stage.stories(6)
    for told in stories:
        stage.show(stage.url(told), told)
    stage.publish([item_of(stage.url(told), told, f"g-{told.slug}") for told in stories])
    stage.look_again()
    expect_each(stage, stories)


def _one_each(stage: Stage, addresses: list[str]) -> None:
    stories: list[Told] = [stage.newsroom.story() for _ in addresses]
    for address, told in zip(addresses, stories, strict=True):
        stage.show(address, told)
        stage.expect(told, address)
    stage.publish([item_of(address, told) for address, told in zip(addresses, stories, strict=True)])
    stage.look_again()


TRAPS = {
    "case-tells-apart": (case_tells_apart, 4),
    "case-does-not-matter": (case_does_not_matter, 4),
    "percent-encodings": (percent_encodings, 4),
    "schemes": (schemes, 6),
    "slashes-of-one-page": (slashes_of_one_page, 4),
    "slashes-of-two-pages": (slashes_of_two_pages, 4),
    "slashes-at-once": (slashes_at_once, 6),
    "ports": (ports, 4),
    "hosts-without-a-domain": (hosts_without_a_domain, 6),
    "plain": (plain, 4),
}
