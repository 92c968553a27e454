"""Rows and vectors of the epoch as storage has them: little-endian bytes."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from taonet.economy.yuma.matrix import PairRow

EMPTY_ROW: Final[PairRow] = np.empty((0, 2), dtype=np.uint16)


def pair_row(packed: bytes) -> PairRow:
    """A row of uids and values, (pairs, 2); raises `ValueError` for half a pair."""
    return np.frombuffer(packed, dtype="<u2").reshape(-1, 2)


def packed_row(row: PairRow) -> bytes:
    """The bytes of a row."""
    return row.astype("<u2", copy=False).tobytes()


def packed_u16(values: Sequence[int]) -> bytes:
    """The bytes of a vector of u16."""
    return np.asarray(values, dtype="<u2").tobytes()


def packed_u64(values: Sequence[int]) -> bytes:
    """The bytes of a vector of u64."""
    return np.asarray(values, dtype="<u8").tobytes()


def u64_vector(packed: bytes) -> list[int]:
    """A vector of u64; raises `ValueError` for a part of one."""
    values: list[int] = np.frombuffer(packed, dtype="<u8").tolist()
    return values
