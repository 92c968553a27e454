"""Exact division by largest remainders."""

from hypothesis import given
from hypothesis import strategies as st

from taonet.economy.apportionment import apportion


def test_what_rounding_leaves_goes_to_the_largest_remainders() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(10, [5, 3, 1]) == [6, 3, 1]
    assert apportion(10, [0, 0]) == [0, 0]
    assert apportion(10, []) == []


@given(st.integers(0, 2**64), st.lists(st.integers(0, 2**64), min_size=1, max_size=20))
def test_parts_add_up_and_are_next_to_exact(amount: int, weights: list[int]) -> None:
    parts, whole = apportion(amount, weights), sum(weights)

    assert sum(parts) == (amount if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert not whole or abs(part * whole - amount * weight) < whole
