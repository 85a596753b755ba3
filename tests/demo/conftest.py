"""What do the tests of the demo wire start from?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from demo.wire import DemoWire

START = datetime(2026, 3, 10, 12, 0, 30, tzinfo=UTC)


class SteppingClock:
    """A clock that stands still until it is told to go on."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(START)


@pytest.fixture
def wire(clock: SteppingClock) -> Iterator[DemoWire]:
    """A wire on which nothing happens by itself."""
    with DemoWire(clock=clock, pace_seconds=0, slow_seconds=0) as wire:
        yield wire


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session
