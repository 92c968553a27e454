"""
What every block gives to subnets: TAO and alpha into their pools, and alpha that waits for the
epoch.

A subnet whose emission fails is left as it was, and the others get theirs.

Source: subtensor pallets/subtensor/src/coinbase/{run_coinbase,block_emission,block_step}.rs
@ 14bc6f9.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from taonet.economy.block_emission import TOTAL_SUPPLY, block_emission
from taonet.economy.moving_price import Smoothing, effective_moving_price, next_moving_price
from taonet.economy.subnet_emission import (
    Injection,
    Pending,
    Root,
    Subnet,
    Terms,
    inject,
    root_sells,
    split_alpha,
    split_emission,
    terms,
)
from taonet.economy.swap import Pool
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.storage import BoundMap
from taonet.pallets.alpha_assets import AlphaAssets
from taonet.pallets.subtensor.emission_shares import EmissionShares
from taonet.pallets.subtensor.stake import Staking
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from taonet.primitives.fixed_point import I96F32, U64F64, saturate_u64, saturate_u128, u96f32
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao

V = TypeVar("V")

ARITHMETIC_FAILURES: Final = (ArithmeticError, DispatchError)
"""What can go wrong in one subnet's numbers: it must not stop the others, or the chain."""


@dataclass(frozen=True, slots=True)
class SubnetFailure:
    """A subnet whose part of a block was undone, and why; for the node's log."""

    netuid: NetUid
    block: int
    reason: str


class Coinbase:
    """Emits to subnets, and keeps the prices that the emission follows."""

    def __init__(
        self, storage: Storage, system: System, staking: Staking, assets: AlphaAssets
    ) -> None:
        self._storage = storage
        self._system = system
        self.staking = staking
        self._assets = assets
        self._shares = EmissionShares(storage, system)
        self.failures: list[SubnetFailure] = []
        """What failed in the current block."""

    def receivers(self) -> list[NetUid]:
        """The subnets that are emitted to: started, and open to registration."""
        networks = self._storage.networks
        allowed = self._storage.hyperparameters.network_registration_allowed
        return [
            netuid
            for netuid in self.staking.subnets.without_root()
            if networks.first_emission_block_number[netuid] is not None
            and networks.subtoken_enabled[netuid]
            and allowed[netuid]
        ]

    def emit(self) -> dict[NetUid, U64F64]:
        """Mint the block's TAO and emit to all subnets; their prices afterwards."""
        storage, tao = self._storage, self.staking.tao
        issuance = storage.emission.total_issuance
        emission = block_emission(issuance)
        credit = tao.mint(emission)
        netuids = self.receivers()
        subnets = [self._subnet(netuid) for netuid in netuids]
        root = self._root()
        sells = root_sells(subnets)
        parts = split_emission(subnets, self._shares.of(netuids, subnets), credit)
        granted = [terms(subnet, part, root) for subnet, part in zip(subnets, parts, strict=True)]
        if issuance < TOTAL_SUPPLY:
            self._note_emission(int(emission))
        self._note_alpha_emission(netuids, subnets, granted)
        prices: dict[NetUid, U64F64] = {}
        for netuid, subnet, share in zip(netuids, subnets, granted, strict=True):
            try:
                with storage.state.transaction():
                    done = self._inject(netuid, subnet, share, credit)
                    self._mint_alpha(netuid, done, share, root, sells=sells)
            except ARITHMETIC_FAILURES as failure:
                self.report(netuid, failure)
                prices[netuid] = subnet.pool.price()
            else:
                credit -= done.tao_spent
                prices[netuid] = done.subnet.pool.price()
        tao.recycle_credit(credit)
        return prices

    def follow_prices(self, prices: dict[NetUid, U64F64]) -> None:
        """
        Move the moving prices on by the prices after the emission, and note the root's proportion
        of each subnet; both count from the next block on.
        """
        root, emission = self._root(), self._storage.emission
        weight = self._storage.pools.subnet_moving_alpha
        for netuid, spot in prices.items():
            self._move_price(netuid, spot, weight)
            proportion = root.proportion(self.staking.subnets.alpha_issuance(netuid))
            put(emission.root_prop, netuid, proportion)

    def report(self, netuid: NetUid, failure: Exception) -> None:
        """Note that a subnet's part of the current block was undone."""
        reason = f"{type(failure).__name__}: {failure}"
        self.failures.append(SubnetFailure(netuid, self._system.number, reason))

    def _subnet(self, netuid: NetUid) -> Subnet:
        storage = self._storage
        return Subnet(
            self.staking.swap.pool(netuid),
            storage.pools.subnet_alpha_out[netuid],
            storage.pools.subnet_moving_price[netuid],
            storage.emission.miner_burned[netuid],
            storage.hyperparameters.subnet_emission_enabled[netuid],
            storage.hyperparameters.owner_cut_enabled[netuid],
        )

    def _root(self) -> Root:
        parameters = self._storage.global_parameters
        return Root.from_stored(
            self._storage.pools.subnet_tao[ROOT],
            parameters.tao_weight,
            parameters.subnet_owner_cut,
        )

    def _note_alpha_emission(
        self, netuids: Sequence[NetUid], subnets: Sequence[Subnet], granted: Sequence[Terms]
    ) -> None:
        """
        Let the alpha emission of the last subnet stand as the block's emission.

        Odd 9, as on the real chain: one function answers for TAO and alpha and stores its answer.
        """
        emitted = zip(netuids, subnets, granted, strict=True)
        for _, subnet, share in sorted(emitted, key=_netuid, reverse=True):
            if int(subnet.alpha_issuance()) < int(TOTAL_SUPPLY):
                self._note_emission(u96f32.to_u64_floor(share.alpha_out))
                return

    def _note_emission(self, amount: int) -> None:
        if self._storage.emission.block_emission != amount:
            self._storage.emission.block_emission = amount

    def _inject(self, netuid: NetUid, subnet: Subnet, granted: Terms, credit: Rao) -> Injection:
        """The TAO side: liquidity, and alpha bought with the rest."""
        done = inject(subnet, granted, credit)
        if not self.staking.tao.spend(netuid, done.tao_spent):
            # Too little to open the subnet's account: its alpha is minted all the same.
            dry = replace(granted, tao_in=u96f32.zero, excess_tao=u96f32.zero)
            done = inject(subnet, dry, Rao(0))
        self._note_injection(netuid, done)
        self._store_pool(netuid, subnet.pool, done.subnet.pool)
        return done

    def _store_pool(self, netuid: NetUid, before: Pool, after: Pool) -> None:
        pools = self._storage.pools
        if after.tao_reserve != before.tao_reserve:
            pools.subnet_tao[netuid] = after.tao_reserve
        if after.alpha_reserve != before.alpha_reserve:
            pools.subnet_alpha_in[netuid] = after.alpha_reserve
        weights = before.balancer, before.balancer_initialized
        if (after.balancer, after.balancer_initialized) != weights:
            self.staking.swap.store_weights(netuid, after)

    def _note_injection(self, netuid: NetUid, done: Injection) -> None:
        storage = self._storage
        put(storage.emission.subnet_excess_tao, netuid, done.tao_bought_with)
        put(storage.emission.subnet_tao_in_emission, netuid, done.tao_in)
        put(storage.emission.subnet_alpha_in_emission, netuid, done.alpha_in)
        if done.alpha_bought:
            held = storage.pools.subnet_protocol_alpha
            held[netuid] = Alpha(saturate_u64(int(held[netuid]) + int(done.alpha_bought)))
        volume = int(done.stake_added) - int(done.tao_in)
        if volume:
            traded = storage.pools.subnet_volume
            traded[netuid] = saturate_u128(traded[netuid] + volume)
        if done.stake_added:
            total = int(storage.stake.total_stake) + int(done.stake_added)
            storage.stake.total_stake = Rao(saturate_u64(total))
        flow = int(done.tao_bought_with) + int(done.tao_in)
        if flow:
            self.staking.record_protocol_flow(netuid, flow)

    def _mint_alpha(
        self, netuid: NetUid, done: Injection, granted: Terms, root: Root, *, sells: bool
    ) -> None:
        """The alpha side: what is minted, and how it waits for the epoch."""
        emission = self._storage.emission
        after, pending = split_alpha(done.subnet, granted.alpha_out, root, root_sells=sells)
        put(emission.subnet_alpha_out_emission, netuid, pending.minted)
        put(self._storage.pools.subnet_alpha_out, netuid, after.alpha_out)
        minted = saturate_u64(int(done.alpha_in) + int(pending.minted))
        self._assets.mint(netuid, Alpha(minted))
        self._assets.recycle(netuid, pending.recycled)
        self._add_pending(netuid, pending)

    def _add_pending(self, netuid: NetUid, pending: Pending) -> None:
        emission = self._storage.emission
        for waiting, amount in (
            (emission.pending_owner_cut, pending.owner_cut),
            (emission.pending_server_emission, pending.server),
            (emission.pending_validator_emission, pending.validator),
            (emission.pending_root_alpha_divs, pending.root),
        ):
            if amount:
                waiting[netuid] = Alpha(saturate_u64(int(waiting[netuid]) + int(amount)))

    def _move_price(self, netuid: NetUid, spot: U64F64, weight: I96F32) -> None:
        storage = self._storage
        smoothing = Smoothing(
            storage.networks.first_emission_block_number[netuid],
            storage.hyperparameters.ema_price_halving_blocks[netuid],
            weight,
        )
        dynamic = self.staking.subnets.is_dynamic(netuid)
        before = storage.pools.subnet_moving_price[netuid]
        moving = effective_moving_price(before, dynamic=dynamic)
        after = next_moving_price(moving, spot, smoothing, self._system.number)
        if after != before:
            storage.pools.subnet_moving_price[netuid] = after


def put(values: BoundMap[NetUid, V], netuid: NetUid, value: V) -> None:
    """Store what has changed: an unchanged value costs the state's root nothing."""
    if values[netuid] != value:
        values[netuid] = value


def _netuid(entry: tuple[NetUid, Subnet, Terms]) -> int:
    return int(entry[0])
