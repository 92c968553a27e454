"""Balances: where money is, and what keeps an account alive."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.frame.config import RuntimeConfig
from taonet.frame.dispatch_error import BadOrigin, DispatchError, Token, TokenError
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Root, Signed
from taonet.frame.overlay import EmptyState
from taonet.frame.state import State
from taonet.frame.weight import Pays
from taonet.pallets.balances import EXISTENTIAL_DEPOSIT, Balances
from taonet.pallets.balances_errors import (
    DeadAccount,
    DeltaZero,
    InsufficientBalance,
    IssuanceDeactivated,
)
from taonet.pallets.balances_events import (
    BalanceSet,
    DustLost,
    Endowed,
    Reserved,
    TotalIssuanceForced,
    Transfer,
    Unreserved,
    Upgraded,
)
from taonet.pallets.balances_types import AdjustmentDirection, BalanceStatus, Preservation
from taonet.pallets.system import (
    NEW_LOGIC,
    AccountData,
    AccountInfo,
    ExtraFlags,
    KilledAccount,
    NewAccount,
    System,
)
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao

ALICE, BOB, CAROL = (AccountId(bytes([n]) * 32) for n in (1, 2, 3))
ED = EXISTENTIAL_DEPOSIT


@pytest.fixture
def balances() -> Balances:
    return fresh()


def fresh() -> Balances:
    state = State(EmptyState(), RuntimeConfig())
    balances = Balances(state, System(state))
    balances.mint(ALICE, Rao(10_000))
    state.events.clear()
    return balances


def reported(balances: Balances) -> list[object]:
    return [deposited.event for deposited in balances.state.events]


def refuses_token(balances: Balances, reason: Token, amount: int, how: Preservation) -> None:
    before = dict(balances.state.overlay.changes())
    with pytest.raises(TokenError) as raised, balances.state.transaction():
        balances.transfer(ALICE, BOB, Rao(amount), how)
    assert raised.value.reason is reason
    assert dict(balances.state.overlay.changes()) == before


def test_a_first_transfer_makes_the_account(balances: Balances) -> None:
    balances.transfer_allow_death(Signed(ALICE), AddressId(BOB), Rao(ED))

    assert reported(balances) == [
        NewAccount(account=BOB),
        Endowed(account=BOB, free_balance=Rao(ED)),
        Transfer(from_=ALICE, to=BOB, amount=Rao(ED)),
    ]
    info = balances.system.account[BOB]
    assert (info.providers, info.consumers, info.data.free) == (1, 0, ED)
    assert info.data.flags._0 == NEW_LOGIC


def test_what_is_left_under_the_deposit_is_burned(balances: Balances) -> None:
    balances.transfer_allow_death(Signed(ALICE), AddressId(BOB), Rao(10_000 - ED + 1))

    assert reported(balances)[:2] == [
        KilledAccount(account=ALICE),
        DustLost(account=ALICE, amount=Rao(ED - 1)),
    ]
    assert ALICE not in balances.system.account
    assert balances.total_issuance == Rao(10_000 - ED + 1)
    balances.try_state()


def test_transfers_are_refused_for_a_reason(balances: Balances) -> None:
    expendable, preserve = Preservation.EXPENDABLE, Preservation.PRESERVE
    refuses_token(balances, Token.FUNDS_UNAVAILABLE, 10_001, expendable)
    refuses_token(balances, Token.BELOW_MINIMUM, ED - 1, expendable)
    refuses_token(balances, Token.NOT_EXPENDABLE, 10_000, preserve)
    refuses_token(balances, Token.NOT_EXPENDABLE, 10_000 - ED + 1, preserve)
    balances.system.increment_consumers(ALICE)
    refuses_token(balances, Token.FROZEN, 10_000, expendable)


def test_a_transfer_to_oneself_moves_nothing(balances: Balances) -> None:
    balances.transfer(ALICE, ALICE, Rao(10_000), Preservation.EXPENDABLE)

    assert reported(balances) == []
    assert balances.free(ALICE) == Rao(10_000)


@pytest.mark.parametrize(("keep_alive", "left"), [(True, ED), (False, 0)])
def test_transfer_all_leaves_the_deposit_or_nothing(
    balances: Balances, keep_alive: bool, left: int
) -> None:
    balances.transfer_all(Signed(ALICE), AddressId(BOB), keep_alive)

    assert balances.free(ALICE) == Rao(left)
    assert balances.free(BOB) == Rao(10_000 - left)


def test_root_moves_and_sets_balances(balances: Balances) -> None:
    balances.force_transfer(Root(), AddressId(ALICE), AddressId(BOB), Rao(600))
    balances.force_set_balance(Root(), AddressId(BOB), Rao(700))
    balances.force_set_balance(Root(), AddressId(ALICE), Rao(ED - 1))

    assert reported(balances)[-1] == BalanceSet(who=ALICE, free=Rao(0))
    assert balances.total_issuance == Rao(700)
    assert ALICE not in balances.system.account
    balances.try_state()
    with pytest.raises(BadOrigin):
        balances.force_set_balance(Signed(ALICE), AddressId(ALICE), Rao(1))


def test_root_adjusts_the_issuance(balances: Balances) -> None:
    up, down = AdjustmentDirection.INCREASE, AdjustmentDirection.DECREASE
    balances.force_adjust_total_issuance(Root(), up, Rao(5))
    assert reported(balances) == [TotalIssuanceForced(old=Rao(10_000), new=Rao(10_005))]
    balances.force_adjust_total_issuance(Root(), down, Rao(5))
    balances.try_state()
    with pytest.raises(DeltaZero):
        balances.force_adjust_total_issuance(Root(), up, Rao(0))
    balances.inactive_issuance = Rao(1)
    with pytest.raises(IssuanceDeactivated):
        balances.force_adjust_total_issuance(Root(), down, Rao(20_000))
    balances.force_adjust_total_issuance(Root(), up, Rao(5))
    with pytest.raises(AssertionError, match="issued"):
        balances.try_state()


def test_burned_money_is_gone(balances: Balances) -> None:
    balances.burn(Signed(ALICE), Rao(4_000), True)
    assert balances.total_issuance == Rao(6_000)
    with pytest.raises(TokenError):
        balances.burn(Signed(ALICE), Rao(6_000), True)
    balances.burn(Signed(ALICE), Rao(6_000), False)
    assert balances.total_issuance == Rao(0)


def test_reserves_consume_the_account_that_they_are_in(balances: Balances) -> None:
    balances.reserve(ALICE, Rao(3_000))

    assert reported(balances) == [Reserved(who=ALICE, amount=Rao(3_000))]
    info = balances.system.account[ALICE]
    assert (info.consumers, info.data.free, info.data.reserved) == (1, 7_000, 3_000)
    refuses_token(balances, Token.FROZEN, 7_000, Preservation.EXPENDABLE)
    with pytest.raises(InsufficientBalance):
        balances.reserve(ALICE, Rao(7_001))
    balances.force_unreserve(Root(), AddressId(ALICE), Rao(4_000))
    assert reported(balances)[-1] == Unreserved(who=ALICE, amount=Rao(3_000))
    assert balances.system.account[ALICE].consumers == 0


def test_reserves_move_to_who_exists(balances: Balances) -> None:
    balances.reserve(ALICE, Rao(3_000))
    with pytest.raises(DeadAccount):
        balances.repatriate_reserved(ALICE, BOB, Rao(1_000), BalanceStatus.FREE)
    balances.mint(BOB, Rao(ED))
    assert balances.repatriate_reserved(ALICE, BOB, Rao(1_000), BalanceStatus.FREE) == Rao(0)
    left = balances.repatriate_reserved(ALICE, BOB, Rao(9_000), BalanceStatus.RESERVED)

    assert left == Rao(7_000)
    data = balances.system.account[BOB].data
    assert (data.free, data.reserved) == (ED + 1_000, 2_000)
    balances.try_state()


def test_accounts_of_the_old_rules_are_upgraded_once(balances: Balances) -> None:
    data = AccountData(5_000, 100, 0, ExtraFlags(0))
    balances.system.account[BOB] = AccountInfo(0, 0, 1, 0, data)
    accounts = (BOB,)
    assert balances.upgrade_accounts(Signed(ALICE), accounts).pays is Pays.NO
    assert reported(balances) == [Upgraded(who=BOB)]
    assert balances.system.account[BOB].consumers == 1
    assert balances.upgrade_accounts(Signed(ALICE), accounts).pays is Pays.YES


def test_withdrawn_money_is_issued_until_it_is_retired(balances: Balances) -> None:
    balances.withdraw(ALICE, Rao(1_000), Preservation.PRESERVE)
    assert balances.total_issuance == Rao(10_000)
    assert not balances.resolve(BOB, Rao(ED - 1))
    assert balances.resolve(BOB, Rao(ED))
    balances.retire(Rao(1_000 - ED))
    balances.try_state()


moves = st.tuples(
    st.sampled_from(["transfer", "keep", "reserve", "unreserve", "burn", "mint", "set"]),
    st.sampled_from([ALICE, BOB, CAROL]),
    st.sampled_from([ALICE, BOB, CAROL]),
    st.integers(0, 12_000),
)


def act(balances: Balances, what: str, who: AccountId, other: AccountId, amount: Rao) -> None:
    """One step of a random history."""
    match what:
        case "transfer":
            balances.transfer(who, other, amount, Preservation.EXPENDABLE)
        case "keep":
            balances.transfer(who, other, amount, Preservation.PRESERVE)
        case "reserve":
            balances.reserve(who, amount)
        case "unreserve":
            balances.unreserve(who, amount)
        case "burn":
            balances.burn_from(who, amount, Preservation.EXPENDABLE)
        case "mint":
            balances.mint(who, amount)
        case _:
            balances.force_set_balance(Root(), AddressId(who), amount)


@settings(max_examples=60)
@given(st.lists(moves, max_size=25))
def test_whatever_happens_the_books_balance(
    steps: list[tuple[str, AccountId, AccountId, int]],
) -> None:
    balances = fresh()
    for what, who, other, amount in steps:
        with contextlib.suppress(DispatchError), balances.state.transaction():
            act(balances, what, who, other, Rao(amount))
        balances.system.try_state()
        balances.try_state()
