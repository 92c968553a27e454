"""
What the scheduler's work costs.

Source: polkadot-sdk substrate/frame/scheduler/src/weights.rs.
"""

from typing import Final

from taonet.frame.weight import Weight, database_weight
from taonet.pallets.scheduler.agenda import TASKS_PER_BLOCK_MAX

_MOST: Final = TASKS_PER_BLOCK_MAX
_AGENDA_PROOF: Final = 110_487
_TASK: Final = Weight(3_490_000, 0)

AGENDAS: Final = Weight(4_002_000, 1489) + database_weight(reads=1, writes=1)
ROOTS_DISPATCH: Final = Weight(2_440_000, 0)
SIGNED_DISPATCH: Final = Weight(9_407_000, 3997) + database_weight(reads=2)


def _of_agenda(base: int, each: int, *, reads: int, writes: int) -> Weight:
    weight = Weight(base + each * _MOST, _AGENDA_PROOF)
    return weight + database_weight(reads=reads, writes=writes)


SCHEDULE: Final = _of_agenda(11_548_266, 494_382, reads=1, writes=1)
CANCEL: Final = _of_agenda(13_129_003, 690_444, reads=1, writes=3)
SCHEDULE_NAMED: Final = _of_agenda(18_707_577, 508_586, reads=2, writes=2)
CANCEL_NAMED: Final = _of_agenda(19_956_973, 683_291, reads=2, writes=3)
RETRY: Final = _of_agenda(12_904_309, 10_704, reads=1, writes=2)
SET_RETRY: Final = _of_agenda(147_698_000, 0, reads=1, writes=1)
SET_RETRY_NAMED: Final = _of_agenda(160_844_000, 0, reads=2, writes=1)
CANCEL_RETRY: Final = _of_agenda(148_172_000, 0, reads=1, writes=1)
CANCEL_RETRY_NAMED: Final = _of_agenda(162_653_000, 0, reads=2, writes=1)


def agenda_weight(tasks: int) -> Weight:
    """Reading and writing an agenda of so many tasks."""
    weight = Weight(3_258_412 + 457_723 * tasks, _AGENDA_PROOF)
    return weight + database_weight(reads=1, writes=1)


EMPTY_AGENDA: Final = agenda_weight(0)
FULL_AGENDA: Final = agenda_weight(TASKS_PER_BLOCK_MAX)


def task_weight(length: int | None, *, named: bool, periodic: bool) -> Weight:
    """A task besides its call; `length` is in bytes, of a call that has to be looked up."""
    weight = _TASK
    if length is not None:
        fetched = Weight(21_269_000 + 1_640 * length, 4_197_809)
        weight = fetched + database_weight(reads=3, writes=2)
    if named:
        weight += Weight(4_954_000 - _TASK.ref_time, 0) + database_weight(writes=1)
    if periodic:
        # Measured as less than a task without a period: it costs nothing more.
        weight += Weight(max(3_401_000 - _TASK.ref_time, 0), 0)
    return weight
