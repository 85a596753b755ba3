"""Date expressions and the days that they mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query.date_expressions import read_age, read_span

TODAY = date(2013, 1, 17)  # a Thursday


@pytest.mark.parametrize(
    ("text", "first", "after_last"),
    [
        ("2013-01-17", "2013-01-17", "2013-01-18"),
        ("2013/1/7", "2013-01-07", "2013-01-08"),
        ("20130117", "2013-01-17", "2013-01-18"),
        ("2013-01-17T10:00Z", "2013-01-17", "2013-01-18"),
        ("2013-01", "2013-01-01", "2013-02-01"),
        ("2012-12", "2012-12-01", "2013-01-01"),
        ("2013", "2013-01-01", "2014-01-01"),
        ("17 January 2013", "2013-01-17", "2013-01-18"),
        ("17th Jan 2013", "2013-01-17", "2013-01-18"),
        ("January 17, 2013", "2013-01-17", "2013-01-18"),
        ("Jan. 5", "2013-01-05", "2013-01-06"),
        ("20 January", "2012-01-20", "2012-01-21"),
        ("29 February", "2012-02-29", "2012-03-01"),
        ("january 2013", "2013-01-01", "2013-02-01"),
        ("December", "2012-12-01", "2013-01-01"),
        ("Sept 2011", "2011-09-01", "2011-10-01"),
        ("today", "2013-01-17", "2013-01-18"),
        ("Yesterday", "2013-01-16", "2013-01-17"),
        ("this week", "2013-01-14", "2013-01-21"),
        ("last_week", "2013-01-07", "2013-01-14"),
        ("this month", "2013-01-01", "2013-02-01"),
        ("last month", "2012-12-01", "2013-01-01"),
        ("this year", "2013-01-01", "2014-01-01"),
        ("last year", "2012-01-01", "2013-01-01"),
        ("monday", "2013-01-14", "2013-01-15"),
        ("thursday", "2013-01-10", "2013-01-11"),
        ("3 days ago", "2013-01-14", "2013-01-15"),
        ("last-monday", "2013-01-14", "2013-01-15"),
        ("mon", "2013-01-14", "2013-01-15"),
        ("tomorrow", "2013-01-18", "2013-01-19"),
        ("two weeks ago", "2013-01-03", "2013-01-04"),
        ("a week ago", "2013-01-10", "2013-01-11"),
        ("3-days-ago", "2013-01-14", "2013-01-15"),
        ("jan-5", "2013-01-05", "2013-01-06"),
        ("17-jan-2013", "2013-01-17", "2013-01-18"),
        ("17th of January 2013", "2013-01-17", "2013-01-18"),
        ("5.1.2013", "2013-01-05", "2013-01-06"),
        ("17/1/2013", "2013-01-17", "2013-01-18"),
        ("1/17/2013", "2013-01-17", "2013-01-18"),
        ("2013-01-17T00:30:00+01:00", "2013-01-16", "2013-01-17"),
        ("7d", "2013-01-10", "2013-01-11"),
    ],
)
def test_reads_days(text: str, first: str, after_last: str) -> None:
    assert read_span(text, TODAY) == (date.fromisoformat(first), date.fromisoformat(after_last))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2013-13-01",
        "2013-02-30",
        "0000",
        "13",
        "32 January",
        "5/1/2013",
        "45.1.2013",
        "2013-01-17T99:00",
        "99999999999y",
        "9999-12-31",
        "17 foo 2013",
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_span(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [("7d", 7), ("24h", 1), ("25h", 2), ("2w", 14), ("1 month", 30), ("1y", 365), ("0d", 0), ("d7", None), ("", None)],
)
def test_reads_ages(text: str, days: int | None) -> None:
    assert read_age(text) == days


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,5}[-/ .a-z]{0,3}[0-9a-z ]{0,9}", fullmatch=True))
def test_any_text_is_a_span_or_none(text: str) -> None:
    span = read_span(text, TODAY)
    assert span is None or span[0] < span[1]
