"""Parts of a sitemap index: which of the sitemaps that it names hold stories, and which of these are worth reading.

An index may name hundreds of parts, most of them years old, beside parts for pictures, tags and people. Only names and
dates tell them apart before they are fetched.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

_NEWS = re.compile(r"(?:^|[^a-z])(?:google)?news(?:[^a-z]|$)|newssitemap|sitemapnews", re.IGNORECASE)
_STORIES = re.compile(r"(?:^|[^a-z])(?:post|article|artikel|stor(?:y|ies)|content)", re.IGNORECASE)
_PAGES = re.compile(r"[-_]pages?(?:[^a-z]|$)", re.IGNORECASE)
_LISTS = re.compile(
    r"(?:^|[^a-z])(?:video|image|photo|galler|podcast|audio|categor|tag|author|user|product|section|topic|taxonom|event|"
    r"attachment|recipe|job|profile|people|keyword)",
    re.IGNORECASE,
)
# A part that is unchanged for so much longer than the freshest one holds nothing that a news desk has not seen.
_UNCHANGED_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ChildSitemap:
    """An entry of a sitemap index."""

    url: str
    modified_at: datetime | None = None


def says_news(url: str) -> bool:
    """Whether an address says that it is a news sitemap."""
    return _NEWS.search(urlsplit(url).path) is not None


def says_stories(url: str) -> bool:
    """Whether an address says that it is a sitemap of posts or articles."""
    name = urlsplit(url).path.rpartition("/")[2]
    return _STORIES.search(name) is not None and not _PAGES.search(name)


def says_lists(url: str) -> bool:
    """Whether an address says that it is a sitemap of pages that are no stories: pictures, tags, people, products."""
    return _LISTS.search(urlsplit(url).path.rpartition("/")[2]) is not None


def parts_worth_reading(children: Iterable[ChildSitemap], *, all_ages: bool = False) -> list[ChildSitemap]:
    """The parts of an index most likely to hold news: those named so, then those for stories, the freshest first.

    Of each kind only those changed within three days of its freshest one, unless `all_ages`; of undated parts the last
    comes first, where files grow. Parts of lists count only where there are no others.
    """
    named = list(children)
    usable = [child for child in named if not says_lists(child.url)] or named
    chosen: list[ChildSitemap] = []
    for kind in range(3):
        of_kind = [child for child in usable if _kind(child) == kind]
        newest_at = max((child.modified_at for child in of_kind if child.modified_at), default=None)
        dated = [(child.modified_at, child) for child in of_kind if child.modified_at]
        fresh = [item for item in dated if all_ages or newest_at is None or item[0] >= newest_at - _UNCHANGED_FOR]
        chosen += [child for _, child in sorted(fresh, key=lambda item: item[0], reverse=True)]
        chosen += [child for child in reversed(of_kind) if child.modified_at is None]
    return chosen


def _kind(child: ChildSitemap) -> int:
    if says_news(child.url.rpartition("/")[2]):
        return 0
    return 1 if says_stories(child.url) else 2
