"""Who takes part, what they put in, and what they have."""

from collections import Counter
from dataclasses import dataclass, field

from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao


@dataclass
class Participant:
    """One validator, miner, staker or trader with its own keys."""

    name: str
    role: str
    strategy: str
    subnet: str
    netuid: NetUid
    endowment: Rao
    stakes_on: AccountId
    """The hotkey that its alpha is on: a neuron's own, or a validator's."""
    uid: int | None = None
    bought_alpha: int = 0
    """What it held when it began."""
    earned_alpha: int = 0
    """What epochs gave to its uid, in the smallest unit; a validator's part for the root too."""
    settled_alpha: int = 0
    """What it held half way through the run."""
    settled_earned_alpha: int = 0
    """What it had earned half way through the run."""
    calls: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Refusals by their error's name."""

    @property
    def coldkey(self) -> AccountId:
        """Whose the TAO and the stake are."""
        return made_up_account(self.subnet, self.name, "coldkey")


def made_up_account(*names: str) -> AccountId:
    """An account that nobody has the key of; the simulation needs no signatures."""
    return AccountId(blake2_256("/".join(names).encode()))
