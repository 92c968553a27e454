"""
How long an epoch takes, beside the same epoch in Python's integers.

The ratio is the number to watch: both run in one process, in turns, so that a busy machine slows
them alike.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taonet.economy.yuma import EpochInput, run_epoch
from tests.economy import yuma_reference

NEURONS = 256
VALIDATORS = 64
ROUNDS = 3
RUNS_PER_ROUND = 10
RECORDED_TIMES_RUST = {"yuma2": 1.97, "yuma3": 2.09, "yuma3_liquid": 0.32}
"""The median time of this epoch over that of the real chain's own arithmetic, once measured."""

RECORDED_SOURCE = (
    "7 interleaved rounds beside subtensor's math.rs @ 14bc6f9, built natively with rustc 1.95 -O3"
)

VARIANTS = {"yuma2": (False, False), "yuma3": (True, False), "yuma3_liquid": (True, True)}


def full_epoch(*, yuma3: bool, liquid_alpha: bool) -> EpochInput:
    """256 neurons, 64 of them validators with a weight on and a bond in everyone."""
    generator = np.random.default_rng(1)

    def rows() -> list[NDArray[np.uint16]]:
        empty = np.empty((0, 2), dtype=np.uint16)
        uids = np.arange(NEURONS)
        full = [
            np.column_stack((uids, generator.integers(0, 65_536, NEURONS))).astype(np.uint16)
            for _ in range(VALIDATORS)
        ]
        return full + [empty] * (NEURONS - VALIDATORS)

    return EpochInput(
        emission_rao=360_000_012_345,
        current_block=10_000,
        last_epoch_block=9_640,
        tempo_blocks=360,
        activity_cutoff_blocks=5_000,
        stake_weights=[int(s) << 64 for s in np.sort(generator.integers(1, 10**13, NEURONS))[::-1]],
        last_update_block=[9_500] * NEURONS,
        registration_block=[int(block) for block in generator.integers(0, 8_000, NEURONS)],
        validator_permits=[uid < VALIDATORS for uid in range(NEURONS)],
        weights_rows=rows(),
        bonds_rows=rows(),
        max_allowed_validators=VALIDATORS,
        kappa_u16=32_767,
        bonds_penalty_u16=65_535,
        bonds_moving_average_millionths=900_000,
        yuma3=yuma3,
        liquid_alpha=liquid_alpha,
        alpha_sigmoid_steepness=1_000,
        alpha_low_u16=45_875,
        alpha_high_u16=58_982,
    )


def measure() -> dict[str, dict[str, Any]]:
    """For each variant: milliseconds of both implementations, the best of all rounds, and ratio."""
    results: dict[str, dict[str, Any]] = {}
    for name, (yuma3, liquid_alpha) in VARIANTS.items():
        case = full_epoch(yuma3=yuma3, liquid_alpha=liquid_alpha)
        fast_ms, slow_ms = [], []
        for _ in range(ROUNDS):
            fast_ms += [_milliseconds(run_epoch, case) for _ in range(RUNS_PER_ROUND)]
            slow_ms.append(_milliseconds(yuma_reference.run, case))
        results[name] = {
            "numpy_ms": round(min(fast_ms), 3),
            "reference_ms": round(min(slow_ms), 3),
            "ratio": round(min(slow_ms) / min(fast_ms), 1),
            "recorded_times_rust": RECORDED_TIMES_RUST[name],
            "recorded_source": RECORDED_SOURCE,
        }
    return results


def _milliseconds(function: Callable[[EpochInput], object], case: EpochInput) -> float:
    start = time.perf_counter()
    function(case)
    return (time.perf_counter() - start) * 1_000


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
