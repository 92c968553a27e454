"""Tempos, triggered epochs, and the schedule that they move."""

import pytest

from taonet.frame.config import ClientProfile, RuntimeConfig
from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.frame.overlay import EmptyState
from taonet.frame.state import State
from taonet.pallets.subtensor.epoch_schedule import NEVER, EpochSchedule
from taonet.pallets.subtensor.errors import (
    ActivityCutoffFactorMilliOutOfBounds,
    AdminActionProhibitedDuringWeightsWindow,
    AutoEpochAlreadyImminent,
    DynamicTempoBlockedByCommitReveal,
    EpochTriggerAlreadyPending,
    TempoOutOfBounds,
    TxRateLimitExceeded,
)
from taonet.pallets.subtensor.events.networks import EpochTriggered
from taonet.pallets.subtensor.events.parameters import ActivityCutoffFactorMilliSet, TempoSet
from taonet.pallets.subtensor.storage import Storage
from taonet.pallets.system import System
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

OWNER = Signed(account("owner"))


@pytest.fixture
def chain() -> Chain:
    """A subnet of tempo 360 whose last epoch was in block 1000, now block 1100."""
    chain = Chain()
    chain.add_subnet()
    chain.subtensor.hyperparameters.tempo[NETUID] = 360
    chain.subtensor.epochs.last_epoch_block[NETUID] = 1000
    chain.system.number = 1100
    return chain


def test_an_owner_sets_the_tempo_and_the_cycle_starts_anew(chain: Chain) -> None:
    chain.subtensor.epoch_control.set_tempo(OWNER, NETUID, 720)

    assert chain.subtensor.hyperparameters.tempo[NETUID] == 720
    assert chain.subtensor.schedule.next_start(NETUID, 1100) == 1820
    assert chain.events(TempoSet) == [TempoSet(NETUID, 720)]


def test_tempos_have_bounds_and_a_rate_limit(chain: Chain) -> None:
    call = chain.subtensor.epoch_control.set_tempo
    refuse(chain, BadOrigin, call, Signed(account("other")), NETUID, 360)
    refuse(chain, BadOrigin, call, Root(), NETUID, 360)
    refuse(chain, TempoOutOfBounds, call, OWNER, NETUID, 359)
    refuse(chain, TempoOutOfBounds, call, OWNER, NETUID, 50_401)
    call(OWNER, NETUID, 1000)
    chain.system.number += 359
    refuse(chain, TxRateLimitExceeded, call, OWNER, NETUID, 360)
    chain.system.number += 1
    call(OWNER, NETUID, 360)


def test_nothing_changes_close_to_an_epoch(chain: Chain) -> None:
    call = chain.subtensor.epoch_control.set_tempo
    chain.system.number = 1351
    refuse(chain, AdminActionProhibitedDuringWeightsWindow, call, OWNER, NETUID, 720)
    chain.system.number = 1350
    call(OWNER, NETUID, 720)


def test_the_activity_cutoff_is_a_factor_of_the_tempo(chain: Chain) -> None:
    call = chain.subtensor.epoch_control.set_activity_cutoff_factor
    call(Root(), NETUID, 1_000)
    call(OWNER, NETUID, 50_000)

    factors = chain.subtensor.hyperparameters.activity_cutoff_factor_milli
    assert factors[NETUID] == 50_000
    assert chain.events(ActivityCutoffFactorMilliSet) == [
        ActivityCutoffFactorMilliSet(NETUID, 1_000),
        ActivityCutoffFactorMilliSet(NETUID, 50_000),
    ]
    refuse(chain, TxRateLimitExceeded, call, OWNER, NETUID, 2_000)
    refuse(chain, ActivityCutoffFactorMilliOutOfBounds, call, Root(), NETUID, 999)
    refuse(chain, ActivityCutoffFactorMilliOutOfBounds, call, Root(), NETUID, 50_001)


def test_an_owner_asks_for_an_epoch(chain: Chain) -> None:
    call = chain.subtensor.epoch_control.trigger_epoch
    call(OWNER, NETUID)

    schedule = chain.subtensor.schedule
    assert chain.subtensor.epochs.pending_epoch_at[NETUID] == 1110
    assert chain.events(EpochTriggered) == [EpochTriggered(NETUID, OWNER.who, 1110)]
    assert (schedule.is_due(NETUID, 1109), schedule.is_due(NETUID, 1110)) == (False, True)
    assert schedule.next_start(NETUID, 1100) == 1110
    refuse(chain, EpochTriggerAlreadyPending, call, OWNER, NETUID)


def test_an_epoch_that_is_close_anyway_is_not_triggered(chain: Chain) -> None:
    chain.system.number = 1351
    call = chain.subtensor.epoch_control.trigger_epoch
    refuse(chain, AutoEpochAlreadyImminent, call, OWNER, NETUID)


def test_commits_forbid_epochs_out_of_turn(chain: Chain) -> None:
    chain.subtensor.hyperparameters.commit_reveal_weights_enabled[NETUID] = True
    call = chain.subtensor.epoch_control.trigger_epoch
    refuse(chain, DynamicTempoBlockedByCommitReveal, call, OWNER, NETUID)


def test_a_pending_epoch_freezes_parameters(chain: Chain) -> None:
    chain.subtensor.epoch_control.trigger_epoch(OWNER, NETUID)

    assert chain.subtensor.permissions.is_frozen(NETUID)
    chain.system.number = 1110
    assert not chain.subtensor.permissions.is_frozen(NETUID)


def test_a_commit_of_an_epochs_block_belongs_to_the_next(chain: Chain) -> None:
    schedule = chain.subtensor.schedule
    chain.subtensor.epochs.subnet_epoch_index[NETUID] = 4
    assert schedule.index_for_commits(NETUID) == 4
    chain.system.number = 1360
    assert schedule.index_for_commits(NETUID) == 5


def test_a_tempo_of_zero_has_no_epochs(chain: Chain) -> None:
    chain.subtensor.hyperparameters.tempo[NETUID] = 0
    schedule = chain.subtensor.schedule

    assert not schedule.is_due(NETUID, 10**6)
    assert schedule.blocks_until_regular(NETUID, 0) == NEVER
    assert schedule.next_start(NETUID, 0) is None
    assert not chain.subtensor.permissions.is_frozen(NETUID)


def test_older_clients_have_the_schedule_that_they_compute() -> None:
    state = State(EmptyState(), RuntimeConfig(client_profile=ClientProfile.SDK10))
    storage, system = Storage(state), System(state)
    schedule = EpochSchedule(storage, system)
    storage.hyperparameters.tempo[NETUID] = 10

    assert [schedule.blocks_until_regular(NETUID, block) for block in (7, 8, 9)] == [1, 0, 10]
    assert [block for block in range(40) if schedule.is_due(NETUID, block)] == [8, 19, 30]
    assert schedule.next_start(NETUID, 9) == 19
    system.number = 20
    assert schedule.index(NETUID) == schedule.index_for_commits(NETUID) == 2
