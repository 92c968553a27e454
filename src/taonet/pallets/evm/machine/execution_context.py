"""What all frames of one transaction share."""

from dataclasses import dataclass, field

from taonet.pallets.evm.machine.substate import Substate
from taonet.pallets.evm.machine.world import Work, World

WORK_MAX = 2**64 - 1


@dataclass
class Context:
    """
    The world, who signed the transaction and what a unit of gas costs in wei, its notes, and what
    native contracts may still make the chain do.
    """

    world: World
    origin: bytes
    gas_price: int
    substate: Substate = field(default_factory=Substate)
    work: Work = field(default_factory=lambda: Work(WORK_MAX))
