"""Statement that each database needs in words of its own, because they find their way to its rows differently."""

from sqlalchemy import Connection, Engine, TextClause, text


class Variants:
    """One statement in the words of each database."""

    def __init__(self, *, sqlite: str, postgresql: str) -> None:
        self._statements = {"sqlite": text(sqlite), "postgresql": text(postgresql)}

    def of(self, database: Connection | Engine) -> TextClause:
        """The statement for a database, or that of a connection."""
        return self._statements[database.dialect.name]
