"""Guards: what the pool is told of a call before it is dispatched."""

from typing import Any

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import ModuleError
from taonet.pallets.drand.pulses import Pulses
from taonet.pallets.subtensor.errors import (
    ColdkeySwapAnnounced,
    ColdkeySwapDisputed,
    CommittingWeightsTooFast,
    DelegateTakeTooHigh,
    DelegateTakeTooLow,
    HotKeyNotRegisteredInNetwork,
    InputLengthsUnequal,
    InvalidPort,
    InvalidRevealRound,
    NetworkTxRateLimitExceeded,
    NonAssociatedColdKey,
    NotEnoughStakeToSetWeights,
    NoWeightsCommitFound,
    RevealTooEarly,
    SettingWeightsTooFast,
)
from taonet.pallets.subtensor.guards import CUSTOM_CODES
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.types import NetworkLastRegistered
from taonet.pallets.subtensor.weight_commits import commit_hash_of
from taonet.pallets.subtensor.weight_setting import WeightsVote
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import MechId, Uid
from taonet.runtime.pallets import CALLS
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

VALIDATOR, COLD = account("validator"), account("validator cold")
SOME = H256(bytes(32))


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.register("validator")
    chain.system.number = 50
    return chain


def call_of(name: str, *arguments: Any, pallet: str = "SubtensorModule") -> Call:
    return Call(*CALLS[pallet, name], arguments)


def guard(chain: Chain, who: AccountId, name: str, *arguments: Any) -> None:
    chain.subtensor.guards.check(who, call_of(name, *arguments))


@pytest.mark.parametrize(
    ("name", "arguments", "error", "code"),
    [
        ("increase_take", (VALIDATOR, 11_797), DelegateTakeTooHigh, 27),
        ("decrease_take", (VALIDATOR, 4), DelegateTakeTooLow, 26),
        ("serve_axon", (NETUID, 1, 1, 0, 4, 4, 0, 0), HotKeyNotRegisteredInNetwork, 10),
        ("serve_prometheus", (NETUID, 1, 1, 80, 4), HotKeyNotRegisteredInNetwork, 10),
        ("register_network", (VALIDATOR,), NetworkTxRateLimitExceeded, 6),
        ("batch_set_weights", ((NETUID,), (), ()), InputLengthsUnequal, 18),
        ("batch_commit_weights", ((NETUID,), ()), InputLengthsUnequal, 18),
        ("batch_reveal_weights", (NETUID, ((),), (), (), ()), InputLengthsUnequal, 18),
        ("reveal_weights", (NETUID, (), (), (), 0), NoWeightsCommitFound, 16),
    ],
)
def test_the_pool_knows_refusals_by_numbers(
    chain: Chain, name: str, arguments: tuple[Any, ...], error: type[ModuleError], code: int
) -> None:
    chain.subtensor.delegation.min_delegate_take = 5
    chain.subtensor.rate_limits.last_rate_limited_block[NetworkLastRegistered()] = 49
    refuse(chain, error, guard, chain, COLD, name, *arguments)
    assert CUSTOM_CODES[error] == code


def test_what_is_in_order_passes(chain: Chain) -> None:
    guard(chain, COLD, "increase_take", VALIDATOR, 11_796)
    guard(chain, VALIDATOR, "serve_axon", NETUID, 1, 1, 80, 4, 4, 0, 0)
    guard(chain, VALIDATOR, "serve_axon_tls", NETUID, 1, 1, 80, 4, 4, 0, 0, b"")
    guard(chain, COLD, "register_network", VALIDATOR)
    guard(chain, account("stranger"), "set_weights", NETUID, (), (), 0)
    guard(chain, COLD, "add_stake", VALIDATOR, NETUID, 1)


def test_takes_are_set_by_owners(chain: Chain) -> None:
    other = account("other")
    refuse(chain, NonAssociatedColdKey, guard, chain, other, "increase_take", VALIDATOR, 1)


def test_a_neuron_serves_on_a_port(chain: Chain) -> None:
    arguments = (NETUID, 1, 1, 0, 4, 4, 0, 0)
    refuse(chain, InvalidPort, guard, chain, VALIDATOR, "serve_axon", *arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("set_weights", (NETUID, (), (), 0)),
        ("set_mechanism_weights", (NETUID, MechId(0), (), (), 0)),
        ("commit_weights", (NETUID, SOME)),
        ("commit_timelocked_weights", (NETUID, b"", 1, 4)),
        ("reveal_weights", (NETUID, (), (), (), 0)),
        ("batch_set_weights", ((NETUID,), ((),), (0,))),
        ("batch_commit_weights", ((NETUID,), (SOME,))),
    ],
)
def test_weights_need_stake(chain: Chain, name: str, arguments: tuple[Any, ...]) -> None:
    chain.subtensor.global_parameters.stake_threshold = 1
    refuse(chain, NotEnoughStakeToSetWeights, guard, chain, VALIDATOR, name, *arguments)


def test_weights_wait_for_their_rate_limit(chain: Chain) -> None:
    chain.subtensor.neuron_registry.record_update(NETUID, mechanism_index(NETUID), Uid(0), 49)
    arguments: dict[str, tuple[Any, ...]] = {
        "set_weights": (NETUID, (), (), 0),
        "set_mechanism_weights": (NETUID, MechId(0), (), (), 0),
    }
    for name, given in arguments.items():
        refuse(chain, SettingWeightsTooFast, guard, chain, VALIDATOR, name, *given)
    chain.subtensor.hyperparameters.commit_reveal_weights_enabled[NETUID] = True
    for name, given in arguments.items():
        guard(chain, VALIDATOR, name, *given)
    error = CommittingWeightsTooFast
    refuse(chain, error, guard, chain, VALIDATOR, "commit_weights", NETUID, SOME)
    missing = (NETUID, MechId(1), SOME)
    refuse(chain, error, guard, chain, VALIDATOR, "commit_mechanism_weights", *missing)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("commit_timelocked_weights", (NETUID, b"", 6, 4)),
        ("commit_timelocked_mechanism_weights", (NETUID, MechId(0), b"", 6, 4)),
        ("commit_crv3_mechanism_weights", (NETUID, MechId(0), b"", 6)),
    ],
)
def test_weights_are_not_sealed_to_a_round_that_passed(
    chain: Chain, name: str, arguments: tuple[Any, ...]
) -> None:
    Pulses(chain.state).last_stored_round = 6
    guard(chain, VALIDATOR, name, *arguments)
    Pulses(chain.state).last_stored_round = 7
    refuse(chain, InvalidRevealRound, guard, chain, VALIDATOR, name, *arguments)


def test_a_reveal_waits_for_its_epoch(chain: Chain) -> None:
    subtensor, index = chain.subtensor, mechanism_index(NETUID)
    commit_hash = commit_hash_of(VALIDATOR, index, WeightsVote((1,), (2,), 0), (3,))
    subtensor.epochs.last_epoch_block[NETUID] = 50
    subtensor.weights.weight_commits[index, VALIDATOR] = ((commit_hash, 0, 50, 0),)
    one = (NETUID, (1,), (2,), (3,), 0)
    several = (NETUID, ((1,),), ((2,),), ((3,),), (0,))
    refuse(chain, RevealTooEarly, guard, chain, VALIDATOR, "reveal_weights", *one)
    refuse(chain, RevealTooEarly, guard, chain, VALIDATOR, "batch_reveal_weights", *several)
    subtensor.epochs.subnet_epoch_index[NETUID] = 1

    guard(chain, VALIDATOR, "reveal_weights", *one)
    guard(chain, VALIDATOR, "batch_reveal_weights", *several)
    unknown = (NETUID, (1,), (9,), (3,), 0)
    refuse(chain, NoWeightsCommitFound, guard, chain, VALIDATOR, "reveal_weights", *unknown)


def test_a_coldkey_that_announced_its_swap_does_nothing_else(chain: Chain) -> None:
    swaps, remark = chain.subtensor.key_swaps, call_of("remark", b"", pallet="System")
    check = chain.subtensor.guards.check
    check(COLD, remark)
    swaps.coldkey_swap_announcements[COLD] = (100, SOME)
    refuse(chain, ColdkeySwapAnnounced, check, COLD, remark)
    swaps.coldkey_swap_disputes[COLD] = 60
    refuse(chain, ColdkeySwapDisputed, check, COLD, remark)
    assert (CUSTOM_CODES[ColdkeySwapAnnounced], CUSTOM_CODES[ColdkeySwapDisputed]) == (0, 21)
