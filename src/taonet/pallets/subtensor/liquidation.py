"""
Paying out a subnet that is dissolved: its pool's TAO to all who hold its alpha.

Source: subtensor pallets/subtensor/src/staking/remove_stake.rs `destroy_alpha_in_out_stakes`
@ 14bc6f9.
"""

from dataclasses import dataclass

from taonet.economy.apportionment import apportion
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.fixed_point import U16_MAX, saturate_u64, u96f32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao, saturating_sub


@dataclass(frozen=True, slots=True)
class Holding:
    """What a coldkey has on a hotkey of the subnet."""

    hotkey: AccountId
    coldkey: AccountId
    alpha: int


class Liquidation:
    """Turns all alpha of a subnet into TAO and leaves neither."""

    def __init__(self, storage: Storage, staking: Staking) -> None:
        self._storage = storage
        self._staking = staking

    def liquidate(self, netuid: NetUid) -> None:
        """
        Share the pool's TAO by alpha, the protocol's own included; recycle what is left.

        A staker that cannot be paid, its share being too small to open an account, is passed over.
        """
        storage, pools = self._storage, self._storage.pools
        holdings = self._holdings(netuid)
        refund = self._owner_refund(netuid)
        pot = pools.subnet_tao[netuid]
        total = storage.stake.total_stake
        storage.stake.total_stake = saturating_sub(total, pot)
        del pools.subnet_tao[netuid]
        weights = [*(holding.alpha for holding in holdings), self._protocol_alpha(netuid)]
        parts = apportion(int(pot), weights)
        protocol = parts.pop(len(holdings))
        for index, part in parts.items():
            self._pay(netuid, holdings[index].coldkey, Rao(part))
        self._forget_alpha(netuid, holdings)
        storage.networks.subnet_locked[netuid] = Rao(0)
        if refund:
            free = saturating_sub(self._staking.tao.balance(subnet_account(netuid)), Rao(protocol))
            owner = storage.networks.subnet_owner[netuid]
            self._pay(netuid, owner, min(refund, free))
        self._recycle_rest(netuid)
        self._staking.locks.forget_subnet(netuid)

    def _holdings(self, netuid: NetUid) -> list[Holding]:
        pools, found = self._staking.pools, []
        hotkeys = [
            hotkey
            for (hotkey, place), _ in self._storage.stake.total_hotkey_alpha.items()
            if place == netuid
        ]
        for hotkey in hotkeys:
            for _, coldkey, place in pools.holders(hotkey):
                if place == netuid:
                    value = int(pools.stake(hotkey, coldkey, netuid))
                    # In a pool without value the shares themselves stand for it.
                    value = value or pools.share(hotkey, coldkey, netuid).to_u64()
                    found.append(Holding(hotkey, coldkey, value))
        return found

    def _protocol_alpha(self, netuid: NetUid) -> int:
        """What the protocol holds; of subnets of today's kind the pool's alpha too."""
        networks, pools = self._storage.networks, self._storage.pools
        since = self._storage.global_parameters.tao_in_refund_deployment_block
        held = int(pools.subnet_protocol_alpha[netuid])
        if networks.network_registered_at[netuid] > since:
            return saturate_u64(int(pools.subnet_alpha_in[netuid]) + held)
        return held

    def _owner_refund(self, netuid: NetUid) -> Rao:
        """
        What the owner of an old subnet gets back of its lock: less what the owner's cut was worth.
        """
        networks, parameters = self._storage.networks, self._storage.global_parameters
        locked = networks.subnet_locked[netuid]
        start = parameters.network_registration_start_block
        if not locked or networks.network_registered_at[netuid] >= start:
            return Rao(0)
        issued = u96f32.from_int(int(self._staking.subnets.alpha_issuance(netuid)))
        cut = u96f32.from_ratio(parameters.subnet_owner_cut, U16_MAX)
        alpha = u96f32.from_int(u96f32.to_u64_floor(u96f32.mul_floor(issued, cut)))
        price = u96f32.convert(self._staking.swap.price(netuid), 64)
        earned = Rao(u96f32.to_u64_floor(u96f32.mul_floor(alpha, price)))
        return saturating_sub(locked, earned)

    def _pay(self, netuid: NetUid, coldkey: AccountId, amount: Rao) -> None:
        if not amount:
            return
        try:
            with self._storage.state.transaction():
                self._staking.tao.transfer_from_subnet(netuid, coldkey, amount)
        except DispatchError:
            return

    def _forget_alpha(self, netuid: NetUid, holdings: list[Holding]) -> None:
        stake, pools = self._storage.stake, self._storage.pools
        for holding in holdings:
            pool_key = holding.hotkey, netuid
            del stake.alpha[holding.hotkey, holding.coldkey, netuid]
            del stake.alpha_v2[holding.hotkey, holding.coldkey, netuid]
            del stake.total_hotkey_shares[pool_key]
            del stake.total_hotkey_shares_v2[pool_key]
        for hotkey, place in list(stake.total_hotkey_alpha.keys()):
            if place == netuid:
                del stake.total_hotkey_alpha[hotkey, netuid]
        for alpha in (pools.subnet_alpha_in, pools.subnet_alpha_out, pools.subnet_protocol_alpha):
            del alpha[netuid]

    def _recycle_rest(self, netuid: NetUid) -> None:
        """Take out of existence what the subnet's account still has, but for its minimum."""
        account = subnet_account(netuid)
        rest = self._staking.tao.balance_above_minimum(account)
        self._staking.tao.recycle(account, rest)
        self._storage.registrations.rao_recycled_for_registration[netuid] = rest
