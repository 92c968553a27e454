"""A score and its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

PARTS_MAX = 32
"""Named parts of one score: they are kept per hotkey and shown to people."""
NOTE_CHARACTERS_MAX = 500
"""Of a score's note: it is kept per hotkey."""


@dataclass(frozen=True)
class Score:
    """
    What one reply was worth, from 0 to 1, and why.

    `parts` are the named numbers that `value` was made of, in the subnet's own units. `note` is
    one sentence for the miner's owner. `evidence` are numbers that the score book *adds up* per
    hotkey, with the same decay as the score, for a validator that judges on more than one reply.
    """

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    evidence: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (isfinite(self.value) and 0.0 <= self.value <= 1.0):
            raise ValueError(f"a score lies within 0 and 1, not {self.value}")
        for named in (self.parts, self.evidence):
            if len(named) > PARTS_MAX:
                raise ValueError(f"a score has at most {PARTS_MAX} parts, not {len(named)}")
            for name, number in named.items():
                if not isfinite(number):
                    raise ValueError(f"the part {name} of a score is {number}")


def as_score(value: float | Score) -> Score:
    """A bare number as a score without reasons; raises `ValueError` outside 0 to 1."""
    return value if isinstance(value, Score) else Score(float(value))


@dataclass(frozen=True)
class Standing:
    """
    What a score book holds of one hotkey.

    `value` is the moving average of its scores, 0 to 1; `rounds` how often it was asked since it
    holds its uid; `evidence` the decayed sums of every score's evidence.
    """

    hotkey: str
    uid: int
    value: float
    rounds: int
    evidence: Mapping[str, float]
