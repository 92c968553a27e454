"""Delegates and those who stake on them."""

from taonet.primitives.units import ROOT, Alpha
from tests.runtime.runtime_apis.small_chain import (
    ALICE,
    APEX,
    BOB,
    HOTKEYS,
    OMRON,
    STRANGER,
    UNIT,
    SmallChain,
    ss58,
)

TRAIT = "DelegateInfoRuntimeApi"


def test_a_delegate_has_its_nominators_and_places(chain: SmallChain) -> None:
    delegate = chain.ask(TRAIT, "get_delegate", ss58(HOTKEYS[1]))

    assert (delegate["owner_ss58"], delegate["take"]) == (ss58(ALICE), 6_553)
    assert delegate["nominators"] == [
        (ss58(ALICE), [(0, 200 * UNIT), (1, 30 * UNIT)]),
        (ss58(BOB), [(1, 10 * UNIT)]),
    ]
    assert delegate["registrations"] == [1, 2]
    assert delegate["validator_permits"] == [1]


def test_returns_are_those_of_the_last_epochs_emission(chain: SmallChain) -> None:
    delegate = chain.ask(TRAIT, "get_delegate", ss58(HOTKEYS[1]))

    # 3 alpha an epoch, 20 epochs a day; a tenth is taken, and 200 TAO share the rest.
    assert delegate["total_daily_return"] == 60 * UNIT
    assert abs(delegate["return_per_1000"] - 270 * UNIT) < UNIT // 100


def test_without_root_stake_there_is_no_return(chain: SmallChain) -> None:
    chain.runtime.subtensor.staking.pools.withdraw(HOTKEYS[1], ALICE, ROOT, Alpha(200 * UNIT))
    delegate = chain.ask(TRAIT, "get_delegate", ss58(HOTKEYS[1]))

    assert delegate["return_per_1000"] == 0
    assert [name for name, _ in delegate["nominators"]] == [ss58(ALICE), ss58(BOB)]


def test_only_hotkeys_with_a_take_are_delegates(chain: SmallChain) -> None:
    assert chain.ask(TRAIT, "get_delegate", ss58(HOTKEYS[0])) is None
    delegates = chain.ask(TRAIT, "get_delegates")

    assert [delegate["delegate_ss58"] for delegate in delegates] == [ss58(HOTKEYS[1])]


def test_a_coldkeys_delegates_come_once_a_subnet(chain: SmallChain) -> None:
    found = chain.ask(TRAIT, "get_delegated", ss58(ALICE))

    assert [place for _, place in found] == [(0, 200 * UNIT), (1, 30 * UNIT)]
    assert {delegate["delegate_ss58"] for delegate, _ in found} == {ss58(HOTKEYS[1])}
    assert all(delegate["nominators"] == [] for delegate, _ in found)
    assert chain.ask(TRAIT, "get_delegated", ss58(STRANGER)) == []


def test_a_dissolved_subnet_does_not_shift_anyones_stake(chain: SmallChain) -> None:
    staking = chain.runtime.subtensor.staking
    staking.grant(HOTKEYS[1], BOB, OMRON, Alpha(7 * UNIT))
    del chain.runtime.subtensor.networks.networks_added[APEX]
    delegate = chain.ask(TRAIT, "get_delegate", ss58(HOTKEYS[1]))

    assert dict(delegate["nominators"])[ss58(BOB)] == [(1, 10 * UNIT), (2, 7 * UNIT)]
