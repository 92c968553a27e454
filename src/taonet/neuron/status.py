"""What a neuron's process says of itself in `status.json`, for the table that people watch."""

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from taonet.neuron.state_file import write_state

WRITE_S_MIN = 0.5
"""Between two writes that change only numbers."""
FRACTION_STEP = 0.1
"""A phase that has advanced by so much is written at once: it may show nothing more for long."""
MESSAGE_CHARACTERS_MAX = 300


@dataclass
class Status:
    """
    The file's content.

    `role` is miner or validator; `phase` one of starting, loading, registering, serving, judging,
    stopped, failed; `fraction` how far the phase is, 0 to 1, or `None`; `figures` numbers and
    short texts by name, which differ between roles; `updated_at` seconds since 1970.
    """

    role: str
    subnet: str
    netuid: int
    hotkey: str
    phase: str = "starting"
    fraction: float | None = None
    message: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    updated_at: float = 0.0


class StatusFile:
    """Keeps one `Status` on disk; a changed phase is written at once."""

    def __init__(self, path: Path | None, status: Status) -> None:
        self._path = path
        self._written_at_s = 0.0
        self.status = status

    def phase(self, phase: str, *, fraction: float | None = None, message: str = "") -> None:
        """Enter or advance a phase."""
        before = self.status.fraction or 0.0
        advanced = abs((fraction or 0.0) - before) >= FRACTION_STEP
        changed = phase != self.status.phase or advanced
        self.status.phase, self.status.fraction = phase, fraction
        self.status.message = message[:MESSAGE_CHARACTERS_MAX]
        self._write(urgent=changed)

    def figures(self, **figures: Any) -> None:
        """Set some of the figures."""
        self.status.figures.update(figures)
        self._write(urgent=False)

    def _write(self, *, urgent: bool) -> None:
        now_s = time.monotonic()
        if self._path is None or (not urgent and now_s - self._written_at_s < WRITE_S_MIN):
            return
        self._written_at_s = now_s
        self.status.updated_at = time.time()
        write_state(self._path, asdict(self.status))
