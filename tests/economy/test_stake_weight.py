"""Stake that counts: nothing is created by lending."""

from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.economy.dividends import Stake
from taonet.economy.stake_weight import inherited_stake, stake_weight
from taonet.primitives.fixed_point import U64_MAX, U96F32, u96f32
from taonet.primitives.units import Alpha

amounts = st.integers(0, 10**16)


@settings(max_examples=60, deadline=None)
@given(amounts, amounts, st.integers(0, U64_MAX))
def test_lending_moves_stake_and_creates_none(lender: int, borrower: int, proportion: int) -> None:
    left = inherited_stake(lender, [proportion], [])
    grown = inherited_stake(borrower, [], [(proportion, lender)])

    assert lender + borrower - 2 <= left + grown <= lender + borrower


def test_all_may_be_lent_but_no_more() -> None:
    assert inherited_stake(100, [U64_MAX], []) == 0
    assert inherited_stake(100, [U64_MAX, U64_MAX], [(U64_MAX, 7)]) == 7


def test_root_stake_counts_by_its_weight() -> None:
    quarter = U96F32(u96f32.one // 4)

    assert stake_weight(Stake(Alpha(3), Alpha(2)), quarter) == (7 << 64) // 2
