"""The one way in, with the extractor that reads stored pages again for it."""

from collections.abc import Callable

from crawler.extraction import PARSER_VERSION
from ingest.apply import Ingest
from model.errors import CrawlError
from model.page import Page
from model.story import Story
from store.opening import Store


def ingest_into(store: Store, parse: Callable[[Page], Story]) -> Ingest:
    """Ingest into a store; `parse` is today's extractor and raises CrawlError where it reads no story."""

    def read(page: Page) -> Story | None:
        try:
            return parse(page)
        except CrawlError:
            return None

    return Ingest(store, read, PARSER_VERSION)
