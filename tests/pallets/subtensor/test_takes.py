"""Delegates' takes: down at any time, up not too often."""

import pytest

from taonet.frame.origin import Signed
from taonet.pallets.subtensor.errors import (
    DelegateTakeTooHigh,
    DelegateTakeTooLow,
    DelegateTxRateLimitExceeded,
    HotKeyAccountNotExists,
    NonAssociatedColdKey,
)
from taonet.pallets.subtensor.events.accounts import TakeDecreased, TakeIncreased
from tests.pallets.subtensor.chain import Chain, account
from tests.pallets.subtensor.refusals import refuse

COLD, HOT = account("cold"), account("hot")
HIGHEST = 11_796


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.own(COLD, HOT)
    chain.subtensor.delegation.delegates[HOT] = 6_000
    chain.system.number = 5
    return chain


def test_a_take_goes_down_at_any_time(chain: Chain) -> None:
    chain.subtensor.takes.decrease_take(Signed(COLD), HOT, 5_000)
    chain.subtensor.takes.decrease_take(Signed(COLD), HOT, 0)

    assert chain.subtensor.delegation.delegates[HOT] == 0
    assert chain.events(TakeDecreased)[-1] == TakeDecreased(COLD, HOT, 0)


def test_a_take_goes_up_once_in_a_while(chain: Chain) -> None:
    call = chain.subtensor.takes.increase_take
    call(Signed(COLD), HOT, 7_000)
    chain.system.number = 5 + 216_000
    refuse(chain, DelegateTxRateLimitExceeded, call, Signed(COLD), HOT, 8_000)
    chain.system.number += 1
    call(Signed(COLD), HOT, HIGHEST)

    assert chain.subtensor.delegation.delegates[HOT] == HIGHEST
    assert chain.events(TakeIncreased)[-1] == TakeIncreased(COLD, HOT, HIGHEST)


def test_a_decrease_counts_for_the_next_increase(chain: Chain) -> None:
    chain.subtensor.takes.decrease_take(Signed(COLD), HOT, 0)
    call = chain.subtensor.takes.increase_take
    refuse(chain, DelegateTxRateLimitExceeded, call, Signed(COLD), HOT, 1)


def test_takes_stay_within_their_bounds(chain: Chain) -> None:
    takes = chain.subtensor.takes
    chain.subtensor.delegation.min_delegate_take = 100
    refuse(chain, DelegateTakeTooLow, takes.decrease_take, Signed(COLD), HOT, 99)
    refuse(chain, DelegateTakeTooLow, takes.decrease_take, Signed(COLD), HOT, 6_000)
    refuse(chain, DelegateTakeTooLow, takes.increase_take, Signed(COLD), HOT, 6_000)
    refuse(chain, DelegateTakeTooHigh, takes.increase_take, Signed(COLD), HOT, HIGHEST + 1)


def test_only_the_owner_sets_a_take(chain: Chain) -> None:
    for call in (chain.subtensor.takes.decrease_take, chain.subtensor.takes.increase_take):
        refuse(chain, NonAssociatedColdKey, call, Signed(account("other")), HOT, 1)
        refuse(chain, HotKeyAccountNotExists, call, Signed(COLD), account("unknown"), 1)
