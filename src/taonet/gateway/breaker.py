"""A circuit breaker for one miner: after failures in a row it is left alone for a while."""

from dataclasses import dataclass
from enum import Enum

FAILURES_IN_A_ROW = 3
"""Failures after which the circuit opens."""
PAUSE_S_MIN = 5.0
PAUSE_S_MAX = 300.0
"""The pause doubles with every failed probe, from the first to the second."""


class Circuit(Enum):
    """Whether a miner may be asked: yes, no, or once to see."""

    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(slots=True)
class Breaker:
    """The state of one miner's circuit; times are seconds of the caller's monotonic clock."""

    failures: int = 0
    pauses: int = 0
    open_until: float = 0.0
    probe_under_way: bool = False

    def circuit(self, now: float) -> Circuit:
        """OPEN until the pause is over, then PROBING until one request has ended."""
        if self.pauses == 0:
            return Circuit.CLOSED
        if now < self.open_until or self.probe_under_way:
            return Circuit.OPEN
        return Circuit.PROBING

    def begin(self, now: float) -> None:
        """A request goes to this miner; while probing, it is the only one."""
        self.probe_under_way = self.circuit(now) is Circuit.PROBING

    def succeed(self) -> None:
        """The request was answered: the circuit closes."""
        self.failures = self.pauses = 0
        self.open_until = 0.0
        self.probe_under_way = False

    def fail(self, now: float) -> None:
        """
        The request failed: the third in a row, or a failed probe, opens the circuit.

        Requests that were under way when it opened don't lengthen the pause.
        """
        if now < self.open_until:
            return
        self.failures += 1
        if self.failures < FAILURES_IN_A_ROW and self.pauses == 0:
            return
        pause_s = min(PAUSE_S_MAX, PAUSE_S_MIN * 2**self.pauses)
        self.open_until = now + pause_s
        self.pauses = min(self.pauses + 1, 16)
        self.probe_under_way = False

    def abandon(self) -> None:
        """The request ended without a verdict, as when the caller left: the probe is free again."""
        self.probe_under_way = False
