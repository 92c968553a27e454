"""
Stake, its fees, locks and convictions, as clients ask for them.

Source: subtensor pallets/subtensor/runtime-api/src/lib.rs, src/rpc_info/stake_info.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.frame.runtime_api import RuntimeApi, api
from taonet.pallets.subtensor.types import LockState
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.convictions import Convictions
from taonet.runtime.runtime_apis.stake_info import Availabilities, StakeInfo, StakeReader
from taonet.runtime.runtime_apis.view_types import Fraction
from taonet.scale.types import U64, option, pair

Place = Annotated[tuple[AccountId, NetUid] | None, option(pair(AccountId, NetUid))]
"""A hotkey in a subnet; none is a coldkey's free balance."""


class StakeInfoRuntimeApi(RuntimeApi[Runtime], version=1):
    """Who has staked what on whom."""

    @api
    def get_stake_info_for_coldkey(self, coldkey_account: AccountId) -> tuple[StakeInfo, ...]:
        """All of a coldkey's positions."""
        return StakeReader(self.runtime).of_coldkey(coldkey_account)

    @api
    def get_stake_info_for_coldkeys(
        self, coldkey_accounts: tuple[AccountId, ...]
    ) -> tuple[tuple[AccountId, tuple[StakeInfo, ...]], ...]:
        """All positions of several coldkeys, an entry for each that was asked for."""
        reader = StakeReader(self.runtime)
        return tuple((coldkey, reader.of_coldkey(coldkey)) for coldkey in coldkey_accounts)

    @api
    def get_stake_info_for_hotkey_coldkey_netuid(
        self, hotkey_account: AccountId, coldkey_account: AccountId, netuid: NetUid
    ) -> StakeInfo | None:
        """What a coldkey has on a hotkey in a subnet."""
        return StakeReader(self.runtime).position(hotkey_account, coldkey_account, netuid)

    @api
    def get_stake_availability_for_coldkeys(
        self, coldkey_accounts: tuple[AccountId, ...], netuids: tuple[NetUid, ...] | None
    ) -> Availabilities:
        """What coldkeys may unstake, in some subnets or all."""
        return StakeReader(self.runtime).availability(coldkey_accounts, netuids)

    @api
    def get_stake_fee(
        self,
        origin: Place,
        origin_coldkey_account: AccountId,  # noqa: ARG002
        destination: Place,
        destination_coldkey_account: AccountId,  # noqa: ARG002
        amount: U64,
    ) -> U64:
        """The swap's fee for moving an amount of stake, nothing if it stays where it is."""
        if origin == destination:
            return 0
        place = destination or origin
        netuid = ROOT if place is None else place[1]
        return self.runtime.swap.pool(netuid).fee_of(amount)

    @api
    def get_coldkey_lock(self, coldkey: AccountId, netuid: NetUid) -> LockState | None:
        """A coldkey's lock in a subnet, as it stands now."""
        return StakeReader(self.runtime).lock(coldkey, netuid)

    @api
    def get_hotkey_conviction(self, hotkey: AccountId, netuid: NetUid) -> Fraction:
        """The conviction in a hotkey, as it stands now."""
        return Convictions(self.runtime, netuid).of(hotkey)

    @api
    def get_most_convicted_hotkey_on_subnet(self, netuid: NetUid) -> AccountId | None:
        """The hotkey of the largest conviction in a subnet."""
        return Convictions(self.runtime, netuid).strongest()
