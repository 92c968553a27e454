"""
What a window's blocks are for. Everybody derives it from the block's number alone.

    train | commit | reveal | judge and average
    0     train    commit   reveal            length

Until the block `train` a miner learns; by `commit` its payload's hash is on chain; only then, and
by `reveal`, the payload itself is shown. What was committed to is read at the block `commit`, and
the hash of the block `reveal` says which pages everybody is judged on: nobody could know them
before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

WINDOW_BLOCKS_MAX = 100_000


class PhasesInvalid(ValueError):
    """Block numbers that are not in order."""


class Phase(Enum):
    """What a block is for."""

    TRAIN = "train"
    COMMIT = "commit"
    REVEAL = "reveal"
    JUDGE = "judge"


@dataclass(frozen=True)
class Phases:
    """
    `first` is the block at which window 0 begins, `length` the blocks of a window; the others are
    the ends of phases, counted from the window's beginning.
    """

    first: int
    length: int
    train: int
    commit: int
    reveal: int

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if type(getattr(self, name)) is not int:
                raise PhasesInvalid(f"{name} is a block's number, not {getattr(self, name)!r}")
        if self.first < 0 or self.length > WINDOW_BLOCKS_MAX:
            raise PhasesInvalid(f"a window has at most {WINDOW_BLOCKS_MAX} blocks, from 0 on")
        if not 0 < self.train < self.commit < self.reveal < self.length:
            raise PhasesInvalid(
                f"train {self.train}, commit {self.commit}, reveal {self.reveal} and length "
                f"{self.length} do not ascend"
            )

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Phases":
        """The phases that a file describes; raises `PhasesInvalid` or `TypeError`."""
        return cls(**value)

    def window(self, block: int) -> int | None:
        """The window that `block` lies in; `None` before the first."""
        return (block - self.first) // self.length if block >= self.first else None

    def start(self, window: int) -> int:
        """The first block of a window; its hash assigns the pages."""
        return self.first + window * self.length

    def commit_block(self, window: int) -> int:
        """The block at which commitments are read."""
        return self.start(window) + self.commit

    def reveal_block(self, window: int) -> int:
        """The block by which payloads are there; its hash draws the pages to be judged on."""
        return self.start(window) + self.reveal

    def phase(self, block: int) -> Phase | None:
        """What `block` is for; `None` before the first window."""
        if block < self.first:
            return None
        within = (block - self.first) % self.length
        if within < self.train:
            return Phase.TRAIN
        if within < self.commit:
            return Phase.COMMIT
        return Phase.REVEAL if within < self.reveal else Phase.JUDGE
