"""The one way in, with the extractor that reads stored pages again for it."""

from collections.abc import Callable

from crawler.errors import CrawlError
from crawler.parsing import PARSER_VERSION
from index.page import Page
from index.store import Store
from index.story import Story
from ingest.apply import Ingest


def ingest_into(store: Store, parse: Callable[[Page], Story]) -> Ingest:
    """Ingest into a store; `parse` is today's extractor and raises CrawlError where it reads no story."""

    def read(page: Page) -> Story | None:
        try:
            return parse(page)
        except CrawlError:
            return None

    return Ingest(store, read, PARSER_VERSION)
