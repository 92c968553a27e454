"""
Scheduler: calls that root wants made at a later block, once or again and again.

`SCHEDULER_CLASSES` are the pallet on the wire, joined. `agenda` holds what is planned, `service`
makes what is due at the start of each block, `calls` plans and cancels.
"""

from typing import Final

from taonet.frame.pallet import Pallet
from taonet.pallets.scheduler.agenda import Agenda
from taonet.pallets.scheduler.calls import Scheduler

SCHEDULER_INDEX: Final = 15
"""The pallet's place in the runtime."""

SCHEDULER_CLASSES: Final[tuple[type[Pallet], ...]] = (Scheduler, Agenda)

__all__ = ["SCHEDULER_CLASSES", "SCHEDULER_INDEX", "Scheduler"]
