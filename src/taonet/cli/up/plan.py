"""What runs: the chain's pace, the subnet, and who takes part."""

import enum
from dataclasses import dataclass


class Cheat(enum.Enum):
    """How the third miner cheats."""

    QUANTISED = "quantised"
    """It serves the same weights, quantised more coarsely."""
    CANNED = "canned"
    """It answers the same sentence to everything."""
    NONE = "none"
    """It is honest."""


@dataclass(frozen=True)
class Participant:
    """One account of the network: a wallet's name, and what it is funded with."""

    name: str
    tao: int


OWNER = Participant("owner", 20_000)
VALIDATOR = Participant("validator", 20_000)
MINERS = tuple(Participant(f"miner-{number}", 100) for number in (1, 2, 3))
VALIDATOR_STAKE_TAO = 1_000
EVERYONE = (OWNER, VALIDATOR, *MINERS)


@dataclass(frozen=True)
class NetworkPlan:
    """One network on one machine."""

    chain_port: int = 9944
    gateway_port: int = 8080
    axon_port: int = 8091
    """The validator's; the miners' follow."""
    block_time_s: float = 1.0
    tempo_blocks: int = 20
    cheat: Cheat = Cheat.QUANTISED

    @property
    def chain_url(self) -> str:
        """The chain's WebSocket."""
        return f"ws://127.0.0.1:{self.chain_port}"

    @property
    def gateway_url(self) -> str:
        """The gateway's OpenAI base URL."""
        return f"http://127.0.0.1:{self.gateway_port}/v1"

    def ports(self) -> dict[int, str]:
        """Every port that must be free, and for whom."""
        taken = {self.chain_port: "the chain", self.gateway_port: "the gateway"}
        for offset, miner in enumerate(MINERS, start=1):
            taken[self.axon_port + offset] = miner.name
        return taken

    def cheat_of(self, miner: Participant) -> Cheat:
        """How a miner cheats: the last one as planned, the others not."""
        return self.cheat if miner is MINERS[-1] else Cheat.NONE
