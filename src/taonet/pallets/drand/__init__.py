"""
Drand: the pulses of a public beacon, which open what was sealed to their rounds.

`payloads` is what stands on the wire, `pulses` what is stored, `beacon` the calls, `verification`
how a pulse is checked and `timelock` how a ciphertext is opened with one.
"""

from typing import Final

from taonet.frame.pallet import Pallet
from taonet.pallets.drand.beacon import Drand
from taonet.pallets.drand.pulses import Pulses

DRAND_INDEX: Final = 26
DRAND_CLASSES: Final[tuple[type[Pallet], ...]] = (Pulses, Drand)
"""What the pallet is on the wire, joined."""
