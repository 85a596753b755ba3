"""Names of indexes in the cluster: which of them make up one of ours.

One of our indexes ("gen-000001") is several of the cluster's, all named after the desk:

    wiredesk.gen-000001.base         what belongs to no month: checkpoint, tombstones of stories that were never there
    wiredesk.gen-000001.2024-05      the stories first seen in May 2024
    wiredesk.gen-000001.2024-05.2    those that came when that was full

The alias "wiredesk" points at all of those of the live one. Names in the cluster have no capitals: "A" is "+a" there.
"""

import re
from datetime import UTC, datetime

BASE = "base"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
_CAPITAL = re.compile("[A-Z]")
_ESCAPED = re.compile(r"\+([a-z])")


def is_name(name: str) -> bool:
    """Whether an index of ours can be called that."""
    return bool(_NAME.fullmatch(name))


def month_of(instant: datetime) -> str:
    """The month of first sight, as names hold it."""
    return f"{instant.astimezone(UTC):%Y-%m}" if instant.year >= 1000 else f"{instant.year:04d}-{instant.month:02d}"


class IndexNames:
    """The names of one desk's indexes."""

    def __init__(self, desk: str) -> None:
        self.alias = desk

    def part(self, name: str, part: str) -> str:
        """One of the cluster's indexes that an index of ours consists of."""
        return f"{self.alias}.{_CAPITAL.sub(lambda match: '+' + match[0].lower(), name)}.{part}"

    def base(self, name: str) -> str:
        """The one that each index of ours has."""
        return self.part(name, BASE)

    def parts(self, name: str) -> str:
        """The expression for all of them."""
        return self.part(name, "*")

    def months(self, name: str) -> str:
        """The expression for those with stories of a known month."""
        return f"{self.parts(name)},-{self.base(name)}"

    def all_bases(self) -> str:
        """The expression for the bases of all our indexes."""
        return f"{self.alias}.*.{BASE}"

    def all_parts(self) -> str:
        """The expression for all of the cluster's indexes that this desk's consist of."""
        return f"{self.alias}.*"

    def for_writing(self, index: str, token: str) -> str:
        """The alias by which the holder of a token writes to one of the cluster's indexes (see writing/fence.py)."""
        return f"{index}.w{token}"

    def is_for_writing(self, alias: str, index: str) -> bool:
        """Whether an alias of an index is one by which somebody writes to it."""
        return alias.startswith(f"{index}.w")

    def name_of(self, index: str) -> str:
        """The name of our index that one of the cluster's belongs to."""
        escaped = index.removeprefix(f"{self.alias}.").split(".", 1)[0]
        return _ESCAPED.sub(lambda match: match[1].upper(), escaped)
