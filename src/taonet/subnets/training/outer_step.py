"""
What a window's updates do to the weights: their mean, each clipped, is taken off.

Every node computes it and has to get the same bits. So updates come in the order of their uids,
sums run in float32 one update after the other, every operation is one of NumPy's element by
element, which IEEE 754 fixes, and lengths are summed in plain Python. No threads, no BLAS.
"""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from taonet.subnets.llama.shape import Array
from taonet.subnets.training.compression import Update, dense, squared_norm


def clips(updates: Mapping[int, Update]) -> dict[int, float]:
    """
    What each update is multiplied with: nobody is longer than the median of all.

    Of an even number the lower middle one counts.
    """
    norms = {uid: sqrt(squared_norm(updates[uid])) for uid in sorted(updates)}
    if not norms:
        return {}
    median = sorted(norms.values())[(len(norms) - 1) // 2]
    return {uid: 1.0 if norm <= median else median / norm for uid, norm in norms.items()}


def averaged(
    weights: Mapping[str, Array],
    updates: Mapping[int, Update],
    pace: float,
    *,
    clipped: bool = True,
) -> dict[str, Array]:
    """
    The weights after `updates`, by uid; unchanged without any.

    Runs are clipped always; without it one can see what that is for.
    """
    if not updates:
        return {name: array.copy() for name, array in weights.items()}
    scales = clips(updates) if clipped else dict.fromkeys(sorted(updates), 1.0)
    share = np.float32(pace / len(updates))
    after = {}
    for name, array in weights.items():
        total = np.zeros(array.shape, np.float32)
        for uid, scale in scales.items():
            total += dense(updates[uid][name], array.shape) * np.float32(scale)
        after[name] = array - total * share
    return after


def applied(weights: Mapping[str, Array], update: Update, scale: float) -> dict[str, Array]:
    """The weights after `scale` times one update."""
    return {
        name: array - dense(update[name], array.shape) * np.float32(scale)
        for name, array in weights.items()
    }
