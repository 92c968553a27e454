"""
Yuma consensus: one epoch of one mechanism of a subnet, to the last bit.

    from taonet.economy.yuma import EpochInput, run_epoch

`run_epoch` is a pure function. What it reads is gathered in `inputs.py`, what it answers in
`outputs.py`; the calculation follows the data: `stake`, `weights`, `consensus`, `bonds` (with
`liquid_alpha`), `emission`, on the number arrays of `fixed` and the matrices of `matrix`.
`mechanisms` splits an emission among mechanisms and merges their results, `stored` is how rows lie
in storage.

What stands here is imported when it is first asked for: all of it stands on numpy, which takes as
long to import as a whole chain's start should, and a chain's first epoch may be hours away.

Source: subtensor pallets/subtensor/src/epoch/{run_epoch,math}.rs @ 14bc6f9.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taonet.economy.yuma.epoch import run_epoch
    from taonet.economy.yuma.inputs import NO_COMMIT, EpochInput, EpochInputError
    from taonet.economy.yuma.matrix import PairRow
    from taonet.economy.yuma.mechanisms import (
        SubnetTerms,
        merge_mechanisms,
        split_among_mechanisms,
    )
    from taonet.economy.yuma.outputs import EpochOutput
    from taonet.economy.yuma.stored import (
        EMPTY_ROW,
        packed_row,
        packed_u16,
        packed_u64,
        pair_row,
        u64_vector,
    )

__all__ = [
    "EMPTY_ROW",
    "NO_COMMIT",
    "EpochInput",
    "EpochInputError",
    "EpochOutput",
    "PairRow",
    "SubnetTerms",
    "merge_mechanisms",
    "packed_row",
    "packed_u16",
    "packed_u64",
    "pair_row",
    "run_epoch",
    "split_among_mechanisms",
    "u64_vector",
]

_PLACES = {
    "epoch": ("run_epoch",),
    "inputs": ("NO_COMMIT", "EpochInput", "EpochInputError"),
    "matrix": ("PairRow",),
    "mechanisms": ("SubnetTerms", "merge_mechanisms", "split_among_mechanisms"),
    "outputs": ("EpochOutput",),
    "stored": ("EMPTY_ROW", "packed_row", "packed_u16", "packed_u64", "pair_row", "u64_vector"),
}


def __getattr__(name: str) -> Any:
    for place, names in _PLACES.items():
        if name in names:
            found = getattr(import_module(f"{__name__}.{place}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
