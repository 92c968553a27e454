"""A clock that a test moves."""


class ManualClock:
    """Seconds that pass only by `advance`."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds
