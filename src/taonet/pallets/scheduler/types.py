"""The types of scheduled tasks. Source: polkadot-sdk substrate/frame/scheduler/src/lib.rs."""

from typing import Annotated, Final

from taonet.pallets.origin_caller import OriginCaller
from taonet.pallets.preimage import BoundedCall
from taonet.primitives.ids import AccountId
from taonet.scale.types import U8, U32, Struct, byte_array, option, pair, type_of, u32

TaskName = Annotated[bytes, byte_array(32)]

ADDRESS: Final = pair(u32, u32)
Address = Annotated[tuple[int, int], ADDRESS]
"""Where a task is: its block, and its place in the block's agenda."""

Period = Annotated[tuple[int, int] | None, option(ADDRESS)]
"""Every so many blocks, and how often."""


class Scheduled(
    Struct,
    path="pallet_scheduler::Scheduled",
    parameters={
        "Name": TaskName,
        "Call": BoundedCall,
        "BlockNumber": U32,
        "PalletsOrigin": OriginCaller,
        "AccountId": AccountId,
    },
):
    """A planned call; the lower its priority's number, the sooner in its block."""

    maybe_id: Annotated[bytes | None, option(byte_array(32))]
    priority: U8
    call: Annotated[BoundedCall, type_of(BoundedCall)]
    maybe_periodic: Period
    origin: Annotated[OriginCaller, type_of(OriginCaller)]


class RetryConfig(Struct, path="pallet_scheduler::RetryConfig", parameters={"Period": U32}):
    """How often a task that failed is tried again, after how many blocks each time."""

    total_retries: U8
    remaining: U8
    period: U32
