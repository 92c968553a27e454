"""Weights: what may be set, by whom, and what is stored of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.dispatch_outcome import ModuleFailure, PalletFailure
from taonet.frame.origin import Signed
from taonet.pallets.subtensor.errors import (
    CanNotSetRootNetworkWeights,
    CommitRevealEnabled,
    DuplicateUids,
    HotKeyNotRegisteredInSubNet,
    IncorrectWeightVersionKey,
    InputLengthsUnequal,
    MechanismDoesNotExist,
    NeuronNoValidatorPermit,
    NotEnoughStakeToSetWeights,
    SettingWeightsTooFast,
    UidsLengthExceedUidsInSubNet,
    UidVecContainInvalidOne,
    WeightVecLengthIsLow,
    WeightVecNotEqualSize,
)
from taonet.pallets.subtensor.events.weights import (
    BatchCompletedWithErrors,
    BatchWeightItemFailed,
    BatchWeightsCompleted,
    WeightsSet,
)
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.packed_vectors import pairs
from taonet.pallets.subtensor.weight_setting import upscaled
from taonet.primitives.units import ROOT, MechId, NetUid, Uid
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

VALIDATOR = Signed(account("validator"))
MAIN = mechanism_index(NETUID)


@pytest.fixture
def chain() -> Chain:
    """Four neurons, of whom the first has a permit, in block 200."""
    chain = Chain()
    chain.add_subnet()
    for name in ("validator", "good", "fair", "bad"):
        chain.register(name)
    chain.subtensor.scores.validator_permit[NETUID] = b"\1\0\0\0"
    chain.system.number = 200
    chain.state.events.clear()
    return chain


def test_the_largest_weight_becomes_all_of_a_u16(chain: Chain) -> None:
    chain.subtensor.weight_setting.set_weights(VALIDATOR, NETUID, (1, 2), (10, 5), 0)

    assert pairs(chain.subtensor.weights.weights[MAIN, Uid(0)]) == [(1, 65_535), (2, 32_768)]
    assert chain.subtensor.neuron_registry.last_update(MAIN, Uid(0)) == 200
    assert chain.events(WeightsSet) == [WeightsSet(MAIN, Uid(0))]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([0, 0], [0, 0]),
        ([1, 1, 0], [65_535, 65_535, 0]),
        ([0, 1, 2, 3, 4], [0, 16_384, 32_768, 49_151, 65_535]),
        ([16_384], [65_535]),
        ([32_769], [65_535]),
        ([0, 1, 65_535], [0, 1, 65_535]),
        ([0, 1, 2, 32_768], [0, 2, 4, 65_535]),
        ([40_000, 20_000], [65_535, 32_767]),
    ],
)
def test_upscaling_rounds_to_the_nearest(values: list[int], expected: list[int]) -> None:
    """Source: `test_vec_max_upscale_to_u16` of subtensor tests/math.rs @ 14bc6f9."""
    assert upscaled(values) == expected


@given(st.lists(st.integers(0, 65_535), min_size=1, max_size=20))
def test_upscaling_keeps_the_order_and_reaches_the_top(values: list[int]) -> None:
    scaled = upscaled(values)

    assert max(scaled) == (65_535 if any(values) else 0)
    for a, b in zip(values, scaled, strict=True):
        assert all(b <= y for x, y in zip(values, scaled, strict=True) if a <= x)


@pytest.mark.parametrize(
    ("who", "netuid", "uids", "values", "version", "error"),
    [
        ("validator", 0, (1,), (1,), 0, CanNotSetRootNetworkWeights),
        ("validator", 1, (1, 2), (1,), 0, WeightVecNotEqualSize),
        ("validator", 9, (1,), (1,), 0, MechanismDoesNotExist),
        ("validator", 1, (0, 1, 2, 3, 4), (1,) * 5, 0, UidsLengthExceedUidsInSubNet),
        ("stranger", 1, (1,), (1,), 0, HotKeyNotRegisteredInSubNet),
        ("good", 1, (2,), (1,), 0, NeuronNoValidatorPermit),
        ("validator", 1, (1, 1), (1, 1), 0, DuplicateUids),
        ("validator", 1, (1, 4), (1, 1), 0, UidVecContainInvalidOne),
    ],
)
def test_what_stands_against_weights(
    chain: Chain,
    who: str,
    netuid: int,
    uids: tuple[int, ...],
    values: tuple[int, ...],
    version: int,
    error: type[DispatchError],
) -> None:
    enabled = chain.subtensor.hyperparameters.commit_reveal_weights_enabled
    enabled[NetUid(netuid)] = False
    call = chain.subtensor.weight_setting.set_weights
    refuse(chain, error, call, Signed(account(who)), NetUid(netuid), uids, values, version)


def test_anyone_may_weigh_itself_alone(chain: Chain) -> None:
    chain.subtensor.hyperparameters.min_allowed_weights[NETUID] = 4
    chain.subtensor.weight_setting.set_weights(Signed(account("good")), NETUID, (1,), (7,), 0)

    assert pairs(chain.subtensor.weights.weights[MAIN, Uid(1)]) == [(1, 65_535)]


def test_weights_have_a_smallest_number_and_a_version(chain: Chain) -> None:
    parameters, call = chain.subtensor.hyperparameters, chain.subtensor.weight_setting.set_weights
    parameters.min_allowed_weights[NETUID] = 3
    refuse(chain, WeightVecLengthIsLow, call, VALIDATOR, NETUID, (1, 2), (1, 1), 0)
    parameters.weights_version_key[NETUID] = 5
    refuse(chain, IncorrectWeightVersionKey, call, VALIDATOR, NETUID, (1, 2, 3), (1, 1, 1), 4)
    call(VALIDATOR, NETUID, (1, 2, 3), (1, 1, 1), 6)


def test_weights_need_stake_unless_the_owner_sets_them(chain: Chain) -> None:
    call = chain.subtensor.weight_setting.set_weights
    chain.subtensor.global_parameters.stake_threshold = 50 * 10**9
    refuse(chain, NotEnoughStakeToSetWeights, call, VALIDATOR, NETUID, (1,), (1,), 0)
    chain.subtensor.neuron_registry.append(NETUID, account("owner hotkey"))
    chain.system.number = 300
    call(Signed(account("owner hotkey")), NETUID, (1,), (1,), 0)
    chain.stake("validator cold", "validator", 100)
    call(VALIDATOR, NETUID, (1,), (1,), 0)


def test_weights_wait_for_their_rate_limit(chain: Chain) -> None:
    call = chain.subtensor.weight_setting.set_weights
    call(VALIDATOR, NETUID, (1,), (1,), 0)
    chain.system.number = 299
    refuse(chain, SettingWeightsTooFast, call, VALIDATOR, NETUID, (1,), (1,), 0)
    chain.system.number = 300
    call(VALIDATOR, NETUID, (1,), (1,), 0)


def test_weights_are_not_open_under_commit_reveal(chain: Chain) -> None:
    chain.subtensor.hyperparameters.commit_reveal_weights_enabled[NETUID] = True
    setting = chain.subtensor.weight_setting
    refuse(chain, CommitRevealEnabled, setting.set_weights, VALIDATOR, NETUID, (1,), (1,), 0)
    call = setting.set_mechanism_weights
    refuse(chain, CommitRevealEnabled, call, VALIDATOR, NETUID, MechId(0), (1,), (1,), 0)


def test_each_mechanism_has_weights_of_its_own(chain: Chain) -> None:
    call = chain.subtensor.weight_setting.set_mechanism_weights
    error = MechanismDoesNotExist
    refuse(chain, error, call, VALIDATOR, NETUID, MechId(1), (1,), (1,), 0)
    chain.subtensor.networks.mechanism_count_current[NETUID] = MechId(2)
    call(VALIDATOR, NETUID, MechId(1), (1,), (1,), 0)

    second = mechanism_index(NETUID, MechId(1))
    assert int(second) == 4097
    assert (MAIN, Uid(0)) not in chain.subtensor.weights.weights
    assert pairs(chain.subtensor.weights.weights[second, Uid(0)]) == [(1, 65_535)]


def test_one_bad_item_of_a_batch_does_not_stop_the_others(chain: Chain) -> None:
    call = chain.subtensor.weight_setting.batch_set_weights
    netuids = (ROOT, NETUID)
    refuse(chain, InputLengthsUnequal, call, VALIDATOR, netuids, (((1, 1),),), (0, 0))
    chain.subtensor.hyperparameters.commit_reveal_weights_enabled[ROOT] = False
    call(VALIDATOR, netuids, (((1, 1),), ((1, 1),)), (0, 0))

    assert pairs(chain.subtensor.weights.weights[MAIN, Uid(0)]) == [(1, 65_535)]
    failure = PalletFailure(ModuleFailure(7, bytes([CanNotSetRootNetworkWeights.index, 0, 0, 0])))
    assert [d.event for d in chain.state.events] == [
        WeightsSet(MAIN, Uid(0)),
        BatchCompletedWithErrors(),
        BatchWeightItemFailed(ROOT, failure),
        BatchWeightsCompleted(netuids, VALIDATOR.who),
    ]
