"""What holds for every test: none leaves the process configured otherwise than it found it."""

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def unconfigured_logs() -> Iterator[None]:
    """A command under test configures the logs of its process; the next test starts without."""
    yield
    structlog.reset_defaults()
