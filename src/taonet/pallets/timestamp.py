"""
Timestamp: the block's time, set by the first extrinsic of every block and by nothing else.

The real chain wants half a slot between two blocks. Here a block's time only has to be later than
its parent's: how fast blocks are made is the engine's matter, whatever slot the chain declares.

Source: polkadot-sdk substrate/frame/timestamp.
"""

from taonet.frame.origin import Origin, ensure_none
from taonet.frame.pallet import Constant, Pallet, call
from taonet.frame.storage import StorageValue
from taonet.frame.weight import DispatchClass, Weight, database_weight
from taonet.pallets.aura import slot_duration_ms
from taonet.scale.types import CompactU64, boolean, u64


class InvalidInherent(AssertionError):
    """The block's time is missing, set twice, or not later than its parent's."""


class Timestamp(Pallet, prefix="Timestamp"):
    minimum_period = Constant(
        u64,
        lambda config: slot_duration_ms(config) // 2,
        doc="Half the declared time between blocks, in milliseconds.",
    )

    now = StorageValue(u64, default=0, doc="The current time, in milliseconds since 1970.")
    did_update = StorageValue(
        boolean, default=False, doc="Whether the timestamp has been updated in this block."
    )

    @call(
        index=0,
        weight=Weight(8_684_000, 1493) + database_weight(reads=2, writes=1),
        dispatch_class=DispatchClass.MANDATORY,
    )
    def set(self, origin: Origin, now: CompactU64) -> None:
        """Set the current time; the block's author does, once in each block."""
        ensure_none(origin)
        if self.did_update:
            raise InvalidInherent("a block's time is set once")
        if now <= self.now:
            raise InvalidInherent(
                f"a block's time {now} must be later than its parent's {self.now}"
            )
        self.now = now
        self.did_update = True

    def on_finalize(self, number: int) -> None:
        """The next block starts without a time."""
        if not self.did_update:
            raise InvalidInherent(f"block {number} has no time")
        del self.did_update
