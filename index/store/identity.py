"""Which story is this, of all that we have seen?

An id is minted once, from the first canonical URL, and never recomputed. The aliases map every URL seen and the
publisher's own identifier to it. A canonical link that points to another story is believed only where the
headlines agree: some sites name one page as the canonical of all.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from index.analysis import tokens
from index.store.tables import aliases, stories
from index.story import Story

_ID_BYTES = 10
# Statements that every page needs are put together once: that takes longer than SQLite takes to run them.
_KNOWN = select(aliases.c.alias, aliases.c.story_id).where(aliases.c.alias.in_(bindparam("keys", expanding=True)))
_MERGED_INTO = select(stories.c.merged_into).where(stories.c.id == bindparam("story_id"))

HeadlineOf = Callable[[Connection, str], str | None]
"""Looks up the current headline of a story."""


class Resolution(NamedTuple):
    """`id` is None for a story never seen; `twins` are other ids that turned out to be the same story."""

    id: str | None
    twins: tuple[str, ...] = ()
    canonical_believed: bool = True


def mint(seed: str) -> str:
    """An id of 16 characters (base32, lower case) from the first canonical URL, or from the content without one."""
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:_ID_BYTES]
    return _base32(digest)


def url_alias(url: str) -> str:
    """How a URL stands in the table of aliases."""
    return f"url:{url}"


def likely_alias(key: str) -> str:
    """How what is equal for addresses that are probably one page stands in the table of aliases."""
    return f"like:{key}"


def alias_keys(story: Story, urls: Iterable[str], likely: Iterable[str] = ()) -> tuple[str, ...]:
    """All aliases under which a story can be found again, the surest first."""
    keys = [url_alias(url) for url in urls]
    if story.publisher_id:
        keys.append(f"pub:{story.source}:{story.publisher_id}")
    if story.url:
        keys.append(url_alias(story.url))
    keys += map(likely_alias, likely)
    return tuple(dict.fromkeys(keys))


def resolve(
    connection: Connection,
    story: Story,
    urls: tuple[str, ...],
    headline_of: HeadlineOf,
    likely: tuple[str, ...] = (),
) -> Resolution:
    """Find the story; `urls` are the canonical forms of the final and the requested address, in this order.

    `likely` are texts that are equal for addresses that are probably one page: believed where the headlines agree.
    """
    keys = alias_keys(story, urls, likely)
    claimed = url_alias(story.url) if story.url else None
    known = dict(connection.execute(_KNOWN, {"keys": keys}).all())
    own = [follow(connection, known[key]) for key in keys[: len(set(urls))] if key in known]
    believed = list(dict.fromkeys(own))
    canonical_believed = True
    for key in keys:
        found = follow(connection, known[key]) if key in known else None
        if found is None or found in believed:
            continue
        by_publisher = key.startswith("pub:")
        if same_headline(headline_of(connection, found), story.headline) or (by_publisher and not believed):
            believed.append(found)
        elif key == claimed and key not in {url_alias(url) for url in urls}:
            canonical_believed = False
    if not believed:
        return Resolution(None, (), canonical_believed)
    keep, *others = believed
    twins = tuple(o for o in others if same_headline(headline_of(connection, o), story.headline))
    return Resolution(keep, twins, canonical_believed)


def follow(connection: Connection, story_id: str) -> str:
    """The id that answers for a story now: merged stories lead to the one that was kept."""
    seen = {story_id}
    while True:
        target = connection.execute(_MERGED_INTO, {"story_id": story_id}).scalar()
        if target is None or target in seen:
            return story_id
        seen.add(target)
        story_id = target


def same_headline(one: str | None, other: str | None) -> bool:
    """Whether two headlines have the same words, letter case, accents and punctuation aside."""
    if not one or not other:
        return False
    return [token.folded for token in tokens(one)] == [token.folded for token in tokens(other)]


def _base32(digest: bytes) -> str:
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no letter that is mistaken for a digit
    number = int.from_bytes(digest, "big")
    characters = []
    for _ in range(len(digest) * 8 // 5):
        number, index = divmod(number, 32)
        characters.append(alphabet[index])
    return "".join(reversed(characters))
