"""
Delegates: hotkeys that others stake on, with those others and what staking on them earned.

Source: subtensor pallets/subtensor/src/rpc_info/delegate_info.rs @ 14bc6f9.
"""

from typing import Annotated

from taonet.pallets.subtensor.packed_vectors import BOOL, U64, item
from taonet.primitives.fixed_point import U16_MAX, U64F64, u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import RAO_PER_TAO, ROOT, Alpha, NetUid
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.view_types import OF_ACCOUNTS, CompactNetUids
from taonet.scale.types import CompactU16, CompactU64, Struct, compact, pair, u64, vec

BLOCKS_PER_DAY = 7_200
RETURN_UNIT = 1_000 * RAO_PER_TAO
"""Returns are told for so much stake, in rao."""

Nominations = tuple[tuple[NetUid, int], ...]
Nominators = Annotated[
    tuple[tuple[AccountId, Nominations], ...],
    vec(pair(AccountId, vec(pair(compact(NetUid), compact(u64))))),
]


class DelegateInfo(
    Struct,
    path="pallet_subtensor::rpc_info::delegate_info::DelegateInfo",
    parameters=OF_ACCOUNTS,
):
    """A hotkey's take, nominators, places, and daily returns in rao."""

    delegate_ss58: AccountId
    take: CompactU16
    nominators: Nominators
    owner_ss58: AccountId
    registrations: CompactNetUids
    validator_permits: CompactNetUids
    return_per_1000: CompactU64
    total_daily_return: CompactU64


Delegated = Annotated[
    tuple[tuple[DelegateInfo, tuple[NetUid, Alpha]], ...],
    vec(pair(DelegateInfo, pair(compact(NetUid), compact(Alpha)))),
]
"""Delegates with the subnet and the stake that one coldkey has on them."""


class DelegateReader:
    """Delegates over one state."""

    def __init__(self, runtime: Runtime) -> None:
        self._subtensor = runtime.subtensor
        self._pools = runtime.subtensor.staking.pools

    def all(self) -> tuple[DelegateInfo, ...]:
        """Every delegate, in the order of storage."""
        delegates = self._subtensor.delegation.delegates.keys()
        return tuple(self._info(hotkey, self._nominators(hotkey)) for hotkey in delegates)

    def one(self, hotkey: AccountId) -> DelegateInfo | None:
        """One delegate; None for a hotkey that never set a take."""
        if hotkey not in self._subtensor.delegation.delegates:
            return None
        return self._info(hotkey, self._nominators(hotkey))

    def of_coldkey(self, coldkey: AccountId) -> Delegated:
        """The delegates that a coldkey has stake on, once a subnet, without their nominators."""
        delegates = self._subtensor.delegation.delegates.keys()
        return tuple(
            (self._info(hotkey, ()), (netuid, self._pools.stake(hotkey, coldkey, netuid)))
            for hotkey in delegates
            for netuid in self._pools.subnets_of(hotkey, coldkey)
        )

    def _nominators(self, hotkey: AccountId) -> Nominators:
        """
        Coldkeys and what each has on the hotkey, ascending.

        The real chain takes the pool by the subnet's place among all subnets, which is another
        subnet's once one was dissolved; here it is always the subnet's own.
        """
        found: dict[AccountId, list[tuple[NetUid, int]]] = {}
        for _, coldkey, netuid in self._pools.holders(hotkey):
            if not self._pools.share(hotkey, coldkey, netuid).is_zero():
                stake = int(self._pools.stake(hotkey, coldkey, netuid))
                found.setdefault(coldkey, []).append((netuid, stake))
        return tuple((coldkey, tuple(stakes)) for coldkey, stakes in found.items())

    def _info(self, hotkey: AccountId, nominators: Nominators) -> DelegateInfo:
        registrations = tuple(self._subtensor.hotkeys.networks_of(hotkey))
        daily = self._emission_per_day(hotkey, registrations)
        take = self._subtensor.delegation.delegates[hotkey]
        return DelegateInfo(
            delegate_ss58=hotkey,
            take=take,
            nominators=nominators,
            owner_ss58=self._subtensor.accounts.owner[hotkey],
            registrations=registrations,
            validator_permits=tuple(n for n in registrations if self._has_permit(hotkey, n)),
            return_per_1000=self._return_per_unit(hotkey, take, daily),
            total_daily_return=u64f64.to_u64_floor(daily),
        )

    def _has_permit(self, hotkey: AccountId, netuid: NetUid) -> bool:
        uid = self._subtensor.neurons.uids[netuid, hotkey]
        permits = self._subtensor.scores.validator_permit[netuid]
        return uid is not None and bool(item(permits, int(uid), BOOL))

    def _emission_per_day(self, hotkey: AccountId, registrations: tuple[NetUid, ...]) -> U64F64:
        """The last epoch's emission of all subnets, as if all days were like it."""
        total = u64f64.zero
        for netuid in registrations:
            uid = self._subtensor.neurons.uids[netuid, hotkey]
            tempo = self._subtensor.hyperparameters.tempo[netuid]
            if uid is None or tempo == 0:
                continue
            emission = item(self._subtensor.scores.emission[netuid], int(uid), U64)
            epochs = u64f64.from_ratio(BLOCKS_PER_DAY, tempo)
            daily = u64f64.mul_floor(u64f64.from_int(emission), epochs)
            total = u64f64.saturating_add(total, daily)
        return total

    def _return_per_unit(self, hotkey: AccountId, take: int, daily: U64F64) -> int:
        """A day's return on `RETURN_UNIT` of root stake, the take aside; 0 without stake."""
        stake = u64f64.from_int(int(self._pools.total(hotkey, ROOT)))
        if not stake:
            return 0
        left = u64f64.saturating_sub(u64f64.one, u64f64.from_ratio(take, U16_MAX))
        units = u64f64.safe_div(stake, u64f64.from_int(RETURN_UNIT))
        return u64f64.to_u64_floor(u64f64.safe_div(u64f64.mul_floor(daily, left), units))
