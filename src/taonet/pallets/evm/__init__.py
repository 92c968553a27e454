"""
EVM: Ethereum's contracts on this chain's state.

`machine` runs code, `runner` pays for it, `contracts` keeps it, `calls` is what native accounts may
ask; Ethereum's own transactions come in by the Ethereum pallet.

Source: frontier frame/evm, of the fork that subtensor uses; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.pallets.evm.calls import EvmCalls
from taonet.pallets.evm.contracts import Contracts
from taonet.pallets.evm.runner import Runner

EVM_INDEX: Final = 22
EVM_CLASSES: Final = (Contracts, EvmCalls)

__all__ = ["EVM_CLASSES", "EVM_INDEX", "Contracts", "EvmCalls", "Runner"]
