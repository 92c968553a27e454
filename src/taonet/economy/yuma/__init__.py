"""
Yuma consensus: one epoch of one mechanism of a subnet, to the last bit.

    from taonet.economy.yuma import EpochInput, run_epoch

`run_epoch` is a pure function. What it reads is gathered in `inputs.py`, what it answers in
`outputs.py`; the calculation follows the data: `stake`, `weights`, `consensus`, `bonds` (with
`liquid_alpha`), `emission`, on the number arrays of `fixed` and the matrices of `matrix`.
`mechanisms` splits an emission among mechanisms and merges their results.

Source: subtensor pallets/subtensor/src/epoch/{run_epoch,math}.rs @ 14bc6f9.
"""

from taonet.economy.yuma.epoch import run_epoch
from taonet.economy.yuma.inputs import NO_COMMIT, EpochInput, EpochInputError
from taonet.economy.yuma.outputs import EpochOutput

__all__ = ["NO_COMMIT", "EpochInput", "EpochInputError", "EpochOutput", "run_epoch"]
