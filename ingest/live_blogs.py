"""Live blogs: pages that change by the minute, and keep one version an hour at most."""

import re
from datetime import datetime, timedelta

from model.page import Page
from model.story import StoredStory

VERSION_EVERY = timedelta(hours=1)
_LIVE_BLOG = re.compile(
    rb"""["']@type["']\s*:\s*(?:\[[^\]]{0,200})?["'](?:https?://schema\.org/)?LiveBlogPosting["']"""
    rb"""|itemtype\s*=\s*["']https?://schema\.org/LiveBlogPosting["']""",
    re.IGNORECASE,
)


def next_version_at(held: StoredStory, page: Page) -> datetime | None:
    """When the live blog may have its next version; None for now, and for pages that are no live blogs.

    The type is schema.org's LiveBlogPosting (https://schema.org/LiveBlogPosting), in JSON-LD or microdata.
    """
    due_at = held.seen_at + VERSION_EVERY
    return due_at if page.fetched_at < due_at and _LIVE_BLOG.search(page.content) else None
