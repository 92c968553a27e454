"""
Weights and bonds as matrices: some neurons' rows over all neurons' columns.

The chain keeps rows of pairs. A pair whose value is 0 is not the same as no pair, so a matrix
carries which entries are present next to their values. The order of a row's pairs, which a
validator chooses, matters in two places: liquid alpha reads rows in step with the columns, and
bonds are stored in the order of the weights they came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from taonet.economy.yuma.fixed import Bits, Mask
from taonet.economy.yuma.inputs import EpochInputError

PairRow: TypeAlias = NDArray[np.uint16]
"""(pairs, 2): uid and value of each pair, in stored order."""

UID_BITS = 16


@dataclass(frozen=True, slots=True, eq=False)
class StoredOrder:
    """The entries of a matrix of which some row does not ascend, in stored order."""

    rows: NDArray[np.int64]
    """The row of each entry, ascending."""

    columns: NDArray[np.int64]
    """The column of each entry; it may lie outside the matrix."""


@dataclass(frozen=True, slots=True, eq=False)
class RowMatrix:
    """Rows of some neurons over the columns of all."""

    values: Bits
    """(rows, neurons); 0 where no entry is present."""

    present: Mask
    """(rows, neurons)"""

    order: StoredOrder | None
    """None if every row ascends."""

    def keep(self, mask: Mask) -> "RowMatrix":
        """Without the entries where `mask`, broadcast to (rows, neurons), is False."""
        return replace(self, values=self.values * mask, present=self.present & mask)

    def entries(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and columns of the present entries: row by row, in stored order within a row."""
        if self.order is None:
            rows, columns = np.nonzero(self.present)
            return rows, columns
        rows, columns = self.order.rows, self.order.columns
        inside = columns < self.present.shape[1]
        rows, columns = rows[inside], columns[inside]
        held = self.present[rows, columns]
        return rows[held], columns[held]

    def merge_visible(self) -> Mask:
        """
        The entries that a reader sees who goes through columns and row in step.

        Such a reader waits at a pair until its column comes, and passes over pairs whose column
        has gone by: it sees those that are larger than all before them in their row.
        """
        if self.order is None:
            return self.present
        rows, columns = self.order.rows, self.order.columns
        inside = columns < self.present.shape[1]
        held = ~inside
        held[inside] = self.present[rows[inside], columns[inside]]
        rows, columns, inside = rows[held], columns[held], inside[held]
        keys = rows << UID_BITS | columns
        # A row's keys are larger than those of all rows before it, so one running maximum does.
        largest_before = np.concatenate(([-1], np.maximum.accumulate(keys)[:-1]))
        seen = (keys > largest_before) & inside
        visible = np.zeros_like(self.present)
        visible[rows[seen], columns[seen]] = True
        return visible


def read_rows(
    rows: Sequence[PairRow], uids: NDArray[np.int64], neurons: int, *, order_outside: bool
) -> RowMatrix:
    """
    The stored rows of `uids` as a matrix of (uids, neurons).

    Pairs of uids beyond the subnet have no value; `order_outside` says whether they keep their
    place in the order. Raises `EpochInputError` for a uid twice in one row, which no call of the
    chain stores.
    """
    values = np.zeros((uids.size, neurons), dtype=np.int64)
    present = np.zeros((uids.size, neurons), dtype=np.bool_)
    chosen = [rows[uid] for uid in uids.tolist()]
    if not any(map(len, chosen)):
        return RowMatrix(values, present, None)
    pairs = np.concatenate(chosen)
    lengths = np.fromiter(map(len, chosen), dtype=np.int64, count=len(chosen))
    row_numbers = np.repeat(np.arange(uids.size), lengths)
    columns = pairs[:, 0].astype(np.int64)
    cells, stored = row_numbers * neurons + columns, pairs[:, 1]
    if columns.max() >= neurons:
        inside = columns < neurons
        cells, stored = cells[inside], stored[inside]
        if not order_outside:
            row_numbers, columns = row_numbers[inside], columns[inside]
    values.reshape(-1)[cells] = stored
    present.reshape(-1)[cells] = True
    if np.count_nonzero(present) != cells.size:
        raise EpochInputError("a uid occurs twice in one row of weights or bonds")
    keys = row_numbers << UID_BITS | columns
    ascending = bool((keys[1:] > keys[:-1]).all())
    return RowMatrix(values, present, None if ascending else StoredOrder(row_numbers, columns))


def pair_rows(
    matrix: RowMatrix, values: NDArray[np.uint16], uids: NDArray[np.int64], wanted: Mask
) -> tuple[PairRow, ...]:
    """
    The rows as stored, one for each neuron: those of `uids` that are `wanted`, others empty.

    `values` is (rows, neurons), what to store of each entry; `wanted` is (neurons,).
    """
    rows, columns = matrix.entries()
    pairs = np.empty((rows.size, 2), dtype=np.uint16)
    pairs[:, 0] = columns
    pairs[:, 1] = values[rows, columns]
    ends = np.cumsum(np.count_nonzero(matrix.present, axis=1)).tolist()
    result = [np.empty((0, 2), dtype=np.uint16)] * wanted.size
    start = 0
    for uid, end, is_wanted in zip(uids.tolist(), ends, wanted[uids].tolist(), strict=True):
        if is_wanted:
            result[uid] = pairs[start:end]
        start = end
    return tuple(result)
