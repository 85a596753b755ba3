"""Statement that each database needs in words of its own, because they find their way to its rows differently."""

from sqlalchemy import Connection, TextClause, text


class Variants:
    """One statement in the words of each database."""

    def __init__(self, *, sqlite: str, postgresql: str) -> None:
        self._statements = {"sqlite": text(sqlite), "postgresql": text(postgresql)}

    def of(self, connection: Connection) -> TextClause:
        """The statement for the database of a connection."""
        return self._statements[connection.dialect.name]
