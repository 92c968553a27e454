"""
A market for fine-tuning, with escrow.

`FINE_TUNING_CLASSES` are the pallet on the wire, joined.
"""

from taonet.frame.pallet import Pallet
from taonet.pallets.fine_tuning.calls import FINE_TUNING_INDEX, FineTuning
from taonet.pallets.fine_tuning.storage import FineTuningStorage

FINE_TUNING_CLASSES: tuple[type[Pallet], ...] = (FineTuning, FineTuningStorage)

__all__ = ["FINE_TUNING_CLASSES", "FINE_TUNING_INDEX", "FineTuning"]
