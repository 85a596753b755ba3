"""Statement that each database needs in words of its own, because they find their way to its rows differently."""

from functools import cached_property
from typing import Any

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.sql.selectable import TextualSelect


class Variants:
    """One statement in the words of each database; `types` are those of columns that need one."""

    def __init__(self, *, sqlite: str, postgresql: str, **types: Any) -> None:
        self._said = {"sqlite": sqlite, "postgresql": postgresql}
        self._types = types

    def of(self, connection: Connection) -> TextClause | TextualSelect:
        """The statement for the database of a connection."""
        return self._statements[connection.dialect.name]

    @cached_property
    def _statements(self) -> dict[str, TextClause | TextualSelect]:
        said = {name: text(words) for name, words in self._said.items()}
        return {name: words.columns(**self._types) for name, words in said.items()} if self._types else dict(said)
