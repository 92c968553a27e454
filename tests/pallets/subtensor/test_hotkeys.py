"""Owning hotkeys, and choosing where rewards are staked."""

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.pallets.subtensor.errors import (
    CannotUseSystemAccount,
    HotKeyAccountNotExists,
    HotKeyNotRegisteredInSubNet,
    NonAssociatedColdKey,
    SameAutoStakeHotkeyAlreadySet,
    SubnetNotExists,
)
from taonet.pallets.subtensor.events.accounts import AutoStakeDestinationSet
from taonet.pallets.subtensor.subnet_accounts import is_subnet_account, subnet_account
from taonet.primitives.units import NetUid
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

COLD, HOT, OTHER = account("cold"), account("hot"), account("other")


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    return chain


def test_whoever_comes_first_owns_a_hotkey(chain: Chain) -> None:
    hotkeys, accounts = chain.subtensor.hotkeys, chain.subtensor.accounts
    hotkeys.try_associate_hotkey(Signed(COLD), HOT)
    hotkeys.try_associate_hotkey(Signed(OTHER), HOT)

    assert hotkeys.owner(HOT) == COLD
    assert (accounts.owned_hotkeys[COLD], accounts.staking_hotkeys[COLD]) == ((HOT,), (HOT,))
    assert accounts.owned_hotkeys[OTHER] == ()


def test_nobody_owns_a_subnets_account(chain: Chain) -> None:
    hotkeys = chain.subtensor.hotkeys
    refuse(
        chain,
        CannotUseSystemAccount,
        hotkeys.try_associate_hotkey,
        Signed(COLD),
        subnet_account(NetUid(77)),
    )
    refuse(chain, BadOrigin, hotkeys.try_associate_hotkey, Root(), HOT)


def test_a_subnets_account_is_told_from_one_that_only_begins_like_it() -> None:
    assert is_subnet_account(subnet_account(NetUid(65_535)))
    assert not is_subnet_account(type(HOT)(subnet_account(NetUid(1))[:-1] + b"\1"))


def test_ownership_is_checked_by_name(chain: Chain) -> None:
    hotkeys = chain.subtensor.hotkeys
    refuse(chain, HotKeyAccountNotExists, hotkeys.ensure_owned, HOT, COLD)
    chain.own(COLD, HOT)
    refuse(chain, NonAssociatedColdKey, hotkeys.ensure_owned, HOT, OTHER)


def test_rewards_go_to_the_chosen_hotkey(chain: Chain) -> None:
    chain.register("first")
    chain.register("second")
    call = chain.subtensor.hotkeys.set_coldkey_auto_stake_hotkey
    accounts = chain.subtensor.accounts
    call(Signed(COLD), NETUID, account("first"))
    call(Signed(COLD), NETUID, account("second"))

    assert accounts.auto_stake_destination[COLD, NETUID] == account("second")
    assert accounts.auto_stake_destination_coldkeys[account("first"), NETUID] == ()
    assert accounts.auto_stake_destination_coldkeys[account("second"), NETUID] == (COLD,)
    assert chain.events(AutoStakeDestinationSet)[-1] == AutoStakeDestinationSet(
        COLD, NETUID, account("second")
    )
    refuse(chain, SameAutoStakeHotkeyAlreadySet, call, Signed(COLD), NETUID, account("second"))


def test_rewards_go_to_no_stranger(chain: Chain) -> None:
    call = chain.subtensor.hotkeys.set_coldkey_auto_stake_hotkey
    refuse(chain, SubnetNotExists, call, Signed(COLD), NetUid(9), HOT)
    refuse(chain, HotKeyNotRegisteredInSubNet, call, Signed(COLD), NETUID, HOT)
