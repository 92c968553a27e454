"""
How the alpha of an epoch reaches stakers: parents of a validator, its nominators, root stakers.

The epoch says what each hotkey earned as a miner (incentive) and as a validator (dividend). A
validator shares its dividend with the parents whose stake it validates with; what each hotkey then
has is split by its own stake into a part in alpha and a part for the root, and its take goes first.

Source: subtensor pallets/subtensor/src/coinbase/run_coinbase.rs @ 14bc6f9.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from taonet.primitives.fixed_point import U16_MAX, U64_MAX, U96F32, saturate_u64, u96f32
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha

K = TypeVar("K", AccountId, int)
"""A hotkey. Maps are gone through in ascending order of it, as the chain's are."""


@dataclass(frozen=True, slots=True)
class Stake:
    """A hotkey's stake that dividends are weighed by: alpha on the subnet, TAO on the root."""

    alpha: Alpha
    root: Alpha

    def weighted(self, tao_weight: U96F32, proportion: U96F32) -> U96F32:
        """`proportion` of both, the root's by its weight, in alpha."""
        alpha = u96f32.mul_floor(u96f32.from_int(int(self.alpha)), proportion)
        root = u96f32.mul_floor(u96f32.from_int(int(self.root)), proportion)
        return u96f32.saturating_add(alpha, u96f32.mul_floor(root, tao_weight))


@dataclass(frozen=True)
class Parent(Generic[K]):
    """A hotkey that lends `proportion` (parts of 2**64 - 1) of its stake to a validator."""

    hotkey: K
    proportion: int
    stake: Stake
    same_owner: bool


@dataclass(frozen=True)
class Child(Generic[K]):
    """
    A validator as its parents see it.

    `lent_proportions` (parts of 2**64 - 1) are what it lends to children of its own. `take` (parts
    of 65535) is what it keeps of parents of other owners: the largest of its own, the network's
    and the subnet's minimum.
    """

    hotkey: K
    stake: Stake
    lent_proportions: Sequence[int]
    take: int

    def self_contribution(self, tao_weight: U96F32) -> Alpha:
        """The stake that it validates with itself, in whole alpha: what it has not lent."""
        kept = u96f32.one
        for proportion in self.lent_proportions:
            kept = u96f32.saturating_sub(kept, u96f32.from_ratio(proportion, U64_MAX))
        return Alpha(u96f32.to_u64_floor(self.stake.weighted(tao_weight, kept)))


@dataclass(frozen=True)
class ParentShares(Generic[K]):
    """Who gets what of a validator's dividend, itself last; and the amounts to be recycled."""

    payouts: list[tuple[K, Alpha]]
    recycled: list[Alpha]


def share_with_parents(
    dividend: Alpha,
    child: Child[K],
    parents: Sequence[Parent[K]],
    tao_weight: U96F32,
    burn: U96F32,
) -> ParentShares[K]:
    """
    Splits a validator's dividend by whose stake earned it.

    Parents of another owner leave the child its take, and `burn` of their part is recycled. Every
    payout is rounded down on its own, and what that leaves is lost, not the child's.
    """
    emission = u96f32.from_int(int(dividend))
    take_fraction = u96f32.from_ratio(child.take, U16_MAX)
    contributions = [
        parent.stake.weighted(tao_weight, u96f32.from_ratio(parent.proportion, U64_MAX))
        for parent in parents
    ]
    own = u96f32.from_int(int(child.self_contribution(tao_weight)))
    whole = u96f32.saturate(own + sum(contributions))

    remaining, takes = emission, u96f32.zero
    payouts: list[tuple[K, Alpha]] = []
    recycled: list[Alpha] = []
    for parent, contribution in zip(parents, contributions, strict=True):
        part = u96f32.mul_floor(emission, u96f32.safe_div(contribution, whole))
        remaining = u96f32.saturating_sub(remaining, part)
        if not parent.same_owner:
            burned = u96f32.mul_floor(burn, part)
            take = u96f32.mul_floor(take_fraction, part)
            part = u96f32.saturating_sub(u96f32.saturating_sub(part, burned), take)
            takes = u96f32.saturating_add(takes, take)
            recycled.append(Alpha(u96f32.to_u64_floor(burned)))
        payouts.append((parent.hotkey, Alpha(u96f32.to_u64_floor(part))))
    rest = u96f32.to_u64_floor(u96f32.saturating_add(remaining, takes))
    payouts.append((child.hotkey, Alpha(rest)))
    return ParentShares(payouts, recycled)


class HotkeyEmission(NamedTuple, Generic[K]):
    """What the epoch gave one hotkey: as a miner, and as a validator before its parents' parts."""

    hotkey: K
    incentive: Alpha
    dividend: Alpha


def incentives_of(emissions: Iterable[HotkeyEmission[K]]) -> dict[K, Alpha]:
    """What each hotkey earned by mining."""
    sums: dict[K, Alpha] = {}
    for emission in emissions:
        before = int(sums.get(emission.hotkey, Alpha(0)))
        sums[emission.hotkey] = Alpha(saturate_u64(before + int(emission.incentive)))
    return sums


def dividends_of(payouts: Iterable[tuple[K, Alpha]]) -> dict[K, U96F32]:
    """What each hotkey has of all validators' dividends, from every validator's payouts."""
    sums: dict[K, U96F32] = {}
    for hotkey, amount in payouts:
        before = sums.get(hotkey, u96f32.zero)
        sums[hotkey] = u96f32.saturating_add(before, u96f32.from_int(int(amount)))
    return sums


@dataclass(frozen=True)
class Dividends(Generic[K]):
    """What each hotkey and its stakers get, unrounded, before its take."""

    alpha: dict[K, U96F32]
    root: dict[K, U96F32]


def divide(
    dividends: Mapping[K, U96F32],
    stakes: Mapping[K, Stake],
    pending_alpha: Alpha,
    pending_root: Alpha,
    tao_weight: U96F32,
) -> Dividends[K]:
    """
    Splits the pending alpha of validators and of the root among hotkeys.

    Each hotkey's dividend counts for the root as far as its own stake is the root's. Hotkeys
    without an entry in `stakes` get nothing. The maps that come back are ascending by hotkey.
    """
    alpha_parts: dict[K, U96F32] = {}
    root_parts: dict[K, U96F32] = {}
    for hotkey in sorted(dividends):
        if hotkey not in stakes:
            continue
        dividend, stake = dividends[hotkey], stakes[hotkey]
        root = u96f32.mul_floor(u96f32.from_int(int(stake.root)), tao_weight)
        whole = u96f32.saturating_add(u96f32.from_int(int(stake.alpha)), root)
        for_root = u96f32.mul_floor(dividend, u96f32.safe_div(root, whole))
        root_parts[hotkey] = for_root
        alpha_parts[hotkey] = u96f32.saturating_sub(dividend, for_root)
    return Dividends(_prorated(pending_alpha, alpha_parts), _prorated(pending_root, root_parts))


def _prorated(pending: Alpha, parts: Mapping[K, U96F32]) -> dict[K, U96F32]:
    amount, whole = u96f32.from_int(int(pending)), u96f32.saturate(sum(parts.values()))
    return {
        hotkey: u96f32.mul_floor(amount, u96f32.safe_div(part, whole))
        for hotkey, part in parts.items()
    }


class TakeSplit(NamedTuple):
    """A hotkey's dividend in whole units: its own take, and what its nominators share."""

    take: Alpha
    rest: Alpha


def split_take(dividend: U96F32, take: int) -> TakeSplit:
    """
    Takes `take` (parts of 65535) off a dividend; both parts are rounded down, up to 1 unit is lost.
    """
    kept = u96f32.mul_floor(u96f32.from_ratio(take, U16_MAX), dividend)
    rest = u96f32.saturating_sub(dividend, kept)
    return TakeSplit(Alpha(u96f32.to_u64_floor(kept)), Alpha(u96f32.to_u64_floor(rest)))


def split_takes(
    dividends: Mapping[K, U96F32], take_of: Callable[[K], int]
) -> list[tuple[K, TakeSplit]]:
    """Every hotkey's split, ascending by hotkey; zeros are split too."""
    return [
        (hotkey, split_take(dividends[hotkey], take_of(hotkey))) for hotkey in sorted(dividends)
    ]


@dataclass(frozen=True)
class IncentivePayout(Generic[K]):
    """One miner's incentive; `withheld` ones are recycled or burned instead of staked."""

    hotkey: K
    amount: Alpha
    withheld: bool


def incentive_payouts(
    incentives: Mapping[K, Alpha], owner_hotkeys: Container[K]
) -> tuple[list[IncentivePayout[K]], U96F32]:
    """
    What becomes of each incentive, ascending by hotkey, and the part of them that was withheld.

    Hotkeys of the subnet's owner are not paid for mining; the part withheld lowers the subnet's
    share of the emission whether it is recycled or burned.
    """
    payouts = [
        IncentivePayout(hotkey, incentives[hotkey], hotkey in owner_hotkeys)
        for hotkey in sorted(incentives)
    ]
    whole = saturate_u64(sum(int(payout.amount) for payout in payouts))
    withheld = saturate_u64(sum(int(payout.amount) for payout in payouts if payout.withheld))
    return payouts, u96f32.from_ratio(withheld, whole)


def validator_alpha(pending_server: Alpha, pending_validator: Alpha, incentives: Alpha) -> Alpha:
    """What validators share: their half, and the miners' too if no miner earned anything."""
    if incentives:
        return pending_validator
    return Alpha(saturate_u64(int(pending_validator) + int(pending_server)))
