"""The production epoch against the reference in Python's integers, and rules by example."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from taonet.economy.yuma import NO_COMMIT, EpochInput, EpochInputError, EpochOutput, run_epoch
from taonet.economy.yuma.fixed import ONE, bits, divide, multiply, reciprocal
from taonet.economy.yuma.liquid_alpha import exponential
from taonet.economy.yuma.mechanisms import merge_mechanisms, split_among_mechanisms
from tests.economy import yuma_reference as reference

BLOCK = 10_000
U16_EDGES = st.sampled_from([0, 1, 20_000, 32_767, 65_534, 65_535])
STAKES = st.sampled_from([0, 1, 2, 10**9, 10**15, 2**60])
OLD_PARTS = st.sampled_from([0, 1, 900_000, 975_000, 1_000_000])


def pairs(*row: tuple[int, int]) -> NDArray[np.uint16]:
    return np.array(row, dtype=np.uint16).reshape(-1, 2)


def as_lists(rows: tuple[NDArray[np.uint16], ...]) -> list[list[tuple[int, int]]]:
    return [[(int(uid), int(value)) for uid, value in row] for row in rows]


def epoch(**changes: Any) -> EpochInput:
    """Neurons 0 and 1 validate with all stake, 2 and 3 mine; nobody holds bonds."""
    ordinary: dict[str, Any] = {
        "emission_rao": 1_000_000_000,
        "current_block": BLOCK,
        "last_epoch_block": BLOCK - 1_000,
        "tempo_blocks": 360,
        "activity_cutoff_blocks": 5_000,
        "stake_weights": [3 << 64, 1 << 64, 0, 0],
        "last_update_block": [BLOCK - 500] * 4,
        "registration_block": [0] * 4,
        "validator_permits": [True, True, False, False],
        "weights_rows": [pairs((2, 3), (3, 1)), pairs((2, 1), (3, 1)), pairs(), pairs()],
        "bonds_rows": [pairs()] * 4,
        "max_allowed_validators": 2,
        "kappa_u16": 32_767,
        "bonds_penalty_u16": 0,
        "bonds_moving_average_millionths": 900_000,
        "yuma3": False,
        "liquid_alpha": False,
        "alpha_sigmoid_steepness": 1_000,
        "alpha_low_u16": 45_875,
        "alpha_high_u16": 58_982,
    }
    return EpochInput(**(ordinary | changes))


@st.composite
def pair_rows(draw: st.DrawFn, neurons: int, uid_highest: int) -> NDArray[np.uint16]:
    uids = draw(st.lists(st.integers(0, uid_highest), unique=True, max_size=neurons))
    if draw(st.booleans()):
        uids.sort()
    value = st.one_of(U16_EDGES, st.integers(0, 65_535))
    return pairs(*[(uid, draw(value)) for uid in uids])


@st.composite
def epochs(
    draw: st.DrawFn,
    old_parts: st.SearchStrategy[int] = OLD_PARTS,
) -> EpochInput:
    """Small subnets in any state that storage allows, corners included."""
    neurons = draw(st.integers(1, 7))
    short = draw(st.sampled_from([0, neurons - 1, neurons]))
    blocks = st.sampled_from([0, 100, 4_999, 5_000, 9_000, 9_001, 9_500, BLOCK])
    stake = st.builds(lambda whole, part: (whole << 64) + part, STAKES, st.integers(0, 2**64 - 1))
    low = draw(st.sampled_from([0, 1_638, 45_875, 65_535]))
    commits = st.lists(st.sampled_from([NO_COMMIT, 0, 9_000]), min_size=neurons, max_size=neurons)
    return EpochInput(
        emission_rao=draw(st.sampled_from([0, 1, 360_000_012_345, 2**64 - 1])),
        current_block=BLOCK,
        last_epoch_block=draw(st.sampled_from([0, 9_000, 2**64 - 1])),
        tempo_blocks=draw(st.sampled_from([360, 2 * BLOCK])),
        activity_cutoff_blocks=draw(st.sampled_from([0, 5_000, 2 * BLOCK])),
        stake_weights=draw(st.lists(stake, min_size=neurons, max_size=neurons)),
        stake_threshold=draw(st.sampled_from([0, 2, 10**9])),
        owner_uid=draw(st.one_of(st.none(), st.integers(0, neurons - 1))),
        last_update_block=draw(st.lists(blocks, min_size=short, max_size=short)),
        registration_block=draw(st.lists(blocks, min_size=neurons, max_size=neurons)),
        validator_permits=draw(
            st.lists(st.sampled_from([True, True, False]), min_size=short, max_size=short)
        ),
        commit_block=draw(st.one_of(st.none(), commits)),
        weights_rows=draw(
            st.lists(pair_rows(neurons, neurons), min_size=neurons, max_size=neurons)
        ),
        bonds_rows=draw(st.lists(pair_rows(neurons, neurons), min_size=neurons, max_size=neurons)),
        max_allowed_validators=draw(st.integers(0, neurons + 1)),
        kappa_u16=draw(U16_EDGES),
        bonds_penalty_u16=draw(U16_EDGES),
        bonds_moving_average_millionths=draw(old_parts),
        yuma3=draw(st.booleans()),
        liquid_alpha=draw(st.booleans()),
        alpha_sigmoid_steepness=draw(st.sampled_from([-32_768, -999, 0, 1, 200, 1_500, 32_767])),
        alpha_low_u16=low,
        alpha_high_u16=draw(st.sampled_from([low, 58_982, 65_535])),
    )


def agrees_with_reference(case: EpochInput) -> EpochOutput:
    """The output, after each field was found equal to the reference's."""
    output, expected = run_epoch(case), reference.run(case)
    for name in (
        "stake_bits", "consensus_bits", "validator_trust_bits", "incentive_bits",
        "dividends_bits", "server_emission_rao", "validator_emission_rao",
        "combined_emission_rao", "active", "validator_permits",
    ):  # fmt: skip
        assert getattr(output, name).tolist() == getattr(expected, name), name
    bonds: list[list[tuple[int, int]]] = [[] for _ in range(case.neurons)]
    for validator, miner, value in output.bond_entries():
        bonds[validator].append((miner, value))
    assert bonds == expected.bonds_bits
    assert as_lists(output.bonds_rows) == expected.bonds_u16
    for name in ("consensus", "incentive", "dividends", "validator_trust"):
        exact = getattr(output, f"{name}_bits").tolist()
        assert getattr(output, f"{name}_u16").tolist() == [reference.to_u16(x) for x in exact]
    return output


@settings(max_examples=150, deadline=None)
@given(epochs())
def test_every_field_equals_the_reference(case: EpochInput) -> None:
    agrees_with_reference(case)


@settings(max_examples=40, deadline=None)
@given(epochs(old_parts=st.sampled_from([1_000_001, 3_000_000, 10**12, 2**64 - 1])))
def test_bonds_that_root_lets_grow_equal_the_reference(case: EpochInput) -> None:
    agrees_with_reference(replace(case, liquid_alpha=False))


@settings(max_examples=60, deadline=None)
@given(epochs())
def test_emission_is_never_exceeded(case: EpochInput) -> None:
    output = run_epoch(case)
    earned = sum(output.server_emission_rao.tolist()) + sum(output.validator_emission_rao.tolist())
    assert earned <= case.emission_rao
    assert sum(output.combined_emission_rao.tolist()) <= case.emission_rao


@pytest.mark.parametrize("yuma3", [False, True])
@pytest.mark.parametrize("liquid_alpha", [False, True])
def test_a_full_subnet_equals_the_reference(yuma3: bool, liquid_alpha: bool) -> None:
    """Sums of many rows, and rows as long as the subnet, shuffled and not."""
    generator = np.random.default_rng(5)
    neurons, validators = 40, 16

    def row() -> NDArray[np.uint16]:
        uids = generator.permutation(neurons)[: generator.integers(neurons // 2, neurons + 1)]
        return np.column_stack((uids, generator.integers(0, 65_536, uids.size))).astype(np.uint16)

    rows = [[row() if uid < validators else pairs() for uid in range(neurons)] for _ in range(2)]
    agrees_with_reference(
        epoch(
            stake_weights=[
                int(stake) << 64 for stake in generator.integers(10**9, 10**13, neurons)
            ],
            last_update_block=[BLOCK - 500] * neurons,
            registration_block=[int(b) for b in generator.integers(0, BLOCK, neurons)],
            validator_permits=[uid < validators for uid in range(neurons)],
            weights_rows=rows[0],
            bonds_rows=rows[1],
            max_allowed_validators=validators,
            yuma3=yuma3,
            liquid_alpha=liquid_alpha,
        )
    )


def test_the_owner_alone_may_weigh_itself() -> None:
    rows = [pairs((0, 1), (2, 1)), pairs((1, 1), (2, 1)), pairs(), pairs()]
    without = run_epoch(epoch(weights_rows=rows))
    owned = run_epoch(epoch(weights_rows=rows, owner_uid=0))

    assert without.incentive_bits.tolist() == [0, 0, ONE, 0]
    assert owned.incentive_bits[0] > 0
    assert owned.incentive_bits[1] == 0


def test_stake_below_the_threshold_counts_only_for_the_owner() -> None:
    assert run_epoch(epoch(stake_threshold=2)).stake_bits.tolist() == [ONE, 0, 0, 0]
    owned = run_epoch(epoch(stake_threshold=2, owner_uid=1))
    assert owned.stake_bits.tolist() == [3 * ONE // 4, ONE // 4, 0, 0]


def test_the_owner_is_permitted_without_stake() -> None:
    assert run_epoch(epoch(owner_uid=3)).validator_permits.tolist() == [True, True, False, True]


def test_a_commit_older_than_a_registration_masks_the_newcomers_column() -> None:
    state = {"registration_block": [0, 0, 0, 5_000], "last_update_block": [BLOCK - 500] * 4}
    late = run_epoch(epoch(**state, commit_block=[6_000, 5_000, NO_COMMIT, NO_COMMIT]))
    early = run_epoch(epoch(**state, commit_block=[4_999, 4_999, NO_COMMIT, NO_COMMIT]))

    assert late.incentive_bits[3] > 0
    assert early.incentive_bits.tolist() == [0, 0, ONE, 0]


def test_liquid_alpha_reads_a_shuffled_row_otherwise_than_a_sorted_one() -> None:
    """The chain merges rows as if they ascended; penalised rows are sorted on the way."""
    shuffled = [pairs((3, 1), (2, 3)), pairs((3, 1), (2, 1)), pairs(), pairs()]
    bonds = [pairs((2, 30_000), (3, 60_000)), pairs((2, 100)), pairs(), pairs()]
    settings_: dict[str, Any] = {"yuma3": True, "liquid_alpha": True, "bonds_rows": bonds}
    one = agrees_with_reference(epoch(**settings_))
    other = agrees_with_reference(epoch(**settings_, weights_rows=shuffled))
    assert sorted(one.bond_entries()) != sorted(other.bond_entries())
    assert other.bonds_rows[0][:, 0].tolist() == [3, 2]

    settings_["bonds_penalty_u16"] = 20_000
    one = agrees_with_reference(epoch(**settings_))
    other = agrees_with_reference(epoch(**settings_, weights_rows=shuffled))
    assert list(one.bond_entries()) == list(other.bond_entries())


def test_stored_rows_are_the_bytes_of_scale() -> None:
    output = run_epoch(epoch())
    assert output.bonds_rows[0].dtype == np.dtype("<u2")
    assert output.bonds_rows[0].tobytes()[:4] == bytes([2, 0, 255, 255])


def test_without_weights_validators_get_the_emission_by_stake() -> None:
    output = run_epoch(epoch(weights_rows=[pairs()] * 4))
    assert output.validator_emission_rao.tolist() == [750_000_000, 250_000_000, 0, 0]
    assert output.server_emission_rao.tolist() == [0, 0, 0, 0]


def test_an_empty_subnet_has_an_empty_epoch() -> None:
    lists = ("stake_weights", "last_update_block", "registration_block", "validator_permits")
    empty: dict[str, list[Any]] = {name: [] for name in (*lists, "weights_rows", "bonds_rows")}
    output = run_epoch(epoch(**empty))
    assert output.bonds_rows == ()
    assert output.server_emission_rao.size == 0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("weights_rows", [pairs((2, 1), (2, 2)), *[pairs()] * 3], "twice"),
        ("registration_block", [0] * 3, "registration_block has 3 items for 4"),
        ("last_update_block", [0] * 5, "last_update_block has 5 items for 4"),
        ("stake_weights", [-1, 0, 0, 0], "negative"),
        ("stake_weights", [2**127, 0, 0, 0], "I64F64"),
        ("kappa_u16", 65_536, "kappa_u16"),
        ("alpha_sigmoid_steepness", 40_000, "alpha_sigmoid_steepness"),
    ],
)
def test_input_that_no_storage_holds_is_refused(field: str, value: object, message: str) -> None:
    with pytest.raises(EpochInputError, match=message):
        run_epoch(epoch(**{field: value}))


NUMBERS = st.one_of(st.integers(0, ONE), st.sampled_from([0, 1, ONE - 1, ONE]))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1))
def test_products_are_rounded_down(operands: list[tuple[int, int]]) -> None:
    left, right = zip(*operands, strict=True)
    expected = [a * b >> 32 for a, b in operands]
    assert multiply(bits(left), bits(right)).tolist() == expected


@given(st.data(), st.one_of(st.integers(1, 2**53 - 1), st.integers(1, 2**62)))
def test_quotients_are_rounded_down(data: st.DataObject, divisor: int) -> None:
    dividend = data.draw(st.one_of(st.integers(0, divisor), st.just(divisor)))
    assert divide(bits([dividend]), bits([divisor])).tolist() == [(dividend << 32) // divisor]


@given(st.lists(st.integers(ONE, 2**61), min_size=1))
def test_reciprocals_are_rounded_down(numbers: list[int]) -> None:
    assert reciprocal(bits(numbers)).tolist() == [2**64 // number for number in numbers]


@given(st.lists(st.integers(-21 * ONE, 21 * ONE), min_size=1))
def test_exponentials_equal_the_reference(exponents: list[int]) -> None:
    exponents = [*exponents, 0, ONE, -ONE, 8 * ONE]
    expected = [reference.exponential(exponent) for exponent in exponents]
    assert exponential(bits(exponents)).tolist() == expected


@given(st.integers(0, 2**64 - 1), st.integers(1, 8), st.booleans())
def test_mechanisms_share_all_of_the_emission(rao: int, mechanisms: int, even: bool) -> None:
    split = None if even else [60_000, 5_535]
    parts = split_among_mechanisms(rao, mechanisms, split)
    assert len(parts) == mechanisms
    assert sum(parts) == rao


def test_two_mechanisms_average_their_terms() -> None:
    first = run_epoch(epoch(emission_rao=750_000_000))
    second = run_epoch(
        epoch(emission_rao=250_000_000, weights_rows=[pairs((2, 1)), *[pairs()] * 3])
    )
    merged = merge_mechanisms([first, second], [750_000_000, 250_000_000], 1_000_000_000)

    total = sum(merged.server_emission_rao) + sum(merged.validator_emission_rao)
    assert 999_999_990 <= total <= 1_000_000_000
    assert merged.stake_weight_u16 == [
        a * 3 // 4 + b // 4
        for a, b in zip(
            first.stake_weight_u16.tolist(), second.stake_weight_u16.tolist(), strict=True
        )
    ]
    assert merged.validator_permits == [True, True, False, False]
    expected = (
        int(first.combined_emission_rao[2]) * 3 // 4 + int(second.combined_emission_rao[2]) // 4
    )
    assert merged.emission_rao[2] == expected


def test_without_emission_the_first_mechanisms_terms_stand() -> None:
    first = run_epoch(epoch(emission_rao=0))
    second = run_epoch(epoch(emission_rao=0, weights_rows=[pairs((2, 1)), *[pairs()] * 3]))
    merged = merge_mechanisms([first, second], [0, 0], 0)
    assert merged.consensus_u16 == first.consensus_u16.tolist()
