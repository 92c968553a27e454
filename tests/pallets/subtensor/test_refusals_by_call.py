"""
Which calls refuse what: the errors of staking, registration, weights and serving that the tests of
their own files do not provoke for every call that has them.

The order of checks follows subtensor pallets/subtensor/src/staking, subnets @ 14bc6f9.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Signed
from taonet.pallets.rule_sets import NamedPrice, RuleSets
from taonet.pallets.subtensor import errors
from taonet.pallets.subtensor.mechanisms import mechanism_index
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.pallets.subtensor.types import LastTransaction
from taonet.pallets.subtensor.weight_commits import commit_hash_of
from taonet.pallets.subtensor.weight_setting import WeightsVote
from taonet.primitives.ids import H256
from taonet.primitives.units import ROOT, Alpha, MechId, NetUid, Rao, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

ALICE, BOB, DAVE = account("alice"), account("bob"), account("dave")
HOT, WARM, NOBODY = account("hot"), account("warm"), account("nobody")
SECOND, CLOSED, MISSING = NetUid(2), NetUid(3), NetUid(9)
SOME, MUCH = Alpha(10 * 10**9), Alpha(80 * 10**9)
TAO = to_rao(1)
PRICE_NEAR, PRICE_FAR = Rao(1_205_000_000), Rao(2_000_000_000)


@pytest.fixture
def chain() -> Chain:
    """
    Three subnets, the third not started; bob's two hotkeys; alice with stake on one of them in the
    first two subnets, half of it locked in the first.
    """
    chain = Chain()
    for netuid in (NETUID, SECOND, CLOSED):
        chain.add_subnet(netuid)
    chain.own(BOB, HOT)
    chain.own(BOB, WARM)
    chain.stake("alice", "hot", 100)
    chain.stake("alice", "hot", 100, SECOND)
    chain.stake("alice", "hot", 100, ROOT)
    chain.fund(ALICE, to_rao(10))
    chain.subtensor.lock_calls.lock_stake(Signed(ALICE), HOT, NETUID, Alpha(50 * 10**9))
    chain.subtensor.networks.subtoken_enabled[CLOSED] = False
    for netuid in (NETUID, SECOND, CLOSED, ROOT):
        chain.subtensor.hyperparameters.transfer_toggle[netuid] = True
    return chain


def drained(chain: Chain) -> None:
    """The first pool's alpha reserve is so small that no sale fits."""
    chain.subtensor.pools.subnet_alpha_in[NETUID] = Alpha(1_000)


def nothing_outside(chain: Chain) -> None:
    """The first subnet's alpha does not count as outstanding."""
    chain.subtensor.pools.subnet_alpha_out[NETUID] = Alpha(0)


def locked_elsewhere(chain: Chain) -> None:
    """Dave has a lock on the other hotkey."""
    chain.stake("dave", "warm", 10)
    chain.subtensor.lock_calls.lock_stake(Signed(DAVE), WARM, NETUID, Alpha(10**9))


def as_it_is(_chain: Chain) -> None:
    """Nothing is done before the call."""


STAKING: tuple[tuple[str, tuple[Any, ...], type[DispatchError], Callable[[Chain], None]], ...] = (
    ("add_stake_burn", (HOT, NETUID, Rao(1), None), errors.AmountTooLow, as_it_is),
    ("add_stake_burn", (HOT, MISSING, TAO, None), errors.SubnetNotExists, as_it_is),
    ("add_stake_burn", (HOT, CLOSED, TAO, None), errors.SubtokenDisabled, as_it_is),
    ("add_stake_burn", (NOBODY, NETUID, TAO, None), errors.HotKeyAccountNotExists, as_it_is),
    ("add_stake_burn", (HOT, ROOT, TAO, None), errors.CannotBurnOrRecycleOnRootSubnet, as_it_is),
    ("add_stake_burn", (HOT, NETUID, to_rao(99), None), errors.NotEnoughBalanceToStake, as_it_is),
    ("add_stake_burn", (HOT, NETUID, to_rao(10**7), None), errors.InsufficientLiquidity, as_it_is),
    (
        "add_stake_burn",
        (HOT, SECOND, to_rao(99), PRICE_FAR),
        errors.NotEnoughBalanceToStake,
        as_it_is,
    ),
    ("add_stake_burn", (HOT, SECOND, to_rao(900), PRICE_FAR), errors.SlippageTooHigh, as_it_is),
    ("add_stake_limit", (HOT, SECOND, Rao(1), PRICE_FAR, True), errors.AmountTooLow, as_it_is),
    ("add_stake_limit", (HOT, MISSING, TAO, PRICE_FAR, True), errors.SubnetNotExists, as_it_is),
    (
        "add_stake_limit",
        (NOBODY, SECOND, TAO, PRICE_FAR, True),
        errors.HotKeyAccountNotExists,
        as_it_is,
    ),
    (
        "add_stake_limit",
        (HOT, SECOND, to_rao(99), PRICE_FAR, False),
        errors.NotEnoughBalanceToStake,
        as_it_is,
    ),
    (
        "add_stake_limit",
        (HOT, SECOND, to_rao(10**7), PRICE_FAR, True),
        errors.InsufficientLiquidity,
        as_it_is,
    ),
    ("remove_stake", (HOT, NETUID, SOME), errors.InsufficientLiquidity, drained),
    (
        "remove_stake_limit",
        (HOT, NETUID, SOME, Rao(0), False),
        errors.InsufficientLiquidity,
        drained,
    ),
    (
        "remove_stake_limit",
        (HOT, SECOND, SOME, PRICE_NEAR, False),
        errors.SlippageTooHigh,
        as_it_is,
    ),
    ("remove_stake_limit", (HOT, NETUID, MUCH, Rao(0), False), errors.StakeUnavailable, as_it_is),
    ("remove_stake_limit", (HOT, MISSING, SOME, Rao(0), False), errors.SubnetNotExists, as_it_is),
    (
        "remove_stake_limit",
        (WARM, NETUID, SOME, Rao(0), False),
        errors.NotEnoughStakeToWithdraw,
        as_it_is,
    ),
    ("remove_stake_full_limit", (WARM, NETUID, None), errors.AmountTooLow, as_it_is),
    ("remove_stake_full_limit", (WARM, NETUID, Rao(0)), errors.AmountTooLow, as_it_is),
    ("remove_stake_full_limit", (HOT, NETUID, None), errors.StakeUnavailable, as_it_is),
    ("remove_stake_full_limit", (HOT, NETUID, Rao(0)), errors.StakeUnavailable, as_it_is),
    ("remove_stake_full_limit", (HOT, NETUID, None), errors.InsufficientLiquidity, drained),
    ("remove_stake_full_limit", (HOT, MISSING, Rao(0)), errors.SubnetNotExists, as_it_is),
    ("unstake_all_alpha", (NOBODY,), errors.HotKeyAccountNotExists, as_it_is),
    ("move_stake", (HOT, NOBODY, SECOND, SECOND, SOME), errors.HotKeyAccountNotExists, as_it_is),
    ("move_stake", (NOBODY, HOT, SECOND, SECOND, SOME), errors.HotKeyAccountNotExists, as_it_is),
    ("move_stake", (HOT, WARM, SECOND, MISSING, SOME), errors.SubnetNotExists, as_it_is),
    ("move_stake", (HOT, WARM, MISSING, SECOND, SOME), errors.SubnetNotExists, as_it_is),
    ("move_stake", (HOT, WARM, SECOND, CLOSED, SOME), errors.SubtokenDisabled, as_it_is),
    ("move_stake", (HOT, WARM, SECOND, NETUID, Alpha(9)), errors.AmountTooLow, as_it_is),
    ("move_stake", (HOT, WARM, SECOND, SECOND, Alpha(9)), errors.AmountTooLow, as_it_is),
    ("move_stake", (HOT, WARM, NETUID, SECOND, SOME), errors.InsufficientLiquidity, drained),
    ("move_stake", (HOT, WARM, NETUID, SECOND, MUCH), errors.StakeUnavailable, as_it_is),
    ("move_stake", (HOT, HOT, SECOND, SECOND, SOME), errors.SameNetuid, as_it_is),
    ("swap_stake", (NOBODY, SECOND, NETUID, SOME), errors.HotKeyAccountNotExists, as_it_is),
    ("swap_stake", (HOT, SECOND, MISSING, SOME), errors.SubnetNotExists, as_it_is),
    ("swap_stake", (HOT, SECOND, CLOSED, SOME), errors.SubtokenDisabled, as_it_is),
    ("swap_stake", (HOT, NETUID, SECOND, SOME), errors.InsufficientLiquidity, drained),
    ("swap_stake", (HOT, NETUID, SECOND, MUCH), errors.StakeUnavailable, as_it_is),
    (
        "swap_stake_limit",
        (HOT, SECOND, NETUID, Alpha(9), Rao(0), True),
        errors.AmountTooLow,
        as_it_is,
    ),
    (
        "swap_stake_limit",
        (NOBODY, SECOND, NETUID, SOME, Rao(0), True),
        errors.HotKeyAccountNotExists,
        as_it_is,
    ),
    (
        "swap_stake_limit",
        (HOT, MISSING, NETUID, SOME, Rao(0), True),
        errors.SubnetNotExists,
        as_it_is,
    ),
    (
        "swap_stake_limit",
        (HOT, SECOND, CLOSED, SOME, Rao(0), True),
        errors.SubtokenDisabled,
        as_it_is,
    ),
    (
        "swap_stake_limit",
        (HOT, NETUID, SECOND, SOME, Rao(0), True),
        errors.InsufficientLiquidity,
        drained,
    ),
    (
        "swap_stake_limit",
        (HOT, NETUID, SECOND, MUCH, Rao(0), True),
        errors.StakeUnavailable,
        as_it_is,
    ),
    (
        "transfer_stake",
        (DAVE, NOBODY, SECOND, SECOND, SOME),
        errors.HotKeyAccountNotExists,
        as_it_is,
    ),
    ("transfer_stake", (DAVE, HOT, SECOND, MISSING, SOME), errors.SubnetNotExists, as_it_is),
    ("transfer_stake", (DAVE, HOT, NETUID, SECOND, SOME), errors.InsufficientLiquidity, drained),
    ("transfer_stake", (DAVE, HOT, NETUID, SECOND, MUCH), errors.StakeUnavailable, as_it_is),
    (
        "transfer_stake",
        (DAVE, HOT, NETUID, NETUID, MUCH),
        errors.LockHotkeyMismatch,
        locked_elsewhere,
    ),
    (
        "transfer_stake",
        (DAVE, HOT, NETUID, NETUID, MUCH),
        errors.AccountRejectsLockedAlpha,
        as_it_is,
    ),
    *(
        case
        for name in ("burn_alpha", "recycle_alpha")
        for case in (
            (name, (NOBODY, SOME, NETUID), errors.HotKeyAccountNotExists, as_it_is),
            (name, (HOT, SOME, MISSING), errors.SubnetNotExists, as_it_is),
            (name, (HOT, SOME, CLOSED), errors.SubtokenDisabled, as_it_is),
            (name, (HOT, MUCH, NETUID), errors.StakeUnavailable, as_it_is),
            (name, (HOT, SOME, NETUID), errors.InsufficientLiquidity, nothing_outside),
        )
    ),
)


@pytest.mark.parametrize(("name", "arguments", "error", "prepare"), STAKING)
def test_staking_refuses(
    chain: Chain,
    name: str,
    arguments: tuple[Any, ...],
    error: type[DispatchError],
    prepare: Callable[[Chain], None],
) -> None:
    prepare(chain)
    refuse(chain, error, getattr(chain.calls, name), Signed(ALICE), *arguments)


def registration(chain: Chain, name: str, who: bytes, netuid: NetUid, hotkey: bytes) -> list[Any]:
    """A call that registers, and its arguments."""
    origin = Signed(who)  # type: ignore[arg-type]
    call = getattr(chain.subtensor.registration, name)
    return {
        "register": [call, origin, netuid, 0, 0, b"", hotkey, who],
        "burned_register": [call, origin, netuid, hotkey],
        "register_limit": [call, origin, netuid, hotkey, 10**12],
    }[name]


@pytest.mark.parametrize("name", ["register", "burned_register", "register_limit"])
def test_every_way_to_register_refuses_alike(chain: Chain, name: str) -> None:
    def refuses(error: type[DispatchError], who: bytes, netuid: NetUid, hotkey: bytes) -> None:
        refuse(chain, error, *registration(chain, name, who, netuid, hotkey))

    chain.register("neuron")
    parameters, counts = chain.subtensor.hyperparameters, chain.subtensor.registrations
    refuses(errors.RegistrationNotPermittedOnRootSubnet, ALICE, ROOT, NOBODY)
    refuses(errors.SubnetNotExists, ALICE, MISSING, NOBODY)
    refuses(errors.HotKeyAlreadyRegisteredInSubNet, ALICE, NETUID, account("neuron"))
    refuses(errors.NotEnoughBalanceToStake, DAVE, NETUID, NOBODY)
    refuses(errors.CannotUseSystemAccount, ALICE, NETUID, subnet_account(SECOND))
    refuses(errors.NonAssociatedColdKey, ALICE, NETUID, WARM)
    chain.fund(DAVE, Rao(500))
    counts.burn[NETUID] = Rao(400)
    refuses(errors.InsufficientBalance, DAVE, NETUID, NOBODY)
    parameters.max_allowed_uids[NETUID] = 0
    refuses(errors.NoNeuronIdAvailable, ALICE, NETUID, NOBODY)
    parameters.network_registration_allowed[NETUID] = False
    refuses(errors.SubNetRegistrationDisabled, ALICE, NETUID, NOBODY)


@pytest.mark.parametrize("name", ["register", "burned_register", "register_limit"])
def test_every_way_to_register_counts_under_the_older_rules(chain: Chain, name: str) -> None:
    rules = RuleSets(chain.system)
    rules.present = replace(rules.present, registration_price=NamedPrice.INTERVAL)
    parameters, counts = chain.subtensor.hyperparameters, chain.subtensor.registrations
    parameters.max_registrations_per_block[NETUID] = 2
    parameters.target_registrations_per_interval[NETUID] = 1
    register = registration(chain, name, ALICE, NETUID, NOBODY)
    counts.registrations_this_block[NETUID] = 2
    refuse(chain, errors.TooManyRegistrationsThisBlock, *register)
    counts.registrations_this_block[NETUID] = 0
    counts.registrations_this_interval[NETUID] = 3
    refuse(chain, errors.TooManyRegistrationsThisInterval, *register)
    counts.registrations_this_interval[NETUID] = 2
    call, *arguments = register
    call(*arguments)
    assert counts.registrations_this_interval[NETUID] == 3


def test_root_takes_no_system_account_and_nobody_twice(chain: Chain) -> None:
    call = chain.subtensor.registration.root_register
    chain.subtensor.hyperparameters.target_registrations_per_interval[ROOT] = 9
    refuse(chain, errors.CannotUseSystemAccount, call, Signed(ALICE), subnet_account(SECOND))
    call(Signed(BOB), HOT)
    chain.subtensor.registrations.registrations_this_block[ROOT] = 0
    refuse(chain, errors.HotKeyAlreadyRegisteredInSubNet, call, Signed(BOB), HOT)


VALIDATOR = Signed(account("validator"))
SALT = (7,)


@pytest.fixture
def weighed(chain: Chain) -> Chain:
    """A validator with a permit and two miners, in epoch 3, under commit-reveal in the second."""
    for netuid in (NETUID, SECOND):
        for name in ("validator", "good", "fair"):
            chain.register(name, netuid)
        chain.subtensor.scores.validator_permit[netuid] = b"\1\0\0"
        chain.subtensor.hyperparameters.tempo[netuid] = 1_000
        chain.subtensor.hyperparameters.min_allowed_weights[netuid] = 1
    chain.subtensor.hyperparameters.commit_reveal_weights_enabled[SECOND] = True
    chain.subtensor.hyperparameters.weights_set_rate_limit[SECOND] = 0
    enter_epoch(chain, 3)
    return chain


def enter_epoch(chain: Chain, epoch: int) -> None:
    chain.subtensor.epochs.subnet_epoch_index[SECOND] = epoch
    chain.subtensor.epochs.last_epoch_block[SECOND] = epoch * 1_000
    chain.system.number = epoch * 1_000 + 1


def many(chain: Chain) -> None:
    chain.subtensor.hyperparameters.min_allowed_weights[NETUID] = 3
    chain.subtensor.hyperparameters.min_allowed_weights[SECOND] = 3


def newer(chain: Chain) -> None:
    chain.subtensor.hyperparameters.weights_version_key[NETUID] = 5
    chain.subtensor.hyperparameters.weights_version_key[SECOND] = 5


def staked(chain: Chain) -> None:
    chain.subtensor.global_parameters.stake_threshold = 10**18


def forbidden(chain: Chain) -> None:
    chain.subtensor.scores.validator_permit[NETUID] = bytes(3)
    chain.subtensor.scores.validator_permit[SECOND] = bytes(3)


WEIGHTS: tuple[
    tuple[tuple[int, ...], tuple[int, ...], type[DispatchError], Callable[[Chain], None]], ...
] = (
    ((1, 2), (1,), errors.WeightVecNotEqualSize, as_it_is),
    ((0, 1, 2, 3), (1,) * 4, errors.UidsLengthExceedUidsInSubNet, as_it_is),
    ((1, 1), (1, 1), errors.DuplicateUids, as_it_is),
    ((1, 9), (1, 1), errors.UidVecContainInvalidOne, as_it_is),
    ((1, 2), (1, 1), errors.WeightVecLengthIsLow, many),
    ((1, 2), (1, 1), errors.IncorrectWeightVersionKey, newer),
    ((1, 2), (1, 1), errors.NotEnoughStakeToSetWeights, staked),
    ((1, 2), (1, 1), errors.NeuronNoValidatorPermit, forbidden),
)


@pytest.mark.parametrize(("uids", "values", "error", "prepare"), WEIGHTS)
def test_every_way_to_weights_refuses_alike(
    weighed: Chain,
    uids: tuple[int, ...],
    values: tuple[int, ...],
    error: type[DispatchError],
    prepare: Callable[[Chain], None],
) -> None:
    setting, commits = weighed.subtensor.weight_setting, weighed.subtensor.weight_commits
    index = mechanism_index(SECOND)
    sealed = commit_hash_of(VALIDATOR.who, index, WeightsVote(uids, values, 0), SALT)
    commits.commit_weights(VALIDATOR, SECOND, sealed)
    enter_epoch(weighed, 4)
    prepare(weighed)
    refuse(weighed, error, setting.set_weights, VALIDATOR, NETUID, uids, values, 0)
    mechanism = MechId(0)
    call = setting.set_mechanism_weights
    refuse(weighed, error, call, VALIDATOR, NETUID, mechanism, uids, values, 0)
    refuse(weighed, error, commits.reveal_weights, VALIDATOR, SECOND, uids, values, SALT, 0)
    reveal = commits.reveal_mechanism_weights
    refuse(weighed, error, reveal, VALIDATOR, SECOND, mechanism, uids, values, SALT, 0)
    batch = commits.batch_reveal_weights
    refuse(weighed, error, batch, VALIDATOR, SECOND, (uids,), (values,), (SALT,), (0,))


def test_weights_of_mechanisms_refuse_as_others_do(weighed: Chain) -> None:
    call = weighed.subtensor.weight_setting.set_mechanism_weights
    weighed.subtensor.hyperparameters.commit_reveal_weights_enabled[ROOT] = False
    arguments = (MechId(0), (1,), (1,), 0)
    refuse(weighed, errors.CanNotSetRootNetworkWeights, call, VALIDATOR, ROOT, *arguments)
    stranger = Signed(NOBODY)
    refuse(weighed, errors.HotKeyNotRegisteredInSubNet, call, stranger, NETUID, *arguments)
    call(VALIDATOR, NETUID, *arguments)
    refuse(weighed, errors.SettingWeightsTooFast, call, VALIDATOR, NETUID, *arguments)


@pytest.mark.parametrize(
    "name", ["reveal_weights", "reveal_mechanism_weights", "batch_reveal_weights"]
)
def test_every_way_to_reveal_refuses_alike(weighed: Chain, name: str) -> None:
    commits = weighed.subtensor.weight_commits

    def refuses(error: type[DispatchError], who: Signed, netuid: NetUid, value: int) -> None:
        call = getattr(commits, name)
        arguments: dict[str, tuple[Any, ...]] = {
            "reveal_weights": ((1,), (value,), SALT, 0),
            "reveal_mechanism_weights": (MechId(0), (1,), (value,), SALT, 0),
            "batch_reveal_weights": (((1,),), ((value,),), (SALT,), (0,)),
        }
        refuse(weighed, error, call, who, netuid, *arguments[name])

    index = mechanism_index(SECOND)
    sealed = commit_hash_of(VALIDATOR.who, index, WeightsVote((1,), (1,), 0), SALT)
    refuses(errors.NoWeightsCommitFound, VALIDATOR, MISSING, 1)
    refuses(errors.CommitRevealDisabled, VALIDATOR, NETUID, 1)
    refuses(errors.NoWeightsCommitFound, VALIDATOR, SECOND, 1)
    commits.commit_weights(VALIDATOR, SECOND, sealed)
    refuses(errors.RevealTooEarly, VALIDATOR, SECOND, 1)
    enter_epoch(weighed, 4)
    refuses(errors.InvalidRevealCommitHashNotMatch, VALIDATOR, SECOND, 2)
    enter_epoch(weighed, 5)
    refuses(errors.ExpiredWeightCommit, VALIDATOR, SECOND, 1)


COMMITS: dict[str, tuple[Any, ...]] = {
    "commit_weights": (H256(bytes(32)),),
    "commit_mechanism_weights": (MechId(0), H256(bytes(32))),
    "commit_timelocked_weights": (b"sealed", 7, 4),
    "commit_timelocked_mechanism_weights": (MechId(0), b"sealed", 7, 4),
    "commit_crv3_mechanism_weights": (MechId(0), b"sealed", 7),
}


@pytest.mark.parametrize("name", COMMITS)
def test_every_way_to_commit_refuses_alike(weighed: Chain, name: str) -> None:
    call, arguments = getattr(weighed.subtensor.weight_commits, name), COMMITS[name]
    refuse(weighed, errors.MechanismDoesNotExist, call, VALIDATOR, MISSING, *arguments)
    refuse(weighed, errors.CommitRevealDisabled, call, VALIDATOR, NETUID, *arguments)
    stranger = Signed(NOBODY)
    refuse(weighed, errors.HotKeyNotRegisteredInSubNet, call, stranger, SECOND, *arguments)
    for _ in range(10):
        call(VALIDATOR, SECOND, *arguments)
    refuse(weighed, errors.TooManyUnrevealedCommits, call, VALIDATOR, SECOND, *arguments)
    weighed.subtensor.hyperparameters.weights_set_rate_limit[SECOND] = 5_000
    refuse(weighed, errors.CommittingWeightsTooFast, call, VALIDATOR, SECOND, *arguments)


IP = 0x0A000001


@pytest.mark.parametrize(
    ("netuid", "ip", "port", "ip_type", "error"),
    [
        (NETUID, IP, 8091, 5, errors.InvalidIpType),
        (NETUID, 1 << 40, 8091, 4, errors.InvalidIpAddress),
        (NETUID, IP, 0, 4, errors.InvalidPort),
        (CLOSED, IP, 8091, 4, errors.HotKeyNotRegisteredInNetwork),
    ],
)
def test_an_endpoint_with_a_certificate_is_checked_too(
    chain: Chain, netuid: NetUid, ip: int, port: int, ip_type: int, error: type[DispatchError]
) -> None:
    chain.register("miner")
    call = chain.subtensor.serving.serve_axon_tls
    miner = Signed(account("miner"))
    refuse(chain, error, call, miner, netuid, 1, ip, port, ip_type, 4, 0, 0, b"")


def test_all_endpoints_change_only_so_often(chain: Chain) -> None:
    chain.register("miner")
    chain.system.number, miner = 7, Signed(account("miner"))
    serving, error = chain.subtensor.serving, errors.ServingRateLimitExceeded
    axon = (miner, NETUID, 1, IP, 8091, 4, 4, 0, 0, b"")
    serving.serve_axon_tls(*axon)
    refuse(chain, error, serving.serve_axon_tls, *axon)
    metrics = (miner, NETUID, 1, IP, 8091, 4)
    serving.serve_prometheus(*metrics)
    refuse(chain, error, serving.serve_prometheus, *metrics)


@pytest.mark.parametrize("name", ["swap_hotkey", "swap_hotkey_v2"])
@pytest.mark.parametrize("netuid", [None, NETUID])
def test_every_way_to_swap_a_hotkey_refuses_alike(
    chain: Chain, name: str, netuid: NetUid | None
) -> None:
    new, interval = account("new"), chain.subtensor.constants.hotkey_swap_on_subnet_interval

    def refuses(error: type[DispatchError], hotkey: bytes, who: bytes = BOB) -> None:
        call = getattr(chain.subtensor.hotkey_swap, name)
        keep_stake = (False,) if name == "swap_hotkey_v2" else ()
        refuse(chain, error, call, Signed(who), HOT, hotkey, netuid, *keep_stake)  # type: ignore[arg-type]

    chain.subtensor.neuron_registry.append(NETUID, HOT)
    chain.system.number = interval + 10
    refuses(errors.NonAssociatedColdKey, new, who=ALICE)
    refuses(errors.NewHotKeyIsSameWithOld, HOT)
    refuses(errors.NotEnoughBalanceToPaySwapHotKey, new)
    chain.fund(BOB, to_rao(1))
    refuses(errors.CannotUseSystemAccount, subnet_account(SECOND))
    chain.subtensor.neuron_registry.append(NETUID, WARM)
    refuses(errors.HotKeyAlreadyRegisteredInSubNet, WARM)
    swaps = chain.subtensor.key_swaps.last_hotkey_swap_on_netuid
    swaps[NETUID, BOB] = 10
    refuses(errors.HotKeySwapOnSubnetIntervalNotPassed, new)
    chain.subtensor.global_parameters.tx_rate_limit = 100
    chain.subtensor.rate_limits.last_rate_limited_block[LastTransaction(BOB)] = chain.system.number
    refuses(errors.HotKeySetTxRateLimitExceeded, new)


def test_locks_move_to_hotkeys_that_exist(chain: Chain) -> None:
    call, error = chain.subtensor.lock_calls.move_lock, errors.HotKeyAccountNotExists
    refuse(chain, error, call, Signed(ALICE), NOBODY, NETUID)


def test_an_epoch_is_triggered_only_so_often(chain: Chain) -> None:
    control, owner = chain.subtensor.epoch_control, Signed(account("owner"))
    chain.subtensor.hyperparameters.tempo[NETUID] = 50_000
    chain.system.number = 10_000
    control.trigger_epoch(owner, NETUID)
    chain.subtensor.epochs.pending_epoch_at[NETUID] = 0
    refuse(chain, errors.TxRateLimitExceeded, control.trigger_epoch, owner, NETUID)


def test_the_activity_cutoff_is_frozen_before_an_epoch(chain: Chain) -> None:
    control, owner = chain.subtensor.epoch_control, Signed(account("owner"))
    chain.subtensor.hyperparameters.tempo[NETUID] = 1_000
    chain.subtensor.epochs.last_epoch_block[NETUID] = 0
    chain.system.number = 999
    call = control.set_activity_cutoff_factor
    error = errors.AdminActionProhibitedDuringWeightsWindow
    refuse(chain, error, call, owner, NETUID, 2_000)
