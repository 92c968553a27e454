"""Which weights count in an epoch."""

import numpy as np
from numpy.typing import NDArray

from taonet.economy.yuma.fixed import Mask, divide
from taonet.economy.yuma.inputs import EpochInput
from taonet.economy.yuma.matrix import RowMatrix, read_rows


def counted_weights(epoch: EpochInput, uids: NDArray[np.int64], permitted: Mask) -> RowMatrix:
    """
    The weights of `uids` after all masks, rows normalised: (uids, neurons).

    A weight does not count from a neuron without permit (`permitted` is (neurons,)), on oneself,
    or if it was set, or committed, before the neuron it names was registered.
    """
    stored = read_rows(epoch.weights_rows, uids, epoch.neurons, order_outside=False)
    registered = np.asarray(epoch.registration_block, dtype=np.uint64)
    updated = np.zeros(epoch.neurons, dtype=np.uint64)
    updated[: len(epoch.last_update_block)] = epoch.last_update_block
    counts = updated[uids, np.newaxis] > registered
    counts &= permitted[uids, np.newaxis]
    if epoch.commit_block is not None:
        committed = np.asarray(epoch.commit_block, dtype=np.uint64)
        counts &= committed[uids, np.newaxis] >= registered
    others = uids[:, np.newaxis] != np.arange(epoch.neurons)
    if epoch.owner_uid is not None:
        others |= uids[:, np.newaxis] == epoch.owner_uid
    masked = stored.keep(counts & others)
    sums = masked.values.sum(axis=1, keepdims=True)
    return RowMatrix(divide(masked.values, sums), masked.present, masked.order)
