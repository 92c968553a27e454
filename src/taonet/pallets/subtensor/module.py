"""
SubtensorModule composed: one instance of each of its classes over one state.

`Subtensor` is a `Storage` (its views are `subtensor.networks`, `subtensor.stake`, …) with the
classes that act on it.
"""

from taonet.frame.pallet import Pallet, PalletSpec, merge
from taonet.frame.state import State
from taonet.pallets.subtensor.constants import SUBTENSOR_INDEX
from taonet.pallets.subtensor.errors import ERRORS
from taonet.pallets.subtensor.events import EVENTS
from taonet.pallets.subtensor.storage import STORAGE_CLASSES, Storage

PALLET_INDEX = SUBTENSOR_INDEX
"""SubtensorModule's place in the runtime."""


class Surface(Pallet, prefix="SubtensorModule"):
    """The events and errors that the module's classes share."""

    events = EVENTS
    errors = ERRORS


CLASSES: tuple[type[Pallet], ...] = (Surface, *STORAGE_CLASSES)
"""What the module is on the wire, joined."""


class Subtensor(Storage):
    """The module over one state."""

    def __init__(self, state: State) -> None:
        super().__init__(state)


def subtensor_spec() -> PalletSpec:
    """The module's declaration."""
    return merge(PALLET_INDEX, CLASSES)
