"""Voting power: stake, smoothed over epochs."""

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.pallets.subtensor.errors import (
    InvalidVotingPowerEmaAlpha,
    VotingPowerTrackingNotEnabled,
)
from taonet.pallets.subtensor.events.networks import (
    VotingPowerTrackingDisabled,
    VotingPowerTrackingDisableScheduled,
)
from taonet.pallets.subtensor.events.parameters import VotingPowerEmaAlphaSet
from taonet.pallets.subtensor.voting_power_tracking import ValidatorStake
from taonet.primitives.units import Alpha
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

OWNER = Signed(account("owner"))
HOT = account("validator")


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.register("validator")
    tracking = chain.subtensor.voting_power_tracking
    tracking.enable_voting_power_tracking(OWNER, NETUID)
    tracking.sudo_set_voting_power_ema_alpha(Root(), NETUID, 10**17)
    return chain


def epoch(chain: Chain, stake: int, *, permitted: bool = True) -> int:
    """The validator's voting power after an epoch in which it had `stake`."""
    validators = [ValidatorStake(HOT, Alpha(stake), permitted)]
    chain.subtensor.voting_power_tracking.update(NETUID, validators)
    return chain.subtensor.voting_power.voting_power[NETUID, HOT]


def test_voting_power_follows_stake_slowly(chain: Chain) -> None:
    assert [epoch(chain, 1_000) for _ in range(3)] == [100, 190, 271]
    assert epoch(chain, 0) == 243


def test_voting_power_ends_with_the_permit_or_the_registration(chain: Chain) -> None:
    epoch(chain, 1_000)
    assert epoch(chain, 1_000, permitted=False) == 0
    epoch(chain, 1_000)
    chain.subtensor.neurons.is_network_member[HOT, NETUID] = False
    assert epoch(chain, 1_000) == 0


def test_power_that_falls_below_the_threshold_is_dropped(chain: Chain) -> None:
    chain.subtensor.global_parameters.stake_threshold = 100
    assert epoch(chain, 1_000) == 100
    assert epoch(chain, 0) == 0
    assert (NETUID, HOT) not in chain.subtensor.voting_power.voting_power


def test_tracking_goes_on_for_two_weeks_after_its_end(chain: Chain) -> None:
    tracking = chain.subtensor.voting_power_tracking
    epoch(chain, 1_000)
    tracking.disable_voting_power_tracking(OWNER, NETUID)
    assert chain.events(VotingPowerTrackingDisableScheduled) == [
        VotingPowerTrackingDisableScheduled(NETUID, 100_800)
    ]
    chain.system.number = 100_799
    assert epoch(chain, 1_000) == 190
    chain.system.number = 100_800
    assert epoch(chain, 1_000) == 0
    assert chain.events(VotingPowerTrackingDisabled) == [VotingPowerTrackingDisabled(NETUID)]
    assert epoch(chain, 1_000) == 0
    call = tracking.disable_voting_power_tracking
    refuse(chain, VotingPowerTrackingNotEnabled, call, OWNER, NETUID)


def test_who_may_track_and_how_fast(chain: Chain) -> None:
    tracking, other = chain.subtensor.voting_power_tracking, Signed(account("other"))
    refuse(chain, BadOrigin, tracking.enable_voting_power_tracking, other, NETUID)
    refuse(chain, BadOrigin, tracking.disable_voting_power_tracking, other, NETUID)
    call = tracking.sudo_set_voting_power_ema_alpha
    refuse(chain, BadOrigin, call, OWNER, NETUID, 1)
    refuse(chain, InvalidVotingPowerEmaAlpha, call, Root(), NETUID, 10**18 + 1)
    call(Root(), NETUID, 10**18)
    assert chain.events(VotingPowerEmaAlphaSet)[-1] == VotingPowerEmaAlphaSet(NETUID, 10**18)


def test_a_new_hotkey_takes_over_the_power(chain: Chain) -> None:
    epoch(chain, 1_000)
    power = chain.subtensor.voting_power.voting_power
    power[NETUID, account("new")] = 5
    chain.subtensor.voting_power_tracking.swap(HOT, account("new"), NETUID)

    assert (power[NETUID, HOT], power[NETUID, account("new")]) == (0, 105)
