"""Report of a copied desk: each table on both sides, and what is to be done now."""

from collections.abc import Iterator

from store.transfer.desk_copy import Copied
from store.transfer.targets import CopyTarget

_DIGITS = 16
_SHOWN = 5
_LAST = "What comes in here from now on is not over there: crawl no more until then."


def table_lines(copied: Copied) -> Iterator[str]:
    """A line a table: rows and digest, both where the two differ."""
    width = max(len(compared.name) for compared in copied.tables)
    for compared in copied.tables:
        line = f"{compared.name:{width}}  {compared.rows:>12,} rows  {compared.digest[:_DIGITS]}"
        if not compared.is_same:
            there = f"{compared.rows_there:,} rows, {compared.digest_there[:_DIGITS]}"
            line += f"  DIFFERENT there: {there}; {compared.unlike:,} rows are not the same"
        yield line
    differing = sum(not compared.is_same for compared in copied.tables)
    rows = sum(compared.rows for compared in copied.tables)
    yield f"{differing} tables differ" if differing else f"{rows:,} rows, all the same on both sides"
    yield from _replaced_lines(copied)


def finished_lines(copied: Copied, place: CopyTarget, name: str, *, is_shared: bool) -> Iterator[str]:
    """What is where now, and what has to be put into the configuration to work there.

    `name` is what the database over there is called, `is_shared` whether the configuration names one by now.
    """
    stories, pages = copied.rows("stories"), copied.rows("pages")
    where = place.folder if place.url is None else name
    yield f"{stories:,} stories and {pages:,} pages are in {where}, too. To work there, put into config.yaml"
    yield ""
    if place.url is None:
        yield f"  data_dir: {place.folder}"
        yield ""
        yield ("and remove `store`. " if is_shared else "") + _LAST
        return
    yield "  store:"
    yield f"    url: {place.shown}"
    yield ""
    yield (
        "with the password, or `url_file` with the name of a file that holds the address; data_dir stays as it is, "
        f"with the index in it. {_LAST}"
    )


def _replaced_lines(copied: Copied) -> Iterator[str]:
    if copied.replaced:
        shown = "; ".join(map(str, copied.replaced[:_SHOWN])) + ("; …" if len(copied.replaced) > _SHOWN else "")
        yield (
            f"{len(copied.replaced)} texts hold NUL characters, which PostgreSQL can't keep; "
            f"they are U+FFFD there: {shown}"
        )
