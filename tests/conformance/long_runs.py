"""
A month of a small network and a day of one of the real one's size, in whole, side by side with the
other checks: what a chain does to its books and its memory in the long run shows nowhere else.
"""

import subprocess
import sys
from dataclasses import dataclass
from typing import Self

from tests.simulation.__main__ import PLANS

NAMES = ("day", "month")

TIMEOUT_S = 3_600.0
"""A whole run takes some thirteen minutes of one core."""


class LongRunFailed(AssertionError):
    """A run whose books did not agree, whose memory grew, or that did not end in time."""


@dataclass
class LongRun:
    """A run in a process of its own."""

    name: str
    process: subprocess.Popen[str]

    @classmethod
    def started(cls, name: str, part: int = 1) -> Self:
        """Begin the whole run, or one `part`-th of it; it goes on while its owner does others."""
        command = [sys.executable, "-m", "tests.simulation", name]
        if part > 1:
            command.append(str(PLANS[name].blocks // part))
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        return cls(name, process)

    def ended(self) -> str:
        """Wait for the end; what the run gave. Raises `LongRunFailed`."""
        try:
            said, complaint = self.process.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            self.stop()
            raise LongRunFailed(f"no end after {TIMEOUT_S:.0f} s") from error
        if self.process.returncode != 0:
            raise LongRunFailed((said + complaint).strip()[-2_000:])
        return said.strip().removeprefix(f"{self.name}: ")

    def stop(self) -> None:
        """End it, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
