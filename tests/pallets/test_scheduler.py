"""The scheduler: what root plans is made when it is due, and never stops the chain."""

from dataclasses import replace
from typing import Any

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import BadOrigin, DispatchError, Exhausted
from taonet.frame.dispatch_outcome import Err, Ok
from taonet.frame.multi_address import AddressId
from taonet.frame.origin import Root, Signed
from taonet.frame.weight import Weight
from taonet.pallets.preimage import Lookup
from taonet.pallets.scheduler import errors, events
from taonet.pallets.scheduler.service import Meter
from taonet.pallets.scheduler.types import RetryConfig
from taonet.primitives.units import Rao, to_rao
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, Chain, call_of

NAME = b"upkeep".ljust(32, b"\0")
OTHER = b"other".ljust(32, b"\0")
WHOLE_BLOCK = Weight(3_199_000_000_000, 0)
"""So much that two of it find no room in one block."""


@pytest.fixture
def chain() -> Chain:
    """A chain after its first block."""
    chain = Chain()
    chain.block()
    return chain


def make(chain: Chain, name: str, *arguments: Any) -> None:
    """Dispatch a call of the pallet by root and check the books."""
    chain.runtime.apply(call_of("Scheduler", name, *arguments), Root())
    chain.runtime.try_state()


def refuse(chain: Chain, error: type[DispatchError], name: str, *arguments: Any) -> None:
    refuses(chain.runtime, call_of("Scheduler", name, *arguments), Root(), error)


def note(text: bytes) -> Call:
    return call_of("System", "remark_with_event", text)


def give(amount: int) -> Call:
    """Root sets Bob's balance: what has been made can be read from it."""
    return call_of("Balances", "force_set_balance", AddressId(BOB.account), Rao(amount))


def failing() -> Call:
    return call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), to_rao(1))


def heavy(call: Call, weight: Weight = WHOLE_BLOCK) -> Call:
    """The call, said to weigh so much."""
    return call_of("Sudo", "sudo_unchecked_weight", call, weight)


def reported(chain: Chain, kind: type) -> list[Any]:
    return [d.event for d in chain.runtime.state.events if isinstance(d.event, kind)]


def made(chain: Chain) -> list[tuple[int, int]]:
    """Which tasks the last block made."""
    return [event.task for event in reported(chain, events.Dispatched)]


def until(chain: Chain, number: int) -> None:
    while chain.runtime.system.number < number:
        chain.block()


def test_a_task_is_made_in_its_block(chain: Chain) -> None:
    make(chain, "schedule", 4, None, 0, give(10**9))
    assert reported(chain, events.TaskScheduled) == [events.TaskScheduled(when=4, index_=0)]
    until(chain, 3)
    assert chain.free(BOB) != 10**9
    chain.block()
    assert chain.free(BOB) == 10**9
    done = events.Dispatched(task=(4, 0), id=None, result=Ok())
    assert reported(chain, events.Dispatched) == [done]
    assert list(chain.runtime.scheduler.agenda.agenda.keys()) == []


def test_the_lower_number_comes_first(chain: Chain) -> None:
    for priority, amount in ((200, 3), (0, 1), (100, 2)):
        make(chain, "schedule", 3, None, priority, give(amount * 10**9))
    until(chain, 3)
    assert made(chain) == [(3, 1), (3, 2), (3, 0)]
    assert chain.free(BOB) == 3 * 10**9


def test_a_task_comes_again(chain: Chain) -> None:
    make(chain, "schedule", 3, (2, 3), 0, note(b"again"))
    blocks = []
    for number in range(2, 12):
        chain.block()
        blocks += [number for _ in made(chain)]
    assert blocks == [3, 5, 7]
    for period in ((0, 5), (5, 0), (5, 1)):
        make(chain, "schedule", 20, period, 0, note(b"once"))
        planned = chain.runtime.scheduler.agenda.agenda[20][-1]
        assert planned is not None
        assert planned.maybe_periodic is None


def test_after_means_that_many_blocks_between(chain: Chain) -> None:
    make(chain, "schedule_after", 0, None, 0, note(b"next"))
    make(chain, "schedule_named_after", NAME, 2, None, 0, note(b"later"))
    chain.block()
    assert made(chain) == [(2, 0)]
    until(chain, 4)
    assert made(chain) == [(4, 0)]


def test_what_is_past_is_not_planned(chain: Chain) -> None:
    for when in (0, 1):
        refuse(chain, errors.TargetBlockNumberInPast, "schedule", when, None, 0, note(b""))
    long = note(b"x" * 200)
    refuse(chain, errors.TargetBlockNumberInPast, "schedule_named", NAME, 1, None, 0, long)


def test_tasks_are_cancelled_by_place_and_by_name(chain: Chain) -> None:
    agenda = chain.runtime.scheduler.agenda
    make(chain, "schedule", 4, None, 0, note(b"0"))
    make(chain, "schedule_named", NAME, 4, None, 0, note(b"1"))
    make(chain, "set_retry_named", NAME, 3, 1)
    refuse(chain, errors.FailedToSchedule, "schedule_named", NAME, 9, None, 0, note(b"1"))
    make(chain, "cancel", 4, 0)
    assert reported(chain, events.Canceled) == [events.Canceled(when=4, index_=0)]
    refuse(chain, errors.TaskNotFound, "cancel", 4, 0)
    refuse(chain, errors.TaskNotFound, "cancel", 4, 7)
    make(chain, "cancel_named", NAME)
    refuse(chain, errors.TaskNotFound, "cancel_named", NAME)
    for items in (agenda.agenda, agenda.lookup, agenda.retries):
        assert list(items.keys()) == []
    until(chain, 4)
    assert made(chain) == []


def test_a_block_has_room_for_fifty(chain: Chain) -> None:
    for _ in range(50):
        make(chain, "schedule", 4, None, 0, note(b""))
    refuse(chain, Exhausted, "schedule", 4, None, 0, note(b""))
    make(chain, "cancel", 4, 17)
    make(chain, "schedule", 4, None, 0, note(b""))
    assert reported(chain, events.TaskScheduled)[-1] == events.TaskScheduled(when=4, index_=17)


def test_a_failing_task_stops_nothing(chain: Chain) -> None:
    make(chain, "schedule", 2, None, 0, failing())
    make(chain, "schedule", 2, None, 1, give(10**9))
    chain.block()
    first, second = reported(chain, events.Dispatched)
    assert isinstance(first.result, Err)
    assert second.result == Ok()


def test_a_failed_task_is_tried_again(chain: Chain) -> None:
    make(chain, "schedule_named", NAME, 2, None, 0, failing())
    make(chain, "set_retry", (2, 0), 2, 3)
    retry = events.RetrySet(task=(2, 0), id=None, period=3, retries=2)
    assert reported(chain, events.RetrySet) == [retry]
    make(chain, "set_retry_named", NAME, 2, 3)
    tries = []
    for _ in range(2, 16):
        chain.block()
        tries += made(chain)
    assert tries == [(2, 0), (5, 0), (8, 0)]
    assert list(chain.runtime.scheduler.agenda.retries.keys()) == []


def test_a_periodic_task_keeps_its_retries(chain: Chain) -> None:
    make(chain, "schedule_named", NAME, 2, (10, 2), 0, failing())
    make(chain, "set_retry_named", NAME, 1, 4)
    tries = []
    for _ in range(2, 20):
        chain.block()
        tries += [(event.task, event.id) for event in reported(chain, events.Dispatched)]
    assert tries == [((2, 0), NAME), ((6, 0), None), ((12, 0), NAME), ((16, 0), None)]


def test_retries_are_cancelled(chain: Chain) -> None:
    make(chain, "schedule_named", NAME, 9, None, 0, failing())
    kept = chain.runtime.scheduler.agenda.retries
    for cancel, name in (
        (("cancel_retry", (9, 0)), None),
        (("cancel_retry_named", NAME), NAME),
    ):
        make(chain, "set_retry_named", NAME, 1, 4)
        assert kept[9, 0] == RetryConfig(1, 1, 4)
        make(chain, *cancel)
        assert kept[9, 0] is None
        told = events.RetryCancelled(task=(9, 0), id=name)
        assert reported(chain, events.RetryCancelled)[-1] == told
    refuse(chain, errors.TaskNotFound, "set_retry", (9, 1), 1, 1)
    refuse(chain, errors.TaskNotFound, "cancel_retry", (8, 0))
    refuse(chain, errors.TaskNotFound, "set_retry_named", OTHER, 1, 1)
    refuse(chain, errors.TaskNotFound, "cancel_retry_named", OTHER)


def test_a_task_that_finds_no_room_waits(chain: Chain) -> None:
    for amount in (1, 2):
        make(chain, "schedule", 2, None, 0, heavy(give(amount * 10**9)))
    chain.block()
    assert made(chain) == [(2, 0)]
    assert reported(chain, events.AgendaIncomplete) == [events.AgendaIncomplete(when=2)]
    assert chain.free(BOB) == 10**9
    chain.block()
    assert made(chain) == [(2, 1)]
    assert chain.free(BOB) == 2 * 10**9
    assert chain.runtime.scheduler.agenda.incomplete_since == 4


def test_a_task_too_heavy_for_any_block_is_given_up(chain: Chain) -> None:
    make(chain, "schedule", 2, None, 0, heavy(note(b""), Weight(4 * 10**12, 0)))
    make(chain, "schedule", 2, None, 1, note(b"light"))
    chain.block()
    over = events.PermanentlyOverweight(task=(2, 0), id=None)
    assert reported(chain, events.PermanentlyOverweight) == [over]
    assert made(chain) == [(2, 1)]
    chain.block()
    assert reported(chain, events.PermanentlyOverweight) == []


def test_a_full_agenda_ends_a_period_and_a_retry(chain: Chain) -> None:
    make(chain, "schedule_named", NAME, 2, (2, 5), 0, failing())
    make(chain, "set_retry_named", NAME, 1, 2)
    for _ in range(50):
        make(chain, "schedule", 4, None, 0, note(b""))
    chain.block()
    assert reported(chain, events.PeriodicFailed) == [events.PeriodicFailed(task=(2, 0), id=NAME)]
    assert reported(chain, events.RetryFailed) == [events.RetryFailed(task=(2, 0), id=NAME)]


def test_a_long_call_is_looked_up(chain: Chain) -> None:
    preimage = chain.runtime.preimage
    make(chain, "schedule", 2, None, 0, note(b"x" * 300))
    make(chain, "schedule", 3, None, 0, note(b"y" * 300))
    stored = chain.runtime.scheduler.agenda.agenda[3][0]
    assert stored is not None
    assert isinstance(stored.call, Lookup)
    chain.block()
    assert made(chain) == [(2, 0)]
    status = preimage.request_status_for[stored.call.hash]
    del preimage.preimage_for[stored.call.hash, stored.call.len]
    preimage.request_status_for[stored.call.hash] = replace(status, maybe_len=None)  # type: ignore[type-var]
    chain.block()
    gone = events.CallUnavailable(task=(3, 0), id=None)
    assert reported(chain, events.CallUnavailable) == [gone]
    assert made(chain) == []


def test_only_root_plans(chain: Chain) -> None:
    for call in (
        call_of("Scheduler", "schedule", 9, None, 0, note(b"")),
        call_of("Scheduler", "schedule_named_after", NAME, 9, None, 0, note(b"")),
        call_of("Scheduler", "cancel_named", NAME),
        call_of("Scheduler", "set_retry", (9, 0), 1, 1),
    ):
        refuses(chain.runtime, call, Signed(ALICE.account), BadOrigin)


def test_a_meter_stops_at_its_limit_in_either_dimension() -> None:
    meter = Meter(Weight(10, 10))
    assert meter.add(Weight(10, 5))
    assert not meter.add(Weight(1, 0))
    assert not meter.add(Weight(0, 6))
    assert meter.add(Weight(0, 5))
    assert meter.used == Weight(10, 10)
