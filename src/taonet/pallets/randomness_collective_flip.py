"""
RandomnessCollectiveFlip: the last 81 parent hashes, which one may draw weak randomness from.

Source: polkadot-sdk substrate/frame/insecure-randomness-collective-flip.
"""

from taonet.frame.pallet import Pallet
from taonet.frame.state import State
from taonet.frame.storage import StorageValue
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.system import System
from taonet.primitives.ids import H256
from taonet.scale.types import vec

MATERIAL_LENGTH = 81


class RandomnessCollectiveFlip(Pallet, prefix="RandomnessCollectiveFlip"):
    random_material = StorageValue(
        vec(H256, MATERIAL_LENGTH),
        default=(),
        doc="Hashes of past blocks, a ring of 81 that block 1 starts at its first place.",
    )

    def __init__(self, state: State, system: System) -> None:
        super().__init__(state)
        self.system = system

    def on_initialize(self, number: int) -> Weight:
        """Put the parent's hash into the ring."""
        material, parent = self.random_material, self.system.parent_hash
        if len(material) < MATERIAL_LENGTH:
            self.random_material = (*material, parent)
        else:
            place = (number - 1) % MATERIAL_LENGTH
            self.random_material = (*material[:place], parent, *material[place + 1 :])
        return database_weight(reads=1, writes=1)
