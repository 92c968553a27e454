"""
Crowdloans: TAO that many give to one end.

`CROWDLOAN_CLASSES` are the pallet on the wire, joined.
"""

from taonet.frame.pallet import Pallet
from taonet.pallets.crowdloan.calls import Crowdloan
from taonet.pallets.crowdloan.storage import CrowdloanStorage

CROWDLOAN_INDEX = 27
"""The pallet's place in the runtime."""

CROWDLOAN_CLASSES: tuple[type[Pallet], ...] = (Crowdloan, CrowdloanStorage)

__all__ = ["CROWDLOAN_CLASSES", "CROWDLOAN_INDEX", "Crowdloan"]
