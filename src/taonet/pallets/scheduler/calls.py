"""
Planning and cancelling: by root alone on this chain, so that every task is root's.

Source: polkadot-sdk substrate/frame/scheduler/src/lib.rs; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.call import Call, Dispatcher, RuntimeCall
from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Pallet, call, declared_errors, declared_events
from taonet.frame.state import State
from taonet.frame.weight import Weight
from taonet.pallets.origin_caller import RootOrigin, SystemOrigin
from taonet.pallets.preimage import Lookup, Preimage
from taonet.pallets.scheduler import errors, events, weights
from taonet.pallets.scheduler.agenda import Agenda
from taonet.pallets.scheduler.service import BLOCK_MAX, Service
from taonet.pallets.scheduler.types import Address, Period, RetryConfig, Scheduled, TaskName
from taonet.pallets.system import System
from taonet.scale.types import U8, U32

ROOT: Final = SystemOrigin(RootOrigin())


class Scheduler(Pallet, prefix="Scheduler"):
    """Plans tasks, and makes them when they are due."""

    events = declared_events(events)
    errors = declared_errors(errors)

    def __init__(
        self, state: State, system: System, preimages: Preimage, dispatcher: Dispatcher
    ) -> None:
        super().__init__(state)
        self.agenda = Agenda(state)
        self._system = system
        self._preimages = preimages
        self._dispatcher = dispatcher

    @call(index=0, weight=weights.SCHEDULE)
    def schedule(
        self, origin: Origin, when: U32, maybe_periodic: Period, priority: U8, call: RuntimeCall
    ) -> None:
        """Let root make a call at a block, and again every so many blocks so often."""
        ensure_root(origin)
        self._plan(None, when, maybe_periodic, priority, call)

    @call(index=1, weight=weights.CANCEL)
    def cancel(self, origin: Origin, when: U32, index: U32) -> None:
        """Cancel a task by its block and its place there."""
        ensure_root(origin)
        self._cancel((when, index))

    @call(index=2, weight=weights.SCHEDULE_NAMED)
    def schedule_named(
        self,
        origin: Origin,
        id: TaskName,
        when: U32,
        maybe_periodic: Period,
        priority: U8,
        call: RuntimeCall,
    ) -> None:
        """Let root make a call at a block, under a name that no other task has."""
        ensure_root(origin)
        self._plan(id, when, maybe_periodic, priority, call)

    @call(index=3, weight=weights.CANCEL_NAMED)
    def cancel_named(self, origin: Origin, id: TaskName) -> None:
        """Cancel a task by its name."""
        ensure_root(origin)
        address = self._address_of(id)
        self._cancel(address)

    @call(index=4, weight=weights.SCHEDULE)
    def schedule_after(
        self, origin: Origin, after: U32, maybe_periodic: Period, priority: U8, call: RuntimeCall
    ) -> None:
        """Let root make a call after so many blocks."""
        ensure_root(origin)
        self._plan(None, self._after(after), maybe_periodic, priority, call)

    @call(index=5, weight=weights.SCHEDULE_NAMED)
    def schedule_named_after(
        self,
        origin: Origin,
        id: TaskName,
        after: U32,
        maybe_periodic: Period,
        priority: U8,
        call: RuntimeCall,
    ) -> None:
        """Let root make a call after so many blocks, under a name that no other task has."""
        ensure_root(origin)
        self._plan(id, self._after(after), maybe_periodic, priority, call)

    @call(index=6, weight=weights.SET_RETRY)
    def set_retry(self, origin: Origin, task: Address, retries: U8, period: U32) -> None:
        """Try a task again if it fails: so often, each time after so many blocks."""
        ensure_root(origin)
        self._set_retry(task, None, retries, period)

    @call(index=7, weight=weights.SET_RETRY_NAMED)
    def set_retry_named(self, origin: Origin, id: TaskName, retries: U8, period: U32) -> None:
        """Try a named task again if it fails: so often, each time after so many blocks."""
        ensure_root(origin)
        self._set_retry(self._address_of(id), id, retries, period)

    @call(index=8, weight=weights.CANCEL_RETRY)
    def cancel_retry(self, origin: Origin, task: Address) -> None:
        """Don't try a task again."""
        ensure_root(origin)
        self._cancel_retry(task, None)

    @call(index=9, weight=weights.CANCEL_RETRY_NAMED)
    def cancel_retry_named(self, origin: Origin, id: TaskName) -> None:
        """Don't try a named task again."""
        ensure_root(origin)
        self._cancel_retry(self._address_of(id), id)

    def on_initialize(self, number: int) -> Weight:
        """Make what is due."""
        return Service(self.agenda, self._preimages, self._dispatcher, number).run()

    def _after(self, blocks: int) -> int:
        # This block's tasks have been made: none is the next block's.
        return min(self._system.number + blocks + 1, BLOCK_MAX)

    def _plan(
        self, name: bytes | None, when: int, periodic: Period, priority: int, inner: Call
    ) -> None:
        if name is not None and name in self.agenda.lookup:
            raise errors.FailedToSchedule
        stored = self._preimages.bound(inner)
        if when <= self._system.number:
            raise errors.TargetBlockNumberInPast
        if periodic is not None:
            period, count = periodic
            # The first time is one of them.
            periodic = (period, count - 1) if period and count > 1 else None
        self.agenda.place(when, Scheduled(name, priority, stored, periodic, ROOT))
        if isinstance(stored, Lookup):
            self._preimages.request(stored.hash)

    def _cancel(self, address: tuple[int, int]) -> None:
        task = self.agenda.take(address)
        if task is None:
            raise errors.TaskNotFound
        self._preimages.drop(task.call)
        if task.maybe_id is not None:
            del self.agenda.lookup[task.maybe_id]
        del self.agenda.retries[address]
        self.deposit_event(events.Canceled(when=address[0], index_=address[1]))

    def _address_of(self, name: bytes) -> tuple[int, int]:
        address = self.agenda.lookup[name]
        if address is None:
            raise errors.TaskNotFound
        return address

    def _set_retry(
        self, address: tuple[int, int], name: bytes | None, retries: int, period: int
    ) -> None:
        self._ensure_planned(address)
        self.agenda.retries[address] = RetryConfig(retries, retries, period)
        self.deposit_event(events.RetrySet(task=address, id=name, period=period, retries=retries))

    def _cancel_retry(self, address: tuple[int, int], name: bytes | None) -> None:
        self._ensure_planned(address)
        del self.agenda.retries[address]
        self.deposit_event(events.RetryCancelled(task=address, id=name))

    def _ensure_planned(self, address: tuple[int, int]) -> None:
        if self.agenda.task_at(address) is None:
            raise errors.TaskNotFound
