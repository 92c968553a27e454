"""
Swapping hotkeys: everywhere or in one subnet, with the stake or without it.

The rules follow subtensor pallets/subtensor/src/tests/{swap_hotkey,swap_hotkey_with_subnet}.rs.
"""

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Origin, Root, Signed
from taonet.frame.weight import database_weight
from taonet.pallets.subtensor.errors import (
    CannotUseSystemAccount,
    HotKeyAlreadyRegisteredInSubNet,
    HotKeySetTxRateLimitExceeded,
    HotKeySwapOnSubnetIntervalNotPassed,
    InvalidChild,
    NewHotKeyIsSameWithOld,
    NewHotKeyNotCleanForRootSwap,
    NonAssociatedColdKey,
    NotEnoughBalanceToPaySwapHotKey,
)
from taonet.pallets.subtensor.events.accounts import HotkeySwapped, HotkeySwappedOnSubnet
from taonet.pallets.subtensor.events.networks import SubnetOwnerHotkeySet
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.pallets.subtensor.types import (
    AxonInfo,
    LastDelegateTake,
    LastTransaction,
    NeuronCertificate,
    PrometheusInfo,
)
from taonet.primitives.fixed_point import I96F32
from taonet.primitives.ids import H256
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, Uid, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

COLD, OLD, NEW = account("hot cold"), account("hot"), account("new")
OTHER = NetUid(2)
OWNER = Signed(COLD)


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    for netuid in (NETUID, OTHER):
        chain.add_subnet(netuid)
        chain.register("hot", netuid)
    chain.fund(COLD, to_rao(1))
    chain.system.number = 100
    return chain


def swap(
    chain: Chain,
    netuid: NetUid | None = None,
    origin: Origin = OWNER,
    *,
    keep_stake: bool = False,
) -> None:
    chain.subtensor.hotkey_swap.swap_hotkey_v2(origin, OLD, NEW, netuid, keep_stake)
    chain.subtensor.block_step.try_state()


def test_a_new_hotkey_takes_the_place_of_the_former_everywhere(chain: Chain) -> None:
    neurons, accounts = chain.subtensor.neurons, chain.subtensor.accounts
    issued = int(chain.balances.total_issuance)
    swap(chain)

    for netuid in (NETUID, OTHER):
        assert neurons.uids[netuid, OLD] is None
        assert neurons.uids[netuid, NEW] == Uid(0)
        assert neurons.keys[netuid, Uid(0)] == NEW
        assert neurons.is_network_member[NEW, netuid]
        assert (OLD, netuid) not in neurons.is_network_member
    assert OLD not in accounts.owner
    assert accounts.owner[NEW] == COLD
    assert accounts.owned_hotkeys[COLD] == (NEW,)
    assert issued - int(chain.balances.total_issuance) == 100_000_000
    assert chain.balances.free(COLD) == Rao(900_000_000)
    swapped = HotkeySwapped(coldkey=COLD, old_hotkey=OLD, new_hotkey=NEW)
    assert chain.events(HotkeySwapped) == [swapped]


def test_in_one_subnet_the_former_hotkey_stays_what_it_is_elsewhere(chain: Chain) -> None:
    neurons, accounts = chain.subtensor.neurons, chain.subtensor.accounts
    swap(chain, NETUID)

    assert neurons.uids[NETUID, NEW] == Uid(0)
    assert neurons.uids[NETUID, OLD] is None
    assert neurons.uids[OTHER, OLD] == Uid(0)
    assert accounts.owner[OLD] == accounts.owner[NEW] == COLD
    assert accounts.owned_hotkeys[COLD] == (OLD, NEW)
    assert chain.balances.free(COLD) == Rao(999_000_000)
    swapped = HotkeySwappedOnSubnet(coldkey=COLD, old_hotkey=OLD, new_hotkey=NEW, netuid=NETUID)
    assert chain.events(HotkeySwappedOnSubnet) == [swapped]
    assert chain.subtensor.key_swaps.last_hotkey_swap_on_netuid[NETUID, COLD] == 100


def test_the_older_call_swaps_with_the_stake(chain: Chain) -> None:
    chain.stake("nominator", "hot", 10)
    before = chain.stake_of("nominator", "hot")
    chain.subtensor.hotkey_swap.swap_hotkey(OWNER, OLD, NEW, None)

    assert chain.stake_of("nominator", "hot") == 0
    assert chain.stake_of("nominator", "new") == before


def test_stake_follows_from_every_coldkey_and_subnet(chain: Chain) -> None:
    before = {}
    for coldkey in ("first", "second"):
        for netuid in (NETUID, OTHER, ROOT):
            chain.stake(coldkey, "hot", 10, netuid)
    for coldkey in ("first", "second"):
        for netuid in (NETUID, OTHER, ROOT):
            before[coldkey, netuid] = chain.stake_of(coldkey, "hot", netuid)
    total = chain.subtensor.stake.total_stake
    swap(chain)

    for (coldkey, netuid), stake in before.items():
        assert chain.stake_of(coldkey, "hot", netuid) == 0
        assert abs(chain.stake_of(coldkey, "new", netuid) - stake) <= 1
        assert chain.subtensor.accounts.staking_hotkeys[account(coldkey)] == (NEW,)
    assert chain.subtensor.stake.total_stake == total


def test_in_one_subnet_only_its_stake_follows(chain: Chain) -> None:
    chain.stake("nominator", "hot", 10)
    chain.stake("nominator", "hot", 10, OTHER)
    here, there = chain.stake_of("nominator", "hot"), chain.stake_of("nominator", "hot", OTHER)
    swap(chain, NETUID)

    assert chain.stake_of("nominator", "new") == here
    assert chain.stake_of("nominator", "hot", OTHER) == there
    assert chain.subtensor.accounts.staking_hotkeys[account("nominator")] == (OLD, NEW)


def test_stake_may_stay_on_the_former_hotkey(chain: Chain) -> None:
    chain.stake("nominator", "hot", 10)
    before = chain.stake_of("nominator", "hot")
    chain.subtensor.emission.alpha_dividends_per_subnet[NETUID, OLD] = Alpha(5)
    swap(chain, keep_stake=True)

    assert chain.stake_of("nominator", "hot") == before
    assert chain.stake_of("nominator", "new") == 0
    assert chain.subtensor.neurons.uids[NETUID, NEW] == Uid(0)
    assert chain.subtensor.emission.alpha_dividends_per_subnet[NETUID, OLD] == Alpha(5)
    assert chain.subtensor.accounts.staking_hotkeys[account("nominator")] == (OLD,)


def test_what_a_neuron_announced_moves(chain: Chain) -> None:
    neurons, weights = chain.subtensor.neurons, chain.subtensor.weights
    axon, index = AxonInfo(1, 2, 3, 4, 4, 0, 0, 0), mechanism_index(NETUID)
    prometheus, certificate = PrometheusInfo(1, 2, 3, 4, 4), NeuronCertificate(b"key", 1)
    commits = ((H256(bytes(32)), 1, 2, 3),)
    neurons.axons[NETUID, OLD] = axon
    neurons.prometheus[NETUID, OLD] = prometheus
    neurons.neuron_certificates[NETUID, OLD] = certificate
    weights.weight_commits[index, OLD] = commits
    chain.subtensor.scores.loaded_emission[NETUID] = ((account("x"), 1, 2), (OLD, 3, 4))
    swap(chain)

    assert neurons.axons[NETUID, NEW] == axon
    assert neurons.prometheus[NETUID, NEW] == prometheus
    assert neurons.neuron_certificates[NETUID, NEW] == certificate
    assert weights.weight_commits[index, NEW] == commits
    assert chain.subtensor.scores.loaded_emission[NETUID] == ((account("x"), 1, 2), (NEW, 3, 4))
    for kept in (neurons.axons, neurons.prometheus, neurons.neuron_certificates):
        assert (NETUID, OLD) not in kept
    assert (index, OLD) not in weights.weight_commits


def test_takes_limits_and_scores_move(chain: Chain) -> None:
    subtensor = chain.subtensor
    limits = subtensor.rate_limits.last_rate_limited_block
    subtensor.delegation.delegates[OLD] = 100
    subtensor.children.childkey_take[OLD, NETUID] = 7
    limits[LastTransaction(OLD)] = 3
    limits[LastDelegateTake(OLD)] = 5
    subtensor.stake.total_hotkey_alpha_last_epoch[OLD, NETUID] = Alpha(10)
    subtensor.stake.total_hotkey_alpha_last_epoch[NEW, NETUID] = Alpha(1)
    subtensor.emission.alpha_dividends_per_subnet[NETUID, OLD] = Alpha(20)
    subtensor.voting_power.voting_power[NETUID, OLD] = 30
    swap(chain)

    assert subtensor.delegation.delegates[NEW] == 100
    assert OLD not in subtensor.delegation.delegates
    assert subtensor.children.childkey_take[NEW, NETUID] == 7
    assert (NEW, OTHER) not in subtensor.children.childkey_take
    assert limits[LastTransaction(NEW)] == 3
    assert limits[LastDelegateTake(NEW)] == 5
    assert LastTransaction(OLD) not in limits
    assert limits[LastTransaction(COLD)] == 100
    assert subtensor.stake.total_hotkey_alpha_last_epoch[NEW, NETUID] == Alpha(11)
    assert subtensor.emission.alpha_dividends_per_subnet[NETUID, NEW] == Alpha(20)
    assert subtensor.voting_power.voting_power[NETUID, NEW] == 30


def test_children_and_parents_move(chain: Chain) -> None:
    children, half = chain.subtensor.children, 2**63
    child, parent = account("child"), account("parent")
    children.child_keys[OLD, NETUID] = ((half, child),)
    children.parent_keys[child, NETUID] = ((half, OLD),)
    children.parent_keys[OLD, NETUID] = ((half, parent),)
    children.child_keys[parent, NETUID] = ((half, OLD),)
    children.pending_child_keys[NETUID, OLD] = (((half, account("later")),), 200)
    children.pending_child_keys[NETUID, account("p")] = (((1, OLD), (2, account("q"))), 9)
    swap(chain)

    assert children.child_keys[NEW, NETUID] == ((half, child),)
    assert children.parent_keys[child, NETUID] == ((half, NEW),)
    assert children.parent_keys[NEW, NETUID] == ((half, parent),)
    assert children.child_keys[parent, NETUID] == ((half, NEW),)
    assert (OLD, NETUID) not in children.child_keys
    assert (OLD, NETUID) not in children.parent_keys
    assert children.pending_child_keys[NETUID, NEW] == (((half, account("later")),), 200)
    assert children.pending_child_keys[NETUID, account("p")] == (
        ((2, account("q")), (1, NEW)),
        9,
    )


def test_nobody_becomes_its_own_child(chain: Chain) -> None:
    children = chain.subtensor.children
    children.pending_child_keys[NETUID, OLD] = (((1, NEW),), 200)
    refuse(chain, InvalidChild, swap, chain)


def test_the_owners_hotkey_and_auto_stake_move(chain: Chain) -> None:
    accounts, miner = chain.subtensor.accounts, account("miner")
    chain.subtensor.networks.subnet_owner_hotkey[NETUID] = OLD
    accounts.auto_stake_destination[miner, NETUID] = OLD
    accounts.auto_stake_destination_coldkeys[OLD, NETUID] = (miner,)
    swap(chain, NETUID)

    assert chain.subtensor.networks.subnet_owner_hotkey[NETUID] == NEW
    assert chain.events(SubnetOwnerHotkeySet) == [SubnetOwnerHotkeySet(NETUID, NEW)]
    assert accounts.auto_stake_destination[miner, NETUID] == NEW
    assert accounts.auto_stake_destination_coldkeys[NEW, NETUID] == (miner,)
    assert (OLD, NETUID) not in accounts.auto_stake_destination_coldkeys


def test_root_dividends_move_with_the_root_stake(chain: Chain) -> None:
    claims, rate = chain.subtensor.root_claims, I96F32(1 << 31)
    chain.stake("nominator", "hot", 10, ROOT)
    claims.root_claimable[OLD] = {NETUID: rate}
    claims.root_claimed[NETUID, OLD, account("nominator")] = 77
    chain.subtensor.children.auto_parent_delegation_enabled[OLD] = False
    owed = chain.staking.root.owed(OLD, account("nominator"), NETUID)
    swap(chain)

    assert dict(claims.root_claimable[NEW]) == {NETUID: rate}
    assert OLD not in claims.root_claimable
    assert claims.root_claimed[NETUID, NEW, account("nominator")] == 77
    assert chain.staking.root.owed(NEW, account("nominator"), NETUID) == owed
    assert not chain.subtensor.children.auto_parent_delegation_enabled[NEW]


def test_locks_keep_their_conviction(chain: Chain) -> None:
    staker = account("staker")
    chain.stake("staker", "hot", 10)
    chain.staking.locks.lock(staker, NETUID, OLD, Alpha(10**9))
    chain.system.number = 100_000
    before = chain.staking.locks.lock_of(staker, NETUID)
    assert before is not None
    sums = chain.subtensor.locks.decaying_hotkey_lock
    swap(chain, NETUID)

    assert chain.staking.locks.lock_of(staker, NETUID) == (NEW, before[1])
    assert (NETUID, OLD) not in sums
    moved = sums[NETUID, NEW]
    assert moved is not None
    assert moved.locked_mass == before[1].mass
    assert chain.subtensor.locks.locking_coldkeys[NETUID, OLD, staker] is None
    assert chain.subtensor.locks.locking_coldkeys[NETUID, NEW, staker] == ()


def test_locks_on_the_owners_hotkey_stay_the_owners(chain: Chain) -> None:
    staker, locks = account("staker"), chain.subtensor.locks
    chain.subtensor.networks.subnet_owner_hotkey[NETUID] = OLD
    chain.stake("staker", "hot", 10)
    chain.staking.locks.set_perpetual(staker, NETUID, enabled=True)
    chain.staking.locks.lock(staker, NETUID, OLD, Alpha(10**9))
    before = locks.owner_lock[NETUID]
    swap(chain)

    assert locks.owner_lock[NETUID] == before
    assert (NETUID, NEW) not in locks.hotkey_lock
    found = chain.staking.locks.lock_of(staker, NETUID)
    assert found is not None
    assert found[0] == NEW


def test_only_the_owner_swaps_to_a_hotkey_of_its_own(chain: Chain) -> None:
    refuse(chain, BadOrigin, swap, chain, None, Root())
    refuse(chain, NonAssociatedColdKey, swap, chain, None, Signed(account("other")))
    call = chain.subtensor.hotkey_swap.swap_hotkey
    refuse(chain, NewHotKeyIsSameWithOld, call, OWNER, OLD, OLD, None)
    refuse(chain, NonAssociatedColdKey, call, OWNER, account("unknown"), NEW, None)
    chain.own(account("other"), NEW)
    refuse(chain, NonAssociatedColdKey, call, OWNER, OLD, NEW, None)
    system = subnet_account(NETUID)
    refuse(chain, CannotUseSystemAccount, call, OWNER, OLD, system, None)
    refuse(chain, CannotUseSystemAccount, call, OWNER, OLD, system, NETUID)


def test_a_registered_hotkey_cannot_take_anothers_place(chain: Chain) -> None:
    chain.own(COLD, NEW)
    chain.subtensor.neuron_registry.append(OTHER, NEW)
    refuse(chain, HotKeyAlreadyRegisteredInSubNet, swap, chain)
    refuse(chain, HotKeyAlreadyRegisteredInSubNet, swap, chain, OTHER)
    swap(chain, NETUID)


def test_a_swap_everywhere_leaves_a_row_where_nobody_was(chain: Chain) -> None:
    """The real chain's oddity: the row counts against a later swap to that hotkey there alone."""
    members = chain.subtensor.neurons.is_network_member
    elsewhere = NetUid(7)
    chain.add_subnet(elsewhere)
    swap(chain)
    assert members[NEW, NETUID]
    assert (NEW, elsewhere) in members
    assert not members[NEW, elsewhere]
    assert (OLD, NETUID) not in members

    again = account("again")
    chain.own(COLD, again)
    chain.system.number += 10_000_000
    call = chain.subtensor.hotkey_swap.swap_hotkey_v2
    refuse(chain, HotKeyAlreadyRegisteredInSubNet, call, OWNER, again, NEW, elsewhere, False)


@pytest.mark.parametrize("netuid", [None, ROOT])
def test_a_hotkey_with_root_dividends_of_its_own_is_refused(
    chain: Chain, netuid: NetUid | None
) -> None:
    error, claims = NewHotKeyNotCleanForRootSwap, chain.subtensor.root_claims
    claims.root_claimable[NEW] = {NETUID: I96F32(1)}
    refuse(chain, error, swap, chain, netuid)
    del claims.root_claimable[NEW]
    claims.root_claimed[ROOT, NEW, COLD] = 1
    refuse(chain, error, swap, chain, netuid)
    del claims.root_claimed[ROOT, NEW, COLD]
    chain.own(COLD, NEW)
    chain.stake("nominator", "new", 10, ROOT)
    refuse(chain, error, swap, chain, netuid)


def test_a_swap_has_its_price(chain: Chain) -> None:
    chain.staking.tao.recycle(COLD, Rao(901_000_000))
    refuse(chain, NotEnoughBalanceToPaySwapHotKey, swap, chain)
    swap(chain, NETUID)
    assert chain.balances.free(COLD) == Rao(98_000_000)


def test_swaps_keep_their_distance(chain: Chain) -> None:
    """Fast networks let two swaps in a subnet follow with one block between them."""
    chain.subtensor.global_parameters.tx_rate_limit = 0
    call = chain.subtensor.hotkey_swap.swap_hotkey
    swap(chain, NETUID)
    third = account("third")
    error = HotKeySwapOnSubnetIntervalNotPassed
    for number in (100, 101):
        chain.system.number = number
        refuse(chain, error, call, OWNER, NEW, third, NETUID)
        refuse(chain, error, call, OWNER, NEW, third, None)
    call(OWNER, OLD, third, OTHER)
    chain.system.number = 102
    call(OWNER, NEW, account("fourth"), NETUID)


def test_a_swap_everywhere_counts_where_stake_is_lent_but_not_where_it_is_borrowed(
    chain: Chain,
) -> None:
    third, swaps = NetUid(3), chain.subtensor.key_swaps.last_hotkey_swap_on_netuid
    chain.add_subnet(third)
    chain.add_subnet(NetUid(4))
    chain.subtensor.children.child_keys[OLD, third] = ((1, account("child")),)
    chain.subtensor.children.parent_keys[account("child"), third] = ((1, OLD),)
    chain.subtensor.children.parent_keys[OLD, NetUid(4)] = ((1, account("parent")),)
    chain.subtensor.children.child_keys[account("parent"), NetUid(4)] = ((1, OLD),)
    swap(chain)

    assert [swaps[netuid, COLD] for netuid in map(NetUid, range(1, 5))] == [100, 100, 100, 0]


def test_the_rate_limit_of_the_coldkey_counts(chain: Chain) -> None:
    swap(chain, NETUID)
    chain.system.number = 1_100
    refuse(chain, HotKeySetTxRateLimitExceeded, swap, chain, OTHER)
    chain.system.number = 1_101
    swap(chain, OTHER)


def test_a_swap_weighs_what_it_touched(chain: Chain) -> None:
    call = chain.subtensor.hotkey_swap.swap_hotkey_v2
    plain = call(OWNER, OLD, NEW, NETUID, True).weight
    assert plain == database_weight(reads=26, writes=16)


def test_stake_makes_a_swap_heavier(chain: Chain) -> None:
    call = chain.subtensor.hotkey_swap.swap_hotkey
    chain.stake("nominator", "hot", 10)
    chain.subtensor.parentage._apply(OTHER, OLD, ((5, account("child")),))
    in_one = 26 + 6 + 1 + 3
    with chain.state.discarded():
        alone = call(OWNER, OLD, NEW, NETUID).weight
    assert alone == database_weight(reads=in_one, writes=16 + 6 + 1 + 2)

    weight = call(OWNER, OLD, NEW, None).weight
    networks = 3
    # Checks and price; each network and its locks; two uids and owners; the staker; the child.
    reads = 7 + 13 + 2 + networks * (5 + 10) + 2 * (1 + 1) + (1 + 1 + 3 + 1) + 2
    writes = 3 + 2 + 2 + networks * 11 + 2 * 3 + (1 + 1 + 2 + 1) + 2
    # Root dividends, the limits of the former hotkey, and the record of the swap.
    reads += 3 + 3
    writes += 2 + 6 + 3
    assert weight == database_weight(reads=reads, writes=writes)
