"""Rows and vectors between storage's bytes and the epoch's arrays."""

import pytest

from taonet.economy.yuma.stored import (
    EMPTY_ROW,
    packed_row,
    packed_u16,
    packed_u64,
    pair_row,
    u64_vector,
)

ROW = bytes([1, 0, 0xFF, 0xFF, 2, 1, 3, 0])


def test_rows_are_little_endian_pairs() -> None:
    row = pair_row(ROW)

    assert row.tolist() == [[1, 65_535], [258, 3]]
    assert packed_row(row) == ROW
    assert packed_row(EMPTY_ROW) == b""
    assert pair_row(b"").shape == (0, 2)


def test_vectors_are_little_endian() -> None:
    assert packed_u16([1, 65_535]) == b"\x01\x00\xff\xff"
    assert packed_u64([2**64 - 1, 1]) == b"\xff" * 8 + b"\x01" + bytes(7)
    assert u64_vector(packed_u64([5, 2**63])) == [5, 2**63]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(OverflowError):
        packed_u16([65_536])
    with pytest.raises(ValueError, match="reshape"):
        pair_row(ROW[:6])
