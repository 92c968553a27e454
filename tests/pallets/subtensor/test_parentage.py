"""Parents and children: kept at both ends, in force after a cooldown."""

import pytest

from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.origin import Root, Signed
from taonet.frame.weight import DatabaseUse
from taonet.pallets.subtensor.errors import (
    ChildParentInconsistency,
    DuplicateChild,
    HotKeyNotRegisteredInSubNet,
    InvalidChild,
    InvalidChildkeyTake,
    NonAssociatedColdKey,
    NotEnoughStakeToSetChildkeys,
    ProportionOverflow,
    RegistrationNotPermittedOnRootSubnet,
    SubnetNotExists,
    TooManyChildren,
    TxChildkeyTakeRateLimitExceeded,
    TxRateLimitExceeded,
)
from taonet.pallets.subtensor.events.accounts import (
    AutoParentDelegationEnabledSet,
    ChildKeyTakeSet,
    SetChildren,
    SetChildrenScheduled,
)
from taonet.pallets.subtensor.parentage import ALL_STAKE
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, NetUid
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

COLD = Signed(account("cold"))
PARENT, CHILD, SIBLING = account("parent"), account("child"), account("sibling")
HALF = ALL_STAKE // 2


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    for hotkey in (PARENT, CHILD, SIBLING):
        chain.own(COLD.who, hotkey)
    chain.system.number = 10
    return chain


def set_and_apply(chain: Chain, parent: AccountId, *children: tuple[int, AccountId]) -> None:
    """Set children and pass the cooldown and the rate limit."""
    chain.subtensor.parentage.set_children(COLD, parent, NETUID, children)
    chain.system.number += 200
    chain.subtensor.parentage.apply_pending(NETUID)


def test_children_wait_out_their_cooldown(chain: Chain) -> None:
    parentage, family = chain.subtensor.parentage, chain.subtensor.children
    children = ((HALF, CHILD), (HALF, SIBLING))
    parentage.set_children(COLD, PARENT, NETUID, children)
    assert chain.events(SetChildrenScheduled) == [
        SetChildrenScheduled(PARENT, NETUID, 25, children)
    ]
    chain.system.number = 25
    parentage.apply_pending(NETUID)
    assert family.child_keys[PARENT, NETUID] == ()
    chain.system.number = 26
    parentage.apply_pending(NETUID)

    assert family.child_keys[PARENT, NETUID] == children
    assert family.parent_keys[CHILD, NETUID] == ((HALF, PARENT),)
    assert family.parent_keys[SIBLING, NETUID] == ((HALF, PARENT),)
    assert list(family.pending_child_keys.under(NETUID)) == []
    assert chain.events(SetChildren) == [SetChildren(PARENT, NETUID, children)]


def test_before_a_subnet_starts_children_are_set_at_once(chain: Chain) -> None:
    chain.subtensor.networks.subtoken_enabled[NETUID] = False
    chain.subtensor.parentage.set_children(COLD, PARENT, NETUID, ((HALF, CHILD),))

    assert chain.subtensor.children.parent_keys[CHILD, NETUID] == ((HALF, PARENT),)


def test_a_child_that_is_dropped_forgets_its_parent(chain: Chain) -> None:
    family = chain.subtensor.children
    set_and_apply(chain, PARENT, (HALF, CHILD), (HALF, SIBLING))
    set_and_apply(chain, PARENT, (7, SIBLING))

    assert family.child_keys[PARENT, NETUID] == ((7, SIBLING),)
    assert (CHILD, NETUID) not in family.parent_keys
    assert family.parent_keys[SIBLING, NETUID] == ((7, PARENT),)
    set_and_apply(chain, PARENT)
    assert (PARENT, NETUID) not in family.child_keys
    assert (SIBLING, NETUID) not in family.parent_keys


@pytest.mark.parametrize(
    ("netuid", "children", "error"),
    [
        (0, ((1, CHILD),), RegistrationNotPermittedOnRootSubnet),
        (9, ((1, CHILD),), SubnetNotExists),
        (1, ((1, CHILD), (2, CHILD)), DuplicateChild),
        (1, ((1, PARENT),), InvalidChild),
        (1, tuple((1, account(f"c{n}")) for n in range(6)), TooManyChildren),
        (1, ((ALL_STAKE, CHILD), (1, SIBLING)), ProportionOverflow),
    ],
)
def test_what_stands_against_children(
    chain: Chain,
    netuid: int,
    children: tuple[tuple[int, AccountId], ...],
    error: type[DispatchError],
) -> None:
    call = chain.subtensor.parentage.set_children
    refuse(chain, error, call, COLD, PARENT, NetUid(netuid), children)


def test_nobody_is_parent_and_child_of_the_same(chain: Chain) -> None:
    set_and_apply(chain, PARENT, (HALF, CHILD))
    call = chain.subtensor.parentage.set_children
    refuse(chain, ChildParentInconsistency, call, COLD, CHILD, NETUID, ((1, PARENT),))


def test_children_that_became_inconsistent_meanwhile_are_dropped(chain: Chain) -> None:
    parentage = chain.subtensor.parentage
    parentage.set_children(COLD, PARENT, NETUID, ((HALF, CHILD),))
    parentage.set_children(COLD, CHILD, NETUID, ((HALF, PARENT),))
    chain.system.number += 100
    parentage.apply_pending(NETUID)

    kept = chain.subtensor.children.child_keys
    assert sum(bool(kept[hotkey, NETUID]) for hotkey in (PARENT, CHILD)) == 1
    assert list(chain.subtensor.children.pending_child_keys.under(NETUID)) == []


def test_only_an_owner_sets_children_and_not_too_often(chain: Chain) -> None:
    call = chain.subtensor.parentage.set_children
    refuse(chain, NonAssociatedColdKey, call, Signed(account("x")), PARENT, NETUID, ())
    call(COLD, PARENT, NETUID, ())
    chain.system.number = 159
    refuse(chain, TxRateLimitExceeded, call, COLD, PARENT, NETUID, ())
    chain.system.number = 160
    call(COLD, PARENT, NETUID, ())


def test_lending_needs_stake_unless_the_owner_lends(chain: Chain) -> None:
    chain.subtensor.global_parameters.stake_threshold = 50 * 10**9
    call = chain.subtensor.parentage.set_children
    error = NotEnoughStakeToSetChildkeys
    refuse(chain, error, call, COLD, PARENT, NETUID, ((1, CHILD),))
    call(COLD, PARENT, NETUID, ())
    chain.subtensor.networks.subnet_owner_hotkey[NETUID] = SIBLING
    call(COLD, SIBLING, NETUID, ((1, CHILD),))
    chain.system.number += 150
    chain.stake("cold", "parent", 100)
    call(COLD, PARENT, NETUID, ((1, CHILD),))


def test_childkey_takes_have_bounds_and_rise_slowly(chain: Chain) -> None:
    parentage = chain.subtensor.parentage
    call = parentage.set_childkey_take
    chain.subtensor.hyperparameters.min_childkey_take_per_subnet[NETUID] = 10
    assert parentage.take(CHILD, NETUID) == 10
    refuse(chain, InvalidChildkeyTake, call, COLD, CHILD, NETUID, 9)
    refuse(chain, InvalidChildkeyTake, call, COLD, CHILD, NETUID, 11_797)
    refuse(chain, NonAssociatedColdKey, call, Signed(account("x")), CHILD, NETUID, 10)
    call(COLD, CHILD, NETUID, 1_000)
    chain.system.number += 4
    refuse(chain, TxChildkeyTakeRateLimitExceeded, call, COLD, CHILD, NETUID, 1_001)
    call(COLD, CHILD, NETUID, 500)
    chain.system.number += 5
    call(COLD, CHILD, NETUID, 11_796)

    assert parentage.take(CHILD, NETUID) == 11_796
    assert chain.events(ChildKeyTakeSet)[-1] == ChildKeyTakeSet(CHILD, 11_796)


def test_root_sets_the_bounds_of_childkeys(chain: Chain) -> None:
    parentage, family = chain.subtensor.parentage, chain.subtensor.children
    parentage.sudo_set_min_childkey_take(Root(), 5)
    parentage.sudo_set_max_childkey_take(Root(), 6)
    parentage.sudo_set_tx_childkey_take_rate_limit(Root(), 7)
    parentage.set_pending_childkey_cooldown(Root(), 8)

    assert (family.min_childkey_take, family.max_childkey_take) == (5, 6)
    assert chain.subtensor.global_parameters.tx_childkey_take_rate_limit == 7
    assert family.pending_child_key_cooldown == 8
    refuse(chain, BadOrigin, parentage.sudo_set_min_childkey_take, COLD, 5)
    refuse(chain, BadOrigin, parentage.sudo_set_max_childkey_take, COLD, 5)
    refuse(chain, BadOrigin, parentage.sudo_set_tx_childkey_take_rate_limit, COLD, 5)
    refuse(chain, BadOrigin, parentage.set_pending_childkey_cooldown, COLD, 5)


def test_a_root_validator_may_keep_its_stake(chain: Chain) -> None:
    call = chain.subtensor.parentage.set_auto_parent_delegation_enabled
    refuse(chain, HotKeyNotRegisteredInSubNet, call, COLD, PARENT, False)
    chain.subtensor.neuron_registry.append(ROOT, PARENT)
    refuse(chain, NonAssociatedColdKey, call, Signed(account("x")), PARENT, False)
    call(COLD, PARENT, False)

    assert not chain.subtensor.children.auto_parent_delegation_enabled[PARENT]
    assert chain.events(AutoParentDelegationEnabledSet) == [
        AutoParentDelegationEnabledSet(PARENT, False)
    ]


def test_a_new_hotkey_takes_over_all_relations(chain: Chain) -> None:
    new, family = account("new"), chain.subtensor.children
    set_and_apply(chain, PARENT, (HALF, CHILD))
    set_and_apply(chain, CHILD, (HALF, SIBLING))
    chain.subtensor.parentage.set_children(COLD, CHILD, NETUID, ((9, SIBLING),))
    chain.subtensor.parentage.swap(CHILD, new, NETUID, DatabaseUse())

    assert family.child_keys[PARENT, NETUID] == ((HALF, new),)
    assert family.parent_keys[new, NETUID] == ((HALF, PARENT),)
    assert family.child_keys[new, NETUID] == ((HALF, SIBLING),)
    assert family.parent_keys[SIBLING, NETUID] == ((HALF, new),)
    assert (CHILD, NETUID) not in family.child_keys
    assert (CHILD, NETUID) not in family.parent_keys
    assert family.pending_child_keys[NETUID, new][0] == ((9, SIBLING),)
    refuse(chain, InvalidChild, chain.subtensor.parentage.swap, new, SIBLING, NETUID, DatabaseUse())
