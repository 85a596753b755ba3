"""What holds for all tests."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

# No property test is timed: machines that test are shared. Every run tries the same cases, so that what is red was made
# red by a change; "make test-long" tries new ones.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def _logs_of_its_own() -> Iterator[None]:
    """A command that a test runs in this process sets up logs; the next test sees nothing of that."""
    yield
    structlog.reset_defaults()
