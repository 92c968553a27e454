"""What the scheduler reports."""

from typing import Annotated

from taonet.frame.dispatch_outcome import DispatchResult
from taonet.frame.pallet import Event
from taonet.pallets.scheduler.types import Address
from taonet.scale.types import U8, U32, byte_array, option

OptionalName = Annotated[bytes | None, option(byte_array(32))]


class TaskScheduled(Event, index=0, name="Scheduled"):
    """Scheduled some task."""

    when: U32
    index_: U32


class Canceled(Event, index=1):
    """Canceled some task."""

    when: U32
    index_: U32


class Dispatched(Event, index=2):
    """Dispatched some task; the result is its call's."""

    task: Address
    id: OptionalName
    result: DispatchResult


class RetrySet(Event, index=3):
    """Set a retry configuration for some task."""

    task: Address
    id: OptionalName
    period: U32
    retries: U8


class RetryCancelled(Event, index=4):
    """Cancel a retry configuration for some task."""

    task: Address
    id: OptionalName


class CallUnavailable(Event, index=5):
    """The call for the provided hash was not found so the task has been aborted."""

    task: Address
    id: OptionalName


class PeriodicFailed(Event, index=6):
    """The given task was unable to be renewed since the agenda is full at that block."""

    task: Address
    id: OptionalName


class RetryFailed(Event, index=7):
    """The given task was unable to be retried since the agenda is full at that block or there was
    not enough weight to reschedule it."""

    task: Address
    id: OptionalName


class PermanentlyOverweight(Event, index=8):
    """The given task can never be executed since it is overweight."""

    task: Address
    id: OptionalName


class AgendaIncomplete(Event, index=9):
    """Agenda is incomplete from `when`."""

    when: U32
