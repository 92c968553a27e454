"""Dividends: parents first, takes off, and nothing out of nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.dividends import (
    Child,
    HotkeyEmission,
    Parent,
    Stake,
    divide,
    dividends_of,
    incentive_payouts,
    incentives_of,
    share_with_parents,
    split_take,
    split_takes,
    validator_alpha,
)
from taonet.primitives.fixed_point import U16_MAX, U64_MAX, U96F32, u96f32
from taonet.primitives.units import Alpha

amounts = st.integers(0, 10**15)
stakes = st.builds(Stake, amounts.map(Alpha), amounts.map(Alpha))
parents = st.lists(
    st.builds(
        Parent[int],
        st.integers(1, 50),
        st.integers(0, U64_MAX),
        stakes,
        same_owner=st.booleans(),
    ),
    max_size=5,
)
TAO_WEIGHT = U96F32(1 << 29)


@settings(max_examples=60, deadline=None)
@given(amounts, stakes, parents, st.integers(0, U16_MAX), st.integers(0, 2**31))
def test_no_more_is_shared_than_there_is(
    dividend: int, stake: Stake, lenders: list[Parent[int]], take: int, burn: int
) -> None:
    child = Child(0, stake, [U64_MAX // 3], take)
    split = share_with_parents(Alpha(dividend), child, lenders, TAO_WEIGHT, U96F32(burn))

    paid = sum(int(amount) for _, amount in split.payouts)
    assert [hotkey for hotkey, _ in split.payouts] == [*(who.hotkey for who in lenders), 0]
    recycled = sum(int(amount) for amount in split.recycled)
    # A take and a burn of more than everything together are both still taken.
    if take / U16_MAX + burn / 2**32 <= 1:
        assert paid + recycled <= dividend


def test_parents_of_another_owner_leave_a_take() -> None:
    stake = Stake(Alpha(1_000), Alpha(0))
    child = Child(1, stake, [], U16_MAX // 5)
    ally = Parent(2, U64_MAX, stake, same_owner=True)
    stranger = Parent(3, U64_MAX, stake, same_owner=False)

    split = share_with_parents(Alpha(3_000), child, [ally, stranger], TAO_WEIGHT, u96f32.zero)

    assert split.payouts == [(2, Alpha(999)), (3, Alpha(799)), (1, Alpha(1_200))]


def test_lent_stake_is_no_own_contribution() -> None:
    stake = Stake(Alpha(1_000), Alpha(800))

    assert Child(1, stake, [], 0).self_contribution(TAO_WEIGHT) == Alpha(1_100)
    assert Child(1, stake, [U64_MAX], 0).self_contribution(TAO_WEIGHT) == Alpha(0)


def test_dividends_go_by_stake_to_alpha_and_root() -> None:
    held = {1: Stake(Alpha(500), Alpha(0)), 2: Stake(Alpha(0), Alpha(500))}
    earned = dividends_of([(2, Alpha(300)), (1, Alpha(100)), (1, Alpha(200)), (9, Alpha(7))])

    divided = divide(earned, held, Alpha(60), Alpha(40), TAO_WEIGHT)

    assert divided.alpha == {1: 60 << 32, 2: 0}
    assert divided.root == {1: 0, 2: 40 << 32}


def test_takes_are_split_off_in_ascending_order() -> None:
    assert split_take(u96f32.from_int(101), U16_MAX) == (Alpha(101), Alpha(0))
    ten_percent = split_takes({2: u96f32.from_int(10), 1: u96f32.zero}, lambda _: 6_553)
    assert ten_percent == [(1, (Alpha(0), Alpha(0))), (2, (Alpha(0), Alpha(9)))]


def test_an_owner_s_mining_is_withheld() -> None:
    earned = incentives_of(
        [
            HotkeyEmission(2, Alpha(20), Alpha(0)),
            HotkeyEmission(1, Alpha(60), Alpha(0)),
            HotkeyEmission(2, Alpha(0), Alpha(5)),
        ]
    )

    payouts, withheld = incentive_payouts(earned, {2})

    assert [(payout.hotkey, payout.amount, payout.withheld) for payout in payouts] == [
        (1, Alpha(60), False),
        (2, Alpha(20), True),
    ]
    assert withheld == u96f32.one // 4
    assert incentive_payouts(dict[int, Alpha](), {2}) == ([], u96f32.zero)


def test_validators_get_everything_if_no_miner_earned() -> None:
    assert validator_alpha(Alpha(5), Alpha(7), Alpha(1)) == Alpha(7)
    assert validator_alpha(Alpha(5), Alpha(7), Alpha(0)) == Alpha(12)
