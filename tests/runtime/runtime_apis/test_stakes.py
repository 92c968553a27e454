"""Positions, what of them is free, fees, locks and convictions."""

from taonet.pallets.subtensor.types import LockState
from taonet.primitives.fixed_point import u64f64
from taonet.primitives.units import Alpha
from tests.runtime.runtime_apis.small_chain import (
    ALICE,
    APEX,
    BOB,
    HOTKEYS,
    NOW,
    OMRON,
    STRANGER,
    UNIT,
    SmallChain,
    ss58,
)

TRAIT = "StakeInfoRuntimeApi"
FEE_OF_ONE_TAO = 33 * UNIT // 65_535
"""By the default rate: 33 parts of 65535, rounded down."""


def test_positions_are_listed_by_subnet(chain: SmallChain) -> None:
    found = chain.ask(TRAIT, "get_stake_info_for_coldkey", ss58(ALICE))

    assert [(row["netuid"], row["hotkey"], row["stake"]) for row in found] == [
        (0, ss58(HOTKEYS[1]), 200 * UNIT),
        (1, ss58(HOTKEYS[1]), 30 * UNIT),
    ]
    assert [row["is_registered"] for row in found] == [False, True]
    assert [row["emission"] for row in found] == [0, 3 * UNIT]


def test_every_coldkey_that_is_asked_for_gets_an_entry(chain: SmallChain) -> None:
    asked = [ss58(STRANGER), ss58(BOB), ss58(STRANGER)]
    found = chain.ask(TRAIT, "get_stake_info_for_coldkeys", asked)

    assert [coldkey for coldkey, _ in found] == asked
    assert [len(rows) for _, rows in found] == [0, 1, 0]
    assert chain.ask(TRAIT, "get_stake_info_for_coldkeys", []) == []


def test_a_single_position_is_told_even_if_it_is_empty(chain: SmallChain) -> None:
    method = "get_stake_info_for_hotkey_coldkey_netuid"
    full = chain.ask(TRAIT, method, ss58(HOTKEYS[1]), ss58(BOB), 1)
    empty = chain.ask(TRAIT, method, ss58(HOTKEYS[0]), ss58(STRANGER), 2)

    assert (full["stake"], full["is_registered"]) == (10 * UNIT, True)
    assert (empty["stake"], empty["is_registered"]) == (0, False)


def test_locked_alpha_is_not_available(chain: SmallChain) -> None:
    locks = chain.runtime.subtensor.staking.locks
    locks.lock(BOB, APEX, HOTKEYS[1], Alpha(4 * UNIT))
    found = chain.ask(TRAIT, "get_stake_availability_for_coldkeys", [ss58(BOB)], None)

    expected = {"total": 10 * UNIT, "locked": 4 * UNIT, "available": 6 * UNIT}
    assert found == {ss58(BOB): {1: expected}}


def test_availability_keeps_to_the_subnets_asked_for(chain: SmallChain) -> None:
    method = "get_stake_availability_for_coldkeys"
    coldkeys = [ss58(ALICE), ss58(STRANGER)]
    found = chain.ask(TRAIT, method, coldkeys, [1, 1, 2, 77])

    assert list(found[ss58(ALICE)]) == [1]
    assert found[ss58(STRANGER)] == {}
    for refused in ([], [0, 1, 2, 3]):
        assert chain.ask(TRAIT, method, coldkeys, refused) == {key: {} for key in coldkeys}
    assert chain.ask(TRAIT, method, [], None) == {}


def test_the_fee_is_that_of_the_swap_at_the_destination(chain: SmallChain) -> None:
    here, there = (ss58(HOTKEYS[0]), 1), (ss58(HOTKEYS[0]), 2)
    chain.runtime.swap.fee_rate[OMRON] = 66

    def fee(origin: object, destination: object) -> int:
        answer = chain.ask(
            TRAIT, "get_stake_fee", origin, ss58(ALICE), destination, ss58(ALICE), UNIT
        )
        assert isinstance(answer, int)
        return answer

    assert fee(None, here) == FEE_OF_ONE_TAO
    assert fee(here, None) == FEE_OF_ONE_TAO
    assert fee(here, there) == 66 * UNIT // 65_535
    assert fee(here, here) == 0
    assert fee(None, None) == 0
    assert fee(None, (ss58(HOTKEYS[0]), 0)) == 0


def test_a_lock_is_told_as_it_stands_now(chain: SmallChain) -> None:
    assert chain.ask(TRAIT, "get_coldkey_lock", ss58(BOB), 1) is None

    chain.runtime.subtensor.staking.locks.lock(BOB, APEX, HOTKEYS[1], Alpha(4 * UNIT))
    fresh = chain.ask(TRAIT, "get_coldkey_lock", ss58(BOB), 1)
    chain.runtime.system.number = NOW + 100_000
    aged = chain.ask(TRAIT, "get_coldkey_lock", ss58(BOB), 1)

    assert (fresh["locked_mass"], fresh["last_update"]) == (4 * UNIT, NOW)
    assert aged["last_update"] == NOW + 100_000
    assert 3 * UNIT < aged["locked_mass"] < 4 * UNIT
    assert aged["conviction"]["bits"] > fresh["conviction"]["bits"] == 0


def _lock(mass: int, conviction: int) -> LockState:
    return LockState(Alpha(mass), u64f64.from_int(conviction), NOW)


def test_conviction_is_summed_over_lasting_and_decaying_locks(chain: SmallChain) -> None:
    locks = chain.runtime.subtensor.locks
    method = "get_hotkey_conviction"
    assert chain.ask(TRAIT, method, ss58(HOTKEYS[1]), 1) == {"bits": 0}

    locks.hotkey_lock[APEX, HOTKEYS[1]] = _lock(UNIT, 500)
    locks.decaying_hotkey_lock[APEX, HOTKEYS[1]] = _lock(UNIT, 200)
    assert chain.ask(TRAIT, method, ss58(HOTKEYS[1]), 1) == {"bits": 700 << 64}


def test_the_owners_hotkey_has_at_once_the_conviction_of_its_locks(chain: SmallChain) -> None:
    locks = chain.runtime.subtensor.locks
    locks.owner_lock[APEX] = _lock(1_000, 0)
    locks.decaying_owner_lock[APEX] = _lock(300, 0)
    locks.hotkey_lock[APEX, HOTKEYS[1]] = _lock(UNIT, 1_200)

    owners = chain.ask(TRAIT, "get_hotkey_conviction", ss58(HOTKEYS[0]), 1)
    assert owners == {"bits": 1_300 << 64}
    strongest = chain.ask(TRAIT, "get_most_convicted_hotkey_on_subnet", 1)
    assert strongest == ss58(HOTKEYS[0])


def test_the_strongest_hotkey_is_that_of_the_largest_sum(chain: SmallChain) -> None:
    locks = chain.runtime.subtensor.locks
    method = "get_most_convicted_hotkey_on_subnet"
    assert chain.ask(TRAIT, method, 1) is None

    locks.hotkey_lock[APEX, HOTKEYS[1]] = _lock(UNIT, 400)
    locks.decaying_hotkey_lock[APEX, HOTKEYS[1]] = _lock(UNIT, 400)
    locks.hotkey_lock[APEX, HOTKEYS[2]] = _lock(UNIT, 700)
    assert chain.ask(TRAIT, method, 1) == ss58(HOTKEYS[1])

    locks.hotkey_lock[APEX, HOTKEYS[2]] = _lock(UNIT, 800)
    assert chain.ask(TRAIT, method, 1) == ss58(HOTKEYS[2])
