"""Ids of stories.

An id is minted once, from the first canonical URL, and never recomputed. A story that proves to be another one leads to
it by a redirect, so that every id ever given out goes on answering.
"""

import hashlib

from sqlalchemy import Connection, bindparam, select

from store.sql.tables import stories

_ID_BYTES = 10
_MERGED_INTO = select(stories.c.merged_into).where(stories.c.id == bindparam("story_id"))


def mint(seed: str) -> str:
    """An id of 16 characters (base32, lower case) from the first canonical URL, or from the content without one."""
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:_ID_BYTES]
    return _base32(digest)


def follow(connection: Connection, story_id: str) -> str:
    """The id that answers for a story now: merged stories lead to the one that was kept."""
    seen = {story_id}
    while True:
        target = connection.execute(_MERGED_INTO, {"story_id": story_id}).scalar()
        if target is None or target in seen:
            return story_id
        seen.add(target)
        story_id = target


def _base32(digest: bytes) -> str:
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no letter that is mistaken for a digit
    number = int.from_bytes(digest, "big")
    characters = []
    for _ in range(len(digest) * 8 // 5):
        number, index = divmod(number, 32)
        characters.append(alphabet[index])
    return "".join(reversed(characters))
