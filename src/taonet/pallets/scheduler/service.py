"""
Making the calls that are due, within what a block's tasks may weigh.

Tasks are made by their priority, and those that find no room wait for the next block. A task's
call may fail, be gone, or be too heavy for any block: the chain goes on.

Source: polkadot-sdk substrate/frame/scheduler/src/lib.rs.
"""

from dataclasses import replace
from enum import Enum, auto

from taonet.frame.call import Call, Dispatcher
from taonet.frame.dispatch_error import DispatchError, Exhausted, Unavailable
from taonet.frame.dispatch_outcome import DispatchResult, Err, Ok
from taonet.frame.origin import Root
from taonet.frame.weight import Weight
from taonet.pallets.origin_caller import OriginCaller, origin_of
from taonet.pallets.preimage import BoundedCall, Lookup, Preimage
from taonet.pallets.scheduler import events, weights
from taonet.pallets.scheduler.agenda import Agenda
from taonet.pallets.scheduler.types import RetryConfig, Scheduled

BLOCK_MAX = 2**32 - 1


class Meter:
    """Counts weight up to a limit."""

    def __init__(self, limit: Weight) -> None:
        self.used = Weight(0, 0)
        self._limit = limit

    def has_room(self, weight: Weight) -> bool:
        """Whether so much more stays within the limit."""
        return not (self.used + weight).exceeds(self._limit)

    def add(self, weight: Weight) -> bool:
        """Count so much more, if it stays within the limit; whether it does."""
        room = self.has_room(weight)
        if room:
            self.used += weight
        return room


class _Outcome(Enum):
    DONE = auto()
    DROPPED = auto()
    """It stays where it is and is never tried again."""
    POSTPONED = auto()


class Service:
    """Makes what is due in one block."""

    def __init__(
        self, agenda: Agenda, preimages: Preimage, dispatcher: Dispatcher, now: int
    ) -> None:
        self._agenda = agenda
        self._preimages = preimages
        self._dispatcher = dispatcher
        self._now = now
        self._meter = Meter(agenda.maximum_weight)

    def run(self) -> Weight:
        """Make what is due, from the oldest agenda that is not done; what it cost."""
        if not self._meter.add(weights.AGENDAS):
            return self._meter.used
        agenda, now = self._agenda, self._now
        when = agenda.incomplete_since
        when, is_first = now if when is None else when, True
        incomplete = now + 1
        while when <= now and self._meter.has_room(weights.FULL_AGENDA):
            if not self._serve(when, is_first=is_first):
                incomplete = min(incomplete, when)
            is_first = False
            when += 1
        incomplete = min(incomplete, when)
        if incomplete <= now:
            agenda.deposit_event(events.AgendaIncomplete(when=incomplete))
        agenda.incomplete_since = incomplete
        return self._meter.used

    def _serve(self, when: int, *, is_first: bool) -> bool:
        """Make a block's tasks; whether none has to wait."""
        agenda = self._agenda
        planned = list(agenda.agenda[when])
        if not planned:
            # As almost always: nothing to write either.
            self._meter.add(weights.EMPTY_AGENDA)
            return True
        ordered = sorted(
            (task.priority, index) for index, task in enumerate(planned) if task is not None
        )
        self._meter.add(weights.agenda_weight(len(ordered)))
        postponed = dropped = 0
        for _, index in ordered:
            task = planned[index]
            assert task is not None
            if not self._meter.has_room(_weight_of(task)):
                postponed += 1
                break
            outcome = self._make((when, index), task, is_first=is_first)
            postponed += outcome is _Outcome.POSTPONED
            dropped += outcome is _Outcome.DROPPED
            if outcome is _Outcome.DONE:
                is_first = False
                planned[index] = None
        if postponed or dropped:
            agenda.agenda[when] = tuple(planned)
        else:
            del agenda.agenda[when]
        return not postponed

    def _make(self, address: tuple[int, int], task: Scheduled, *, is_first: bool) -> _Outcome:
        agenda, name = self._agenda, task.maybe_id
        if name is not None:
            del agenda.lookup[name]
        self._meter.add(_weight_of(task))
        try:
            inner = self._preimages.peek(task.call)
        except Unavailable:
            agenda.deposit_event(events.CallUnavailable(task=address, id=name))
            self._preimages.drop(task.call)
            return _Outcome.DROPPED
        base = _dispatch_weight(task.origin)
        if not self._meter.has_room(base + inner.info().weight):
            if not is_first:
                return _Outcome.POSTPONED
            # Alone in a block it still has no room: it never will.
            self._preimages.drop(task.call)
            agenda.deposit_event(events.PermanentlyOverweight(task=address, id=name))
            return _Outcome.DROPPED
        result, spent = self._dispatch(inner, task)
        self._meter.add(base)
        self._meter.add(spent)
        self._finish(address, task, result)
        return _Outcome.DONE

    def _dispatch(self, inner: Call, task: Scheduled) -> tuple[DispatchResult, Weight]:
        declared = inner.info().weight
        try:
            spent = self._dispatcher.apply(inner, origin_of(task.origin)).weight
        except DispatchError as error:
            return Err(self._dispatcher.failure_of(error)), error.spent or declared
        return Ok(), spent or declared

    def _finish(self, address: tuple[int, int], task: Scheduled, result: DispatchResult) -> None:
        agenda = self._agenda
        retry = agenda.retries[address]
        del agenda.retries[address]
        agenda.deposit_event(events.Dispatched(task=address, id=task.maybe_id, result=result))
        if retry is not None and isinstance(result, Err):
            self._retry(address, task, retry)
        if task.maybe_periodic is None:
            self._preimages.drop(task.call)
            return
        period, count = task.maybe_periodic
        renewed = replace(task, maybe_periodic=(period, count - 1) if count > 1 else None)
        try:
            new_address = agenda.place(min(self._now + period, BLOCK_MAX), renewed)
        except Exhausted:
            self._preimages.drop(task.call)
            agenda.deposit_event(events.PeriodicFailed(task=address, id=task.maybe_id))
        else:
            agenda.retries[new_address] = retry

    def _retry(self, address: tuple[int, int], task: Scheduled, retry: RetryConfig) -> None:
        """Plan the failed task once more: without its name and its period, which go on."""
        agenda = self._agenda
        failed = events.RetryFailed(task=address, id=task.maybe_id)
        if not self._meter.add(weights.RETRY):
            agenda.deposit_event(failed)
            return
        if not retry.remaining:
            return
        again = replace(task, maybe_id=None, maybe_periodic=None)
        try:
            new_address = agenda.place(min(self._now + retry.period, BLOCK_MAX), again)
        except Exhausted:
            self._preimages.drop(task.call)
            agenda.deposit_event(failed)
        else:
            agenda.retries[new_address] = replace(retry, remaining=retry.remaining - 1)


def _weight_of(task: Scheduled) -> Weight:
    return weights.task_weight(
        _looked_up(task.call),
        named=task.maybe_id is not None,
        periodic=task.maybe_periodic is not None,
    )


def _looked_up(stored: BoundedCall) -> int | None:
    return stored.len if isinstance(stored, Lookup) else None


def _dispatch_weight(caller: OriginCaller) -> Weight:
    if isinstance(origin_of(caller), Root):
        return weights.ROOTS_DISPATCH
    return weights.SIGNED_DISPATCH
