"""
EVMChainId: the number by which Ethereum's wallets tell this chain from others.

Source: frontier frame/evm-chain-id/src/lib.rs.
"""

from typing import Final

from taonet.frame.pallet import Pallet
from taonet.frame.storage import StorageValue
from taonet.scale.types import u64

EVM_CHAIN_ID_INDEX: Final = 23


class EvmChainId(Pallet, prefix="EVMChainId"):
    """Holds the number; AdminUtils sets it."""

    chain_id = StorageValue(u64, default=0, doc="The EVM chain ID.")
