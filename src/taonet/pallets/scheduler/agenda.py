"""
What is planned for which block.

Source: polkadot-sdk substrate/frame/scheduler/src/lib.rs; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.dispatch_error import Exhausted
from taonet.frame.pallet import Constant, Pallet
from taonet.frame.storage import (
    OptionMap,
    OptionValue,
    StorageMap,
    blake2_128_concat,
    twox_64_concat,
)
from taonet.frame.weight import Weight
from taonet.pallets.scheduler.events import TaskScheduled
from taonet.pallets.scheduler.types import ADDRESS, RetryConfig, Scheduled
from taonet.scale.types import byte_array, option, type_of, u32, vec

TASKS_PER_BLOCK_MAX: Final = 50

NOTHING_PLANNED: Final[tuple[Scheduled | None, ...]] = ()

MAXIMUM_WEIGHT: Final = Weight(3_200_000_000_000, 14_757_395_258_967_641_292)
"""Four fifths of a block."""


class Agenda(Pallet, prefix="Scheduler"):
    """Tasks by block, the names of some, and which are tried again."""

    incomplete_since = OptionValue(u32, doc="Block number at which the agenda began incomplete.")
    agenda = StorageMap(
        twox_64_concat(u32),
        value=vec(option(type_of(Scheduled)), TASKS_PER_BLOCK_MAX),
        default=NOTHING_PLANNED,
        doc="Items to be executed, indexed by the block number that they should be executed on.",
    )
    retries = OptionMap(
        blake2_128_concat(ADDRESS),
        value=RetryConfig,
        doc="Retry configurations for items to be executed, indexed by task address.",
    )
    lookup = OptionMap(
        twox_64_concat(byte_array(32)),
        value=ADDRESS,
        doc="Lookup from a name to the block number and index of the task.",
    )

    maximum_weight = Constant(
        Weight, MAXIMUM_WEIGHT, doc="The maximum weight that may be scheduled per block."
    )
    max_scheduled_per_block = Constant(
        u32, TASKS_PER_BLOCK_MAX, doc="The maximum number of scheduled calls for a single block."
    )

    def place(self, when: int, task: Scheduled) -> tuple[int, int]:
        """Plan a task for a block; raises `Exhausted` if the block has no room for one more."""
        planned = self.agenda[when]
        if len(planned) < self.max_scheduled_per_block:
            index = len(planned)
            planned = (*planned, task)
        elif None in planned:
            index = planned.index(None)
            planned = _with(planned, index, task)
        else:
            raise Exhausted
        self.agenda[when] = planned
        if task.maybe_id is not None:
            self.lookup[task.maybe_id] = (when, index)
        self.deposit_event(TaskScheduled(when=when, index_=index))
        return when, index

    def task_at(self, address: tuple[int, int]) -> Scheduled | None:
        """The task that is planned there."""
        when, index = address
        planned = self.agenda[when]
        return planned[index] if index < len(planned) else None

    def take(self, address: tuple[int, int]) -> Scheduled | None:
        """Remove the task that is planned there; trailing gaps of the agenda go with it."""
        when, index = address
        task = self.task_at(address)
        if task is None:
            return None
        self.write(when, _with(self.agenda[when], index, None))
        return task

    def write(self, when: int, planned: tuple[Scheduled | None, ...]) -> None:
        """Write a block's agenda without trailing gaps, or none at all."""
        while planned and planned[-1] is None:
            planned = planned[:-1]
        if planned:
            self.agenda[when] = planned
        else:
            del self.agenda[when]

    def try_state(self) -> None:
        """Names lead to tasks of that name, and retries to tasks."""
        for name, address in self.lookup.items():
            assert address is not None
            task = self.task_at(address)
            found = None if task is None else task.maybe_id
            assert found == name, f"{name.hex()} is not at {address}"


def _with(
    planned: tuple[Scheduled | None, ...], index: int, task: Scheduled | None
) -> tuple[Scheduled | None, ...]:
    return (*planned[:index], task, *planned[index + 1 :])
