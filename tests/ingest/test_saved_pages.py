"""Addresses that saved pages name as their own."""

import pytest

from ingest.readers.saved_pages import stated_address

MARK = "<!-- saved from url=(0031)https://wire.example/marked -->"
CANONICAL = '<link rel="canonical" href="https://wire.example/canonical">'
OG_URL = '<meta property="og:url" content="https://wire.example/og">'
PAGES = {
    "a browser's mark comes first": (f"{MARK}<html>{OG_URL}{CANONICAL}", "https://wire.example/marked"),
    "the canonical link, though og:url stands before it": (OG_URL + CANONICAL, "https://wire.example/canonical"),
    "og:url": (OG_URL, "https://wire.example/og"),
    "attributes the other way round": ("<link href=https://wire.example/a rel=canonical>", "https://wire.example/a"),
    "an escaped ampersand": (
        '<link rel="canonical" href="https://wire.example/a?b=1&amp;c=2">',
        "https://wire.example/a?b=1&c=2",
    ),
    "a relative address is none": ('<link rel="canonical" href="/a">', None),
    "no web address": ('<meta property="og:url" content="android-app://wire.example/a">', None),
    "an unreadable canonical link gives way": (
        '<link rel="canonical" href="https://[">' + OG_URL,
        "https://wire.example/og",
    ),
    "nothing": ("<html><body><p>The harbour.</p>", None),
}


@pytest.mark.parametrize(("page", "address"), PAGES.values(), ids=PAGES.keys())
def test_the_address_that_a_page_states(page: str, address: str | None) -> None:
    assert stated_address(page.encode()) == address
