"""Prizes, and the median that they go by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taonet.economy.prizes import Contender, prizes, weighted_median


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        ([], [], 0),
        ([7], [0], 0),
        ([7], [1], 7),
        ([1, 2, 3], [1, 1, 1], 2),
        ([1, 9], [1, 1], 1),
        ([9, 1], [3, 1], 9),
        ([5, 5, 0], [1, 1, 2], 0),
        ([5, 5, 0], [2, 1, 2], 5),
    ],
)
def test_median(values: list[int], weights: list[int], expected: int) -> None:
    assert weighted_median(values, weights) == expected


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 100)), min_size=1),
    st.integers(0, 10**6),
)
def test_a_minority_cannot_move_the_median_beyond_the_majority(
    honest: list[tuple[int, int]], lie: int
) -> None:
    values, weights = [v for v, _ in honest], [w for _, w in honest]
    minority = sum(weights) - 1
    median = weighted_median([*values, lie], [*weights, minority])
    assert min(values) <= median <= max(values)


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ([], []),
        ([0, 0], []),
        ([5], [(0, 700)]),
        ([5, 9], [(1, 700), (0, 200)]),
        ([5, 9, 7, 1], [(1, 701), (2, 200), (0, 100)]),
        ([5, 5, 5], [(0, 701), (1, 200), (2, 100)]),
    ],
)
def test_the_best_are_paid(gains: list[int], expected: list[tuple[int, int]]) -> None:
    contenders = [Contender(gain, order) for order, gain in enumerate(gains)]
    assert prizes(1_001, contenders) == expected


def test_of_equals_the_earlier_is_better() -> None:
    assert prizes(100, [Contender(4, order=9), Contender(4, order=2)]) == [(1, 70), (0, 20)]


@given(st.integers(0, 2**64 - 1), st.lists(st.integers(0, 5), max_size=8))
def test_no_more_is_paid_than_there_is(budget: int, gains: list[int]) -> None:
    paid = prizes(budget, [Contender(gain, order) for order, gain in enumerate(gains)])
    total = sum(prize for _, prize in paid)
    assert total <= budget
    assert len(paid) < 3 or total == budget
