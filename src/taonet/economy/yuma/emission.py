"""Who gets how much of an epoch's emission."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taonet.economy.yuma.fixed import FRACTION_BITS, ONE, Bits, divide


@dataclass(frozen=True, slots=True, eq=False)
class EmissionSplit:
    """Rao of each neuron, u64, (neurons,); what rounding leaves over is nobody's."""

    server: NDArray[np.uint64]
    """For its incentive."""

    validator: NDArray[np.uint64]
    """For its dividends."""

    combined: NDArray[np.uint64]
    """For both, rounded once."""


def split_emission(
    emission_rao: int, *, incentive: Bits, dividends: Bits, stake: Bits, active_stake: Bits
) -> EmissionSplit:
    """
    Divide an emission by incentive plus dividends.

    If nobody earned any, validators get it by active stake, and without active stake by stake.
    """
    combined = incentive + dividends
    if combined.any():
        total = combined.sum(keepdims=True)
        server, validator, both = (divide(part, total) for part in (incentive, dividends, combined))
    else:
        server = incentive
        validator = both = active_stake if active_stake.any() else stake
    return EmissionSplit(
        _rao(server, emission_rao), _rao(validator, emission_rao), _rao(both, emission_rao)
    )


def _rao(parts: Bits, emission_rao: int) -> NDArray[np.uint64]:
    """Parts in 0..1 of a u64 amount, rounded down; exact for every u64."""
    unsigned = parts.view(np.uint64)
    whole = np.uint64(emission_rao >> FRACTION_BITS)
    fraction = np.uint64(emission_rao & ONE - 1)
    return unsigned * whole + (unsigned * fraction >> np.uint64(FRACTION_BITS))
