"""
The tables of a run, written row by row as CSV: the same scenario and seed give the same bytes.

Amounts are in TAO or alpha with nine places, prices in TAO per alpha, parts from 0 to 1.
"""

import csv
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, Final

from taonet.primitives.fixed_point import U16_MAX
from taonet.primitives.units import RAO_PER_TAO

COLUMNS: Final[dict[str, Sequence[str]]] = {
    "emission": ("block", "subnet", "tao_in", "excess_tao", "alpha_in", "alpha_out"),
    "prices": ("block", "subnet", "price", "moving_price", "pool_tao", "pool_alpha"),
    "dividends": (
        "block", "epoch", "subnet", "validator", "strategy", "alpha", "dividend", "trust", "earned",
    ),
    "incentives": (
        "block", "epoch", "subnet", "miner", "strategy", "quality", "consensus", "incentive",
        "earned",
    ),
    "purchases": (
        "block", "subnet", "staker", "paid", "alpha", "undisturbed_alpha", "traders_gain",
    ),
    "profits": (
        "subnet", "name", "role", "strategy", "endowment", "free", "alpha", "bought_alpha",
        "earned_alpha", "value", "profit", "calls", "refused",
    ),
}  # fmt: skip
"""Each table's columns; the file is named for the table."""


def amount(value: int) -> str:
    """Rao or the smallest alpha as whole ones, exactly."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), RAO_PER_TAO)
    return f"{sign}{whole}.{rest:09d}"


def price(bits: int, fraction_bits: int = 64) -> str:
    """A binary fixed-point number with twelve places, rounded down."""
    whole, rest = divmod(bits * 10**12 >> fraction_bits, 10**12)
    return f"{whole}.{rest:012d}"


def part(value: int) -> str:
    """A part of 65535 from 0 to 1."""
    return f"{value / U16_MAX:.6f}"


class Tables(AbstractContextManager["Tables"]):
    """The files of one run in a folder, which is made; old tables are replaced."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> "Tables":
        """Open every table with its heading."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, columns in COLUMNS.items():
            path = self._folder / f"{name}.csv"
            file = self._open.enter_context(path.open("w", encoding="utf-8", newline=""))
            self._writers[name] = csv.writer(file, lineterminator="\n")
            self._writers[name].writerow(columns)
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self._open.close()

    def add(self, table: str, *values: object) -> None:
        """A row, in the order of the table's columns."""
        assert len(values) == len(COLUMNS[table]), f"{table} has other columns"
        self._writers[table].writerow(values)


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a written table."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
