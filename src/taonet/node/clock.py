"""Time for engines: the one place of the node that reads a clock."""

import time
from typing import Protocol


class Clock(Protocol):
    """Milliseconds since 1970."""

    def now_ms(self) -> int:
        """The time now."""


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """The time now."""
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that stands until it is moved: for tests and dev methods."""

    def __init__(self, now_ms: int = 1_700_000_000_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """The time it was set to."""
        return self._now_ms

    def advance(self, milliseconds: int) -> None:
        """Move on."""
        self._now_ms += milliseconds
