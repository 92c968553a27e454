"""
What everybody in a run has to agree on, before the first window and for good.

A run's file is JSON with the fields of `Run`; its hash is the run's name on the wire, so that two
who differ in one number do not talk past each other.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from math import cos, isfinite, pi
from pathlib import Path
from typing import Any

import orjson

from taonet.subnets.llama.shape import Shape
from taonet.subnets.training.phases import Phases

FILE_BYTES_MAX = 1 << 16
STEPS_MAX = 10_000
ROWS_MAX = 65_536
PEERS_MAX = 64
"""Updates of one window that are averaged: the best ones."""
FLOOR = 0.1
"""What is left of a rate that has fallen."""


class RunInvalid(ValueError):
    """Numbers that make no run; the text names the first that is wrong."""


@dataclass(frozen=True)
class Run:
    """
    One model's training.

    `vocabulary` and `corpus` are hashes; `seed` draws the first weights. In a window of `phases` a
    miner takes `steps` steps of `rows` pages of `length` tokens at `rate`, which climbs over the
    first `warm_up` windows and, unless `windows` is 0, falls to a tenth until that one. The mean of
    at most `peers` updates is taken off the weights `pace` times. Every `full_every` windows the
    whole checkpoint is stored, and not only what changed it.
    """

    name: str
    shape: Shape
    vocabulary: str
    corpus: str
    seed: int
    phases: Phases
    steps: int = 30
    rows: int = 8
    length: int = 128
    rate: float = 2e-3
    warm_up: int = 3
    windows: int = 0
    pace: float = 1.0
    retained: float = 0.95
    peers: int = 20
    full_every: int = 10

    def __post_init__(self) -> None:
        bounds: dict[str, tuple[float, float]] = {
            "seed": (0, (1 << 63) - 1),
            "steps": (1, STEPS_MAX),
            "rows": (1, ROWS_MAX),
            "length": (1, self.shape.context),
            "rate": (0, 1),
            "warm_up": (0, STEPS_MAX),
            "windows": (0, 1 << 31),
            "pace": (0, 16),
            "retained": (0, 1),
            "peers": (1, PEERS_MAX),
            "full_every": (1, STEPS_MAX),
        }
        for name, (least, most) in bounds.items():
            number = getattr(self, name)
            if not (isinstance(number, int | float) and isfinite(number)):
                raise RunInvalid(f"{name} is a number, not {number!r}")
            if not least <= number <= most:
                raise RunInvalid(f"{name} lies within {least} and {most}, not {number}")
        if not self.name or not self.name.replace("-", "").replace(".", "").isalnum():
            raise RunInvalid(f"{self.name!r}: a run's name has letters, digits, - and . only")

    @property
    def pages_each(self) -> int:
        """Pages that a miner trains on in a window."""
        return self.steps * self.rows

    def rate_in(self, window: int) -> float:
        """The rate of the steps of a window."""
        climbing = min(1.0, (window + 1) / (self.warm_up + 1))
        if not self.windows:
            return self.rate * climbing
        done = min(1.0, window / self.windows)
        return self.rate * climbing * (FLOOR + (1 - FLOOR) * (1 + cos(pi * done)) / 2)

    def encoded(self) -> bytes:
        """The file; the same run always gives the same bytes."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @cached_property
    def hash(self) -> str:
        """The sha256 of the file."""
        return hashlib.sha256(self.encoded()).hexdigest()

    @classmethod
    def decoded(cls, raw: bytes) -> "Run":
        """The run in a file's bytes; raises `RunInvalid` or `InvalidShape`."""
        if len(raw) > FILE_BYTES_MAX:
            raise RunInvalid(f"a run's file has at most {FILE_BYTES_MAX} bytes")
        try:
            value: Any = orjson.loads(raw)
            shape, phases = Shape.of(value.pop("shape")), Phases.of(value.pop("phases"))
            return cls(**value, shape=shape, phases=phases)
        except (orjson.JSONDecodeError, TypeError, AttributeError, KeyError) as error:
            raise RunInvalid(f"the run cannot be read: {error}") from error

    @classmethod
    def read(cls, path: Path) -> "Run":
        """The run in a file; raises `RunInvalid`, `InvalidShape` or `OSError`."""
        if path.stat().st_size > FILE_BYTES_MAX:
            raise RunInvalid(f"{path} is over {FILE_BYTES_MAX} bytes")
        return cls.decoded(path.read_bytes())
