"""
What a window's work is squeezed into: SparseLoCo's sparse, two-bit update with error feedback.

An array is cut into chunks of 4096 numbers. Of each the 64 largest are kept: their places in 12
bits, their values as one of four of the array's code book. What is not sent stays in the miner's
error and is sent later. 64 times 14 bits for 4096 times 32 is 146.3 times less.

Source: SparseLoCo, arXiv 2508.15706, sections 3 and 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taonet.subnets.llama.shape import Array, Shape

CHUNK = 4096
KEPT = 64
LEVELS = 4
PLACE_BITS = 12
LEVEL_BITS = 2
SPREAD = 3.0
"""The outermost of the four equal bins end so many standard deviations from the mean."""
RETAINED = 0.95
"""The share of its error that a miner carries from window to window."""


@dataclass(frozen=True)
class SparseArray:
    """
    One array's part of an update.

    `places` (chunks, kept) are ascending within each chunk, `levels` (chunks, kept) choose from
    `codebook` (4). The last chunk of an array may be shorter than 4096; it keeps its `kept`
    largest too, or is padded with zeros that are never chosen.
    """

    places: NDArray[np.uint16]
    levels: NDArray[np.uint8]
    codebook: Array


Update = Mapping[str, SparseArray]
"""By the arrays' names, in the order of `Shape.arrays`."""


def chunks(size: int) -> int:
    """How many chunks an array of `size` numbers is cut into."""
    return -(-size // CHUNK)


def kept(size: int) -> int:
    """How many numbers of each chunk are sent; all, where an array is smaller than that."""
    return min(KEPT, size % CHUNK or CHUNK)


def array_bytes(size: int) -> int:
    """What an array of `size` numbers takes on the wire."""
    count = chunks(size) * kept(size)
    return -(-count * PLACE_BITS // 8) + -(-count * LEVEL_BITS // 8) + 4 * LEVELS


def update_bytes(shape: Shape) -> int:
    """What an update takes on the wire, without its header."""
    return sum(array_bytes(int(np.prod(array))) for array in shape.arrays().values())


class ErrorFeedback:
    """A miner's memory of what it has not sent yet, by array."""

    def __init__(self, shape: Shape, retained: float = RETAINED) -> None:
        self._retained = np.float32(retained)
        self.error = {name: np.zeros(form, np.float32) for name, form in shape.arrays().items()}

    def compress(
        self, start: Mapping[str, Array], end: Mapping[str, Array]
    ) -> dict[str, SparseArray]:
        """The update that leads from `start` towards `end`; the rest is remembered."""
        update = {}
        for name, error in self.error.items():
            whole = error * self._retained + (start[name] - end[name])
            update[name] = sparse(whole)
            self.error[name] = whole - dense(update[name], whole.shape)
        return update


def sparse(array: Array) -> SparseArray:
    """The largest of each chunk of `array`, quantised."""
    size = array.size
    padded = np.zeros(chunks(size) * CHUNK, np.float32)
    padded[:size] = array.reshape(-1)
    rows = padded.reshape(-1, CHUNK)
    magnitude = np.abs(rows)
    # Padding must not be chosen, not even where everything is zero.
    magnitude.reshape(-1)[size:] = -1.0
    places = np.argpartition(magnitude, -kept(size), axis=1)[:, -kept(size) :]
    places.sort(axis=1)
    values = np.take_along_axis(rows, places, axis=1)
    levels, codebook = _quantised(values)
    return SparseArray(places.astype(np.uint16), levels, codebook)


def dense(sparse: SparseArray, shape: tuple[int, ...]) -> Array:
    """The array of `shape` that stands for, zero where nothing was sent."""
    size = int(np.prod(shape))
    rows = np.zeros((chunks(size), CHUNK), np.float32)
    values = sparse.codebook[sparse.levels]
    np.put_along_axis(rows, sparse.places.astype(np.int64), values, axis=1)
    return rows.reshape(-1)[:size].reshape(shape)


def squared_norm(update: Update) -> float:
    """
    The sum of the squares of an update's numbers.

    Counted by level and summed in the order of the arrays in double precision, so that it is the
    same on every machine, which NumPy's sums of many numbers are not.
    """
    total = 0.0
    for array in update.values():
        counts = np.bincount(array.levels.reshape(-1), minlength=LEVELS)
        for count, value in zip(counts.tolist(), array.codebook.tolist(), strict=True):
            total += count * (value * value)
    return total


def _quantised(values: Array) -> tuple[NDArray[np.uint8], Array]:
    """Each value's bin, of four between mean ± 3 σ, and the bins' means."""
    mean, deviation = values.mean(), values.std()
    step = np.float32(2 * SPREAD / LEVELS) * deviation
    if step == 0:
        levels = np.zeros(values.shape, np.uint8)
    else:
        bins = np.floor((values - mean) / step) + LEVELS // 2
        levels = np.clip(bins, 0, LEVELS - 1).astype(np.uint8)
    codebook = np.zeros(LEVELS, np.float32)
    for level in range(LEVELS):
        own = values[levels == level]
        codebook[level] = own.mean() if own.size else 0.0
    return levels, codebook
