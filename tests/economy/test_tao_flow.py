"""Shares by flows: the power's arithmetic against the real chain's own, the rest by hand."""

from collections.abc import Sequence

import pytest

from taonet.economy.tao_flow import (
    flow_shares,
    net_of_protocol,
    next_average,
    normalised_powers,
    power,
    square_root,
)
from taonet.primitives.fixed_point import I64F64, U64F64, i64f64, u64f64

ONE = 1 << 64

POWERS = [
    (
        [36893488147419103232, 55340232221128654848, 92233720368547758080],
        18446744073709551616,
        [3689348856309305774, 5534023272915448844, 9223371944484796997],
    ),
    (
        [36893488147419103232, 55340232221128654848, 92233720368547758080],
        27670116110564327424,
        [2716950584455655823, 4991218811003822751, 10738574678250073041],
    ),
    (
        [
            18446744073709551616000000000,
            92233720368547758080000000000,
            184467440737095516160000000000,
        ],
        36893488147419103232,
        [147709999921806133, 3678763131541213903, 14620270942246531578],
    ),
    (
        [18446744074, 36893488147, 55340232221],
        36893488147419103232,
        [1326210303689008001, 5283875346464598139, 11836658423555945474],
    ),
    (
        [0, 129127208515966861312, 18446744073710],
        18446744073709551616,
        [0, 18446741438461482366, 2635248069249],
    ),
    ([0, 0], 18446744073709551616, [0, 0]),
    ([2277375800068332597995896832], 18446744073709551616, [18446744073709551616]),
    (
        [18446744073709551616] * 5,
        20291418481080508416,
        [3689348814741910323] * 5,
    ),
    (
        [
            1844674407370955,
            18446744073709551616000000000000,
            5534023222112865484800000000000,
            101457092405402533888,
        ],
        23980767295822417920,
        [0, 15257159875589467756, 3189584198120053787, 30071],
    ),
]
"""Bits in and out, by substrate-fixed 0.6.0 and the real chain's `inplace_pow_normalize`."""


@pytest.mark.parametrize(("values", "exponent", "expected"), POWERS)
def test_powers_are_the_real_chains_to_the_last_bit(
    values: Sequence[int], exponent: int, expected: Sequence[int]
) -> None:
    shares = normalised_powers([U64F64(value) for value in values], U64F64(exponent))

    assert shares == expected


def test_no_values_have_no_shares() -> None:
    assert normalised_powers([], u64f64.one) == []


def test_a_value_whose_inverse_is_out_of_range_counts_as_nothing() -> None:
    smallest = U64F64(1 << 32)

    assert power(smallest, u64f64.one) == 0
    assert power(U64F64(3 << 32), u64f64.one) > 0


def test_a_power_that_is_too_large_is_the_largest_whole_number() -> None:
    assert power(u64f64.from_int(2**20), u64f64.from_int(2)) == (2**31 - 1) << 64


@pytest.mark.parametrize("square", [4, 9, 10**6])
def test_the_root_is_within_its_precision(square: int) -> None:
    precision = u64f64.from_ratio(1, 1000)

    root = square_root(u64f64.from_int(square), precision)

    assert abs(root - u64f64.safe_div(u64f64.from_int(square), root)) <= precision


def test_the_root_of_less_than_one_is_larger_than_it() -> None:
    quarter = u64f64.from_ratio(1, 4)

    assert quarter < square_root(quarter, u64f64.from_ratio(1, 1000)) < u64f64.one


def test_an_average_moves_by_the_blocks_weight() -> None:
    half = 2**62

    first = next_average(i64f64.zero, 1_000, half)
    second = next_average(first, -1_000, half)

    assert first / ONE == pytest.approx(500)
    assert second / ONE == pytest.approx(-250)


def test_an_average_without_weight_stays() -> None:
    assert next_average(i64f64.from_int(7), 10**18, 0) == i64f64.from_int(7)


def flows(*numbers: int) -> list[I64F64]:
    """Whole rao as averages."""
    return [i64f64.from_int(number) for number in numbers]


@pytest.mark.parametrize(
    ("averages", "cutoff", "expected"),
    [
        ((1_000, 3_000, 6_000), 0, (0.1, 0.3, 0.6)),
        ((-100, 500), 0, (0, 1)),
        ((-100, -200), 0, (0, 0)),
        ((1_000, 2_000), 2_000, (0, 0)),
        ((1_000, 3_000), 2_000, (0, 1)),
        ((-100, -300, -400), -1_000, (0.75, 0.25, 0)),
    ],
)
def test_shares_count_from_the_lower_limit(
    averages: Sequence[int], cutoff: int, expected: Sequence[float]
) -> None:
    shares = flow_shares(flows(*averages), i64f64.from_int(cutoff), u64f64.one)

    assert [share / ONE for share in shares] == pytest.approx(expected, abs=1e-6)


def test_what_the_protocol_brought_is_scaled_to_what_stakers_brought() -> None:
    net = net_of_protocol(flows(300, 100), flows(600, 200))

    assert [flow / ONE for flow in net] == pytest.approx([0, 0], abs=1e-9)


def test_what_the_protocol_brought_counts_as_it_is_if_it_is_less() -> None:
    assert net_of_protocol(flows(300, 100), flows(50, 100)) == flows(250, 0)


def test_what_the_protocol_drained_counts_in_full() -> None:
    assert net_of_protocol(flows(300, 100), flows(0, -50)) == flows(300, 150)
