"""Adapters of the kinds that exercise how an epoch's alpha reaches stakers."""

from typing import Any

from taonet.cli.conformance.cases import Case
from taonet.economy.dividends import (
    Child,
    HotkeyEmission,
    Parent,
    ParentShares,
    Stake,
    divide,
    dividends_of,
    incentive_payouts,
    incentives_of,
    share_with_parents,
    split_takes,
)
from taonet.economy.subnet_emission import tao_weight_fraction
from taonet.primitives.fixed_point import U64_MAX, U96F32, u96f32
from taonet.primitives.units import Alpha


def _stake(fields: Case) -> Stake:
    return Stake(Alpha(fields["alpha_stake_rao"]), Alpha(fields["root_stake_rao"]))


def parent_child(case: Case) -> dict[str, Any]:
    """`parent_child_dividends`: one validator's dividend among its parents and itself."""
    tao_weight = tao_weight_fraction(case["tao_weight_u64"])
    minima = case["min_childkey_take_u16"], case["min_childkey_take_subnet_u16"]
    take = max(case["childkey_take_u16"], *minima)
    child = Child(case["hotkey"], _stake(case), case["children_proportions_u64"], take)
    parents = [
        Parent(
            fields["hotkey"],
            fields["proportion_u64"],
            _stake(fields),
            same_owner=fields["same_coldkey_as_child"],
        )
        for fields in case["parents"]
    ]
    burn = u96f32.from_ratio(case["ck_burn_u64"], U64_MAX)
    split = share_with_parents(Alpha(case["dividends_rao"]), child, parents, tao_weight, burn)
    return {
        "self_contribution_rao": int(child.self_contribution(tao_weight)),
        "distribution": [[hotkey, int(amount)] for hotkey, amount in split.payouts],
        "recycled_burn_take_rao": [int(amount) for amount in split.recycled if amount],
    }


def _shared(case: Case, fields: Case, tao_weight: U96F32) -> ParentShares[int]:
    """One hotkey's dividend, with the one parent of the case if it is the child."""
    link, by_hotkey = case["parent_child"], {other["hotkey"]: other for other in case["hotkeys"]}
    hotkey, take, parents = fields["hotkey"], 0, list[Parent[int]]()
    lent: list[int] = []
    if link is not None and link["parent"] == hotkey:
        lent = [link["proportion_u64"]]
    if link is not None and link["child"] == hotkey:
        parent = by_hotkey[link["parent"]]
        same_owner = parent["coldkey"] == fields["coldkey"]
        stake, take = _stake(parent), link["childkey_take_u16"]
        parents = [Parent(link["parent"], link["proportion_u64"], stake, same_owner)]
    child = Child(hotkey, _stake(fields), lent, take)
    return share_with_parents(
        Alpha(fields["dividend_rao"]), child, parents, tao_weight, u96f32.zero
    )


def distribution(case: Case) -> dict[str, Any]:
    """`dividend_distribution`: from the epoch's emission to the calls that pay it out."""
    tao_weight = tao_weight_fraction(case["tao_weight_u64"])
    stakes = {fields["hotkey"]: _stake(fields) for fields in case["hotkeys"]}
    emissions = [
        HotkeyEmission(
            fields["hotkey"], Alpha(fields["incentive_rao"]), Alpha(fields["dividend_rao"])
        )
        for fields in case["hotkeys"]
    ]
    incentives = incentives_of(emissions)
    shared = [_shared(case, fields, tao_weight) for fields in case["hotkeys"]]
    dividends = dividends_of(payout for split in shared for payout in split.payouts)
    pending = Alpha(case["pending_validator_alpha_rao"]), Alpha(case["pending_root_alpha_rao"])
    divided = divide(dividends, stakes, *pending, tao_weight)
    calls, withheld = _incentive_calls(case, incentives)
    takes = {fields["hotkey"]: fields["delegate_take_u16"] for fields in case["hotkeys"]}
    coldkeys = {fields["hotkey"]: fields["coldkey"] for fields in case["hotkeys"]}
    alpha_splits = split_takes(divided.alpha, takes.__getitem__)
    root_splits = split_takes(divided.root, takes.__getitem__)
    for name, splits in (("stake_hotkey_pool", alpha_splits), ("root_claimable", root_splits)):
        for hotkey, split in splits:
            calls.append(["stake_hotkey_coldkey", hotkey, coldkeys[hotkey], int(split.take)])
            calls.append([name, hotkey, int(split.rest)])
    return {
        "tao_weight_u96f32_bits": tao_weight,
        "dividends_u96f32_bits": [[hotkey, dividends[hotkey]] for hotkey in sorted(dividends)],
        "incentives_rao": [[hotkey, int(incentives[hotkey])] for hotkey in sorted(incentives)],
        "alpha_dividends_u96f32_bits": [[*pair] for pair in divided.alpha.items()],
        "root_alpha_dividends_u96f32_bits": [[*pair] for pair in divided.root.items()],
        "distribution_calls": calls,
        "miner_burned_u96f32_bits": withheld,
        "alpha_dividends_per_subnet_rao": [[key, int(split.rest)] for key, split in alpha_splits],
        "root_alpha_dividends_per_subnet_rao": [
            [key, int(split.rest)] for key, split in root_splits
        ],
    }


def _incentive_calls(
    case: Case, incentives: dict[int, Alpha]
) -> tuple[list[list[int | str]], U96F32]:
    owner = case["subnet_owner_coldkey"], case["subnet_owner_hotkey"]
    calls: list[list[int | str]] = []
    if None not in owner:
        calls.append(["stake_hotkey_coldkey", owner[1], owner[0], case["owner_cut_rao"]])
    by_hotkey = {fields["hotkey"]: fields for fields in case["hotkeys"]}
    owned = {
        hotkey
        for hotkey, fields in by_hotkey.items()
        if fields["coldkey"] == owner[0] or hotkey == owner[1]
    }
    payouts, withheld = incentive_payouts(incentives, owned)
    withholding = "recycle_alpha" if case["recycle_or_burn"] == "recycle" else "burn_alpha"
    for payout in payouts:
        fields = by_hotkey[payout.hotkey]
        if payout.withheld:
            # Recycling or burning nothing is no call; staking nothing is one.
            if payout.amount:
                calls.append([withholding, int(payout.amount)])
            continue
        destination = fields["auto_stake_destination"] or payout.hotkey
        amount = int(payout.amount)
        calls.append(["stake_hotkey_coldkey", destination, fields["coldkey"], amount])
    return calls, withheld
