"""
BaseFee: what a unit of gas costs, in wei; it rises after blocks that are more than half full.

Source: frontier frame/base-fee/src/lib.rs; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Event, Pallet, call
from taonet.frame.storage import StorageValue
from taonet.frame.weight import WRITE_REF_TIME, Weight, database_weight
from taonet.pallets.block_limits import BLOCK_WEIGHTS
from taonet.pallets.evm.types import PERMILL, U256, Permill
from taonet.pallets.system import System

BASE_FEE_INDEX: Final = 25

DEFAULT_WEI: Final = 20_000_000_000
LOWEST_WEI: Final = DEFAULT_WEI // 2
ELASTICITY: Final = 125_000
"""How much of itself the price may change by after a block, in millionths."""

TARGET: Final = PERMILL // 2

_SET = Weight(10_000 + WRITE_REF_TIME, 0)


class NewBaseFeePerGas(Event, index=0):
    """Root set the price."""

    fee: U256


class BaseFeeOverflow(Event, index=1):
    """The price is too high to be changed."""


class NewElasticity(Event, index=2):
    """Root set the elasticity."""

    elasticity: Permill


class BaseFee(Pallet, prefix="BaseFee"):
    events = (NewBaseFeePerGas, BaseFeeOverflow, NewElasticity)

    base_fee_per_gas = StorageValue(
        U256, default=U256.of(DEFAULT_WEI), doc="The price of a unit of gas, in wei."
    )
    elasticity = StorageValue(
        Permill, default=Permill(ELASTICITY), doc="How far a block may move the price."
    )

    def __init__(self, system: System) -> None:
        super().__init__(system.state)
        self._system = system

    @property
    def wei(self) -> int:
        """The price in wei."""
        return int(self.base_fee_per_gas)

    @call(index=0, weight=_SET)
    def set_base_fee_per_gas(self, origin: Origin, fee: U256) -> None:
        """Set the price of a unit of gas; only root can call this."""
        ensure_root(origin)
        self.base_fee_per_gas = fee
        self.deposit_event(NewBaseFeePerGas(fee))

    @call(index=1, weight=_SET)
    def set_elasticity(self, origin: Origin, elasticity: Permill) -> None:
        """Set how far a block may move the price; only root can call this."""
        ensure_root(origin)
        self.elasticity = elasticity
        self.deposit_event(NewElasticity(elasticity))

    def on_initialize(self, number: int) -> Weight:  # noqa: ARG002
        """The block's end reads and writes."""
        return database_weight(reads=2, writes=1)

    def on_finalize(self, number: int) -> None:  # noqa: ARG002
        """Move the price by how full the block is."""
        elasticity = self.elasticity._0
        if not elasticity:
            return
        used = self._system.block_weight
        total = used.normal.ref_time + used.operational.ref_time + used.mandatory.ref_time
        usage = min(total * PERMILL // BLOCK_WEIGHTS.max_block.ref_time, PERMILL)
        if usage == TARGET:
            return
        before = self.wei
        moved = moved_price(before, usage, elasticity)
        if moved is None:
            self.deposit_event(BaseFeeOverflow())
        elif moved != before:
            self.base_fee_per_gas = U256.of(moved)


def moved_price(price: int, usage: int, elasticity: int) -> int | None:
    """
    The price after a block of which `usage` millionths were used; rounds the step down, and never
    goes below half of the default. None where the step leaves 256 bits.
    """
    share = elasticity * (abs(usage - TARGET) * 2) // PERMILL
    if price * share >= 1 << 256:
        return None
    step = price * share // PERMILL
    if usage > TARGET:
        return min(price + step, (1 << 256) - 1)
    return max(price - step, LOWEST_WEI)
