"""What all frames of one transaction share."""

from dataclasses import dataclass, field

from taonet.pallets.evm.machine.substate import Substate
from taonet.pallets.evm.machine.world import World


@dataclass
class Context:
    """The world, the transaction's notes, who signed it and what a unit of gas costs, in wei."""

    world: World
    origin: bytes
    gas_price: int
    substate: Substate = field(default_factory=Substate)
