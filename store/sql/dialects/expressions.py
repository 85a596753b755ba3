"""SQL expressions that each database writes in its own words.

The statements of the store are the same for every database; where SQL has no word for something that both can do, it
stands here once, with what each of them says.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, Table, Text
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as _insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType


class Milliseconds(ColumnElement[int]):
    """The clock of the database, in milliseconds since 1970: not the time at which its transaction began."""

    type = BigInteger()
    inherit_cache = True


class Greatest(FunctionElement[int]):
    """The greatest of its arguments."""

    type = BigInteger()
    inherit_cache = True


class JsonText(FunctionElement[str]):
    """A member of the JSON object in a text column, as text: `JsonText(column, "headline")`."""

    type = Text()
    inherit_cache = True


class IsOneOf(FunctionElement[bool]):
    """Whether a column is a member of a JSON array, which is bound as one value: `IsOneOf(column, bindparam("ids"))`.

    However many members there are, the statement is one.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "IsOneOf":
        """Itself: it is a condition already, and a comparison with 1 would keep the database from using an index."""
        return self


class RandomBelow(FunctionElement[int]):
    """A random whole number of 0 or more below its argument, another one in each row."""

    type = BigInteger()
    inherit_cache = True


class SamePartition(FunctionElement[bool]):
    """Whether two columns say the same, where a database keeps the rows of the first in partitions by it.

    It is true of all rows that are joined otherwise, and lets the database look into one partition alone.
    """

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "SamePartition":
        """Itself: it is a condition already."""
        return self


def upsert(table: Table) -> Insert:
    """An INSERT that may say what is done with a row whose key is there: ON CONFLICT, which both write alike."""
    return _insert(table)


@compiles(Milliseconds, "sqlite")
def _milliseconds_of_sqlite(element: Milliseconds, compiler: SQLCompiler, **options: Any) -> str:
    # 2440587.5 is the Julian day of 1970-01-01.
    return "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"


@compiles(Milliseconds, "postgresql")
def _milliseconds_of_postgresql(element: Milliseconds, compiler: SQLCompiler, **options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"


@compiles(Greatest, "sqlite")
def _greatest_of_sqlite(element: Greatest, compiler: SQLCompiler, **options: Any) -> str:
    return f"max({compiler.process(element.clauses, **options)})"


@compiles(Greatest, "postgresql")
def _greatest_of_postgresql(element: Greatest, compiler: SQLCompiler, **options: Any) -> str:
    return f"greatest({compiler.process(element.clauses, **options)})"


@compiles(JsonText, "sqlite")
def _json_text_of_sqlite(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:
    column, name = element.clauses
    return f"json_extract({compiler.process(column, **options)}, '$.' || {compiler.process(name, **options)})"


@compiles(JsonText, "postgresql")
def _json_text_of_postgresql(element: JsonText, compiler: SQLCompiler, **options: Any) -> str:
    column, name = element.clauses
    return f"(CAST({compiler.process(column, **options)} AS json) ->> {compiler.process(name, **options)})"


@compiles(IsOneOf, "sqlite")
def _is_one_of_sqlite(element: IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, array = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({array}))"


@compiles(IsOneOf, "postgresql")
def _is_one_of_postgresql(element: IsOneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, array = (compiler.process(clause, **options) for clause in element.clauses)
    members = f"json_array_elements_text(CAST({array} AS json))"
    if isinstance(next(iter(element.clauses)).type, Integer):
        members = f"CAST({members} AS BIGINT)"
    return f"{column} = ANY (ARRAY(SELECT {members}))"


@compiles(RandomBelow, "sqlite")
def _random_below_of_sqlite(element: RandomBelow, compiler: SQLCompiler, **options: Any) -> str:
    return f"abs(random() % {compiler.process(element.clauses, **options)})"


@compiles(RandomBelow, "postgresql")
def _random_below_of_postgresql(element: RandomBelow, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor(random() * {compiler.process(element.clauses, **options)}) AS BIGINT)"


@compiles(SamePartition, "sqlite")
def _same_partition_of_sqlite(element: SamePartition, compiler: SQLCompiler, **options: Any) -> str:
    return "1"


@compiles(SamePartition, "postgresql")
def _same_partition_of_postgresql(element: SamePartition, compiler: SQLCompiler, **options: Any) -> str:
    kept, asked = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{kept} = {asked}"
