"""Exact division by largest remainders."""

from hypothesis import given
from hypothesis import strategies as st

from taonet.economy.apportionment import apportion


def test_what_rounding_leaves_goes_to_the_largest_remainders() -> None:
    assert apportion(10, [1, 1, 1]) == {0: 4, 1: 3, 2: 3}
    assert apportion(10, [5, 3, 1]) == {0: 6, 1: 3, 2: 1}
    assert apportion(10, [0, 0]) == {0: 0, 1: 0}
    assert apportion(10, []) == {}


def test_parts_stand_in_the_order_of_their_remainders_if_something_was_left() -> None:
    assert list(apportion(10, [1, 2, 4])) == [1, 2, 0]
    assert apportion(10, [1, 2, 4]) == {1: 3, 2: 6, 0: 1}
    assert list(apportion(10, [1, 2, 2])) == [0, 1, 2]


@given(st.integers(0, 2**64), st.lists(st.integers(0, 2**64), min_size=1, max_size=20))
def test_parts_add_up_and_are_next_to_exact(amount: int, weights: list[int]) -> None:
    parts, whole = apportion(amount, weights), sum(weights)

    assert sum(parts.values()) == (amount if whole else 0)
    for index, weight in enumerate(weights):
        assert not whole or abs(parts[index] * whole - amount * weight) < whole
