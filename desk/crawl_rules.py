"""Rules of the crawl that change with the configuration or the program, as they are kept with what they decided."""

from config import CrawlerConfig
from crawler.frontier.revival import FateRules, fate_rules


def fate_rules_of(settings: CrawlerConfig, reading: tuple[int, int | None]) -> FateRules:
    """What the fate of URLs that were set aside hangs on; `reading` is what the reading of pages does."""
    return fate_rules(
        intervals=settings.look_again,
        until=settings.look_again_until,
        max_page_bytes=settings.max_page_bytes,
        networks=(settings.allow_private_networks, settings.proxy),
        reading=reading,
        obedience=(settings.obey_robots, settings.obey_noindex, settings.user_agent),
    )
