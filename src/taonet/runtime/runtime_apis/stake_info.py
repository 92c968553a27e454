"""
Stake by coldkey: positions, and what of it may be unstaked.

Source: subtensor pallets/subtensor/src/rpc_info/stake_info.rs @ 14bc6f9.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from taonet.pallets.subtensor.types import LockState
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.subnet_readings import exists, netuids
from taonet.runtime.runtime_apis.view_types import (
    OF_ACCOUNTS,
    CompactAlpha,
    CompactNetUid,
    CompactRao,
)
from taonet.scale.types import CompactU64, Struct, mapping, type_of


class StakeInfo(
    Struct,
    path="pallet_subtensor::rpc_info::stake_info::StakeInfo",
    parameters=OF_ACCOUNTS,
):
    """What a coldkey has on a hotkey in a subnet; `locked`, `tao_emission`, `drain` are unused."""

    hotkey: AccountId
    coldkey: AccountId
    netuid: CompactNetUid
    stake: CompactAlpha
    locked: CompactU64
    emission: CompactAlpha
    tao_emission: CompactRao
    drain: CompactU64
    is_registered: bool


class StakeAvailability(Struct, path="pallet_subtensor::rpc_info::stake_info::StakeAvailability"):
    """A coldkey's alpha in a subnet, how much of it is locked, and how much is free."""

    total: CompactAlpha
    locked: CompactAlpha
    available: CompactAlpha


AvailabilityBySubnet = Mapping[NetUid, StakeAvailability]
Availabilities = Annotated[
    Mapping[AccountId, AvailabilityBySubnet],
    mapping(AccountId, mapping(NetUid, type_of(StakeAvailability))),
]


class StakeReader:
    """Stake over one state."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._subtensor = runtime.subtensor
        self._pools = runtime.subtensor.staking.pools
        self._locks = runtime.subtensor.staking.locks

    def of_coldkey(self, coldkey: AccountId) -> tuple[StakeInfo, ...]:
        """All positions of a coldkey, by subnet, then by hotkey as first staked on."""
        hotkeys = self._subtensor.accounts.staking_hotkeys[coldkey]
        found = []
        for netuid in netuids(self._runtime):
            for hotkey in hotkeys:
                stake = self._pools.stake(hotkey, coldkey, netuid)
                if stake:
                    found.append(self._info(hotkey, coldkey, netuid, stake))
        return tuple(found)

    def position(self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid) -> StakeInfo:
        """One position, even if it is empty."""
        stake = self._pools.stake(hotkey, coldkey, netuid)
        return self._info(hotkey, coldkey, netuid, stake)

    def lock(self, coldkey: AccountId, netuid: NetUid) -> LockState | None:
        """A coldkey's lock in a subnet, as it stands now; None without one."""
        found = self._locks.lock_of(coldkey, netuid)
        if found is None:
            return None
        _, lock = found
        return LockState(lock.mass, lock.conviction, lock.updated)

    def availability(
        self, coldkeys: Sequence[AccountId], asked: Sequence[NetUid] | None
    ) -> Availabilities:
        """
        What coldkeys may unstake in the subnets `asked` for, all if None; subnets in which a
        coldkey has neither stake nor lock are left out. More subnets than exist get no answer.
        """
        places = self._places(asked)
        return {coldkey: self._availability(coldkey, places) for coldkey in coldkeys}

    def _places(self, asked: Sequence[NetUid] | None) -> list[NetUid]:
        existing = netuids(self._runtime)
        if asked is None:
            return existing
        wanted = sorted({int(netuid) for netuid in asked})
        if len(wanted) > len(existing):
            return []
        return [NetUid(netuid) for netuid in wanted if exists(self._runtime, NetUid(netuid))]

    def _availability(
        self, coldkey: AccountId, places: Sequence[NetUid]
    ) -> dict[NetUid, StakeAvailability]:
        found = {}
        for netuid in places:
            total = self._locks.total_stake(coldkey, netuid)
            locked = self._locks.locked(coldkey, netuid)
            if total or locked:
                free = self._locks.available(coldkey, netuid)
                found[netuid] = StakeAvailability(total, locked, free)
        return found

    def _info(
        self, hotkey: AccountId, coldkey: AccountId, netuid: NetUid, stake: Alpha
    ) -> StakeInfo:
        return StakeInfo(
            hotkey=hotkey,
            coldkey=coldkey,
            netuid=netuid,
            stake=stake,
            locked=0,
            emission=self._subtensor.emission.alpha_dividends_per_subnet[netuid, hotkey],
            tao_emission=Rao(0),
            drain=0,
            is_registered=(netuid, hotkey) in self._subtensor.neurons.uids,
        )
