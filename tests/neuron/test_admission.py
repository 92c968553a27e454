"""Who may ask, and how often."""

import pytest

from taonet.neuron.admission import Admission, Rate
from taonet.neuron.errors import NotRegistered, RateLimited, TooLittleStake
from tests.neuron.cast import ALICE, BOB, CAROL, admission, graph


def test_only_registered_hotkeys_are_members() -> None:
    gate = admission(ALICE)
    gate.check_member(ALICE.ss58_address)
    with pytest.raises(NotRegistered):
        gate.check_member(CAROL.ss58_address)


def test_nobody_is_a_member_before_the_first_metagraph() -> None:
    with pytest.raises(NotRegistered):
        Admission(now_s=lambda: 0.0).check_member(ALICE.ss58_address)


def test_a_miner_may_ask_for_stake() -> None:
    gate = admission(stake_rao_min=5)
    gate.update(graph(ALICE, stake_rao=4))
    with pytest.raises(TooLittleStake, match="5 rao"):
        gate.check_member(ALICE.ss58_address)
    gate.update(graph(ALICE, stake_rao=5))
    gate.check_member(ALICE.ss58_address)


def test_a_caller_that_asks_too_often_is_told_how_long_to_wait() -> None:
    now_s = [0.0]
    gate = Admission(now_s=lambda: now_s[0], rate=Rate(per_s=2.0, burst=3.0))
    gate.update(graph(ALICE, BOB))
    for _ in range(3):
        gate.charge(ALICE.ss58_address)
    with pytest.raises(RateLimited) as caught:
        gate.charge(ALICE.ss58_address)
    assert caught.value.retry_after_s == pytest.approx(0.5)
    gate.charge(BOB.ss58_address)
    now_s[0] = 0.5
    gate.charge(ALICE.ss58_address)
