"""Line limits: a few lines of each kind a minute, and the number of those that were held back."""

import logging

from search.http.line_limits import OTHER_KINDS, LimitedRecords, LineLimiter


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_few_lines_of_each_kind_are_written() -> None:
    lines = LineLimiter(most=3, clock=Clock())
    assert [lines.admit("one") for _ in range(5)] == [True, True, True, False, False]
    assert lines.admit("another")


def test_what_was_held_back_is_counted_when_the_minute_is_over() -> None:
    clock = Clock()
    lines = LineLimiter(most=3, seconds=60, clock=clock)
    for _ in range(1237):
        lines.admit("one")
    assert lines.held_back() == {}
    clock.seconds = 60
    assert lines.held_back() == {"one": 1234}
    assert lines.held_back() == {}
    assert lines.admit("one")


def test_kinds_without_end_are_one() -> None:
    clock = Clock()
    lines = LineLimiter(most=1, clock=clock)
    admitted = sum(lines.admit(f"kind {number}") for number in range(5000))
    assert admitted == 101
    clock.seconds = 60
    assert lines.held_back() == {OTHER_KINDS: 4899}


def test_records_of_one_message_are_one_kind() -> None:
    lines = LimitedRecords(LineLimiter(most=2, clock=Clock()))
    records = [
        logging.LogRecord("asyncio", logging.ERROR, "", 0, f"no file is left\nsocket: {number}", None, None)
        for number in range(9)
    ]
    assert sum(lines.filter(record) for record in records) == 2
    other = logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, "no file is left", None, None)
    assert lines.filter(other)
