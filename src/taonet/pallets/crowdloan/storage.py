"""
What crowdloans there are and who gave how much; no behaviour.

Source: subtensor pallets/crowdloan/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.pallet import Pallet
from taonet.frame.storage import (
    OptionMap,
    OptionValue,
    StorageMap,
    StorageValue,
    identity,
    twox_64_concat,
)
from taonet.pallets.preimage import BoundedCall
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.scale.types import U32, Struct, bounded_bytes, option, type_of, u32

MIGRATION_NAME_BYTES_MAX: Final = 128


class CrowdloanInfo(
    Struct,
    path="pallet_crowdloan::CrowdloanInfo",
    parameters={"AccountId": AccountId, "Balance": Rao, "BlockNumber": U32, "Call": BoundedCall},
):
    """
    A crowdloan. `raised` and the others are in rao, `end` is a block; of `target_address` and
    `call` there is exactly one.
    """

    creator: AccountId
    deposit: Rao
    min_contribution: Rao
    end: U32
    cap: Rao
    funds_account: AccountId
    raised: Rao
    target_address: AccountId | None
    call: Annotated[BoundedCall | None, option(type_of(BoundedCall))]
    finalized: bool
    contributors_count: U32


class CrowdloanStorage(Pallet, prefix="Crowdloan"):
    """Crowdloans by number, and contributions."""

    crowdloans = OptionMap(
        twox_64_concat(u32), value=CrowdloanInfo, doc="A map of crowdloan ids to their information."
    )
    next_crowdloan_id = StorageValue(u32, default=0, doc="The next incrementing crowdloan id.")
    contributions = OptionMap(
        twox_64_concat(u32),
        identity(AccountId),
        value=Rao,
        doc="A map of crowdloan ids to their contributors and their contributions.",
    )
    max_contributions = OptionMap(
        twox_64_concat(u32), value=Rao, doc="The most that one contributor may give, if limited."
    )
    current_crowdloan_id = OptionValue(
        u32, doc="The crowdloan that is being finalized, while its call is dispatched."
    )
    has_migration_run = StorageMap(
        identity(bounded_bytes(MIGRATION_NAME_BYTES_MAX)),
        value=bool,
        default=False,
        doc="Which migrations have run.",
    )
