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
SUBNET_NAME = "text generation"
TRAINING_OWNER = Participant("training-owner", 20_000)
TRAINING_VALIDATOR = Participant("training-validator", 20_000)
TRAINERS = tuple(Participant(f"trainer-{number}", 100) for number in (1, 2))
TRAINING_NAME = "training"
TEXT = "text"
SUBNETS = (TEXT, TRAINING_NAME)
"""What `--subnets` may name."""
WINDOW_S = 40.0
"""Of training: long enough for a few steps of the smallest model beside everything else."""
WINDOW_BLOCKS_MIN = 20


@dataclass(frozen=True)
class SubnetPlan:
    """One subnet: what it is called, how often it pays, and who takes part."""

    name: str
    tempo_blocks: int
    miners: tuple[Participant, ...]
    owner: Participant = OWNER
    validator: Participant = VALIDATOR

    @property
    def everyone(self) -> tuple[Participant, ...]:
        """The owner, the validator and the miners, in this order."""
        return (self.owner, self.validator, *self.miners)


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
    training: bool = False
    """Whether a second subnet trains the model that the first one serves beside its own."""

    @property
    def chain_url(self) -> str:
        """The chain's WebSocket."""
        return f"ws://127.0.0.1:{self.chain_port}"

    @property
    def gateway_url(self) -> str:
        """The gateway's OpenAI base URL."""
        return f"http://127.0.0.1:{self.gateway_port}/v1"

    @property
    def chain_http_url(self) -> str:
        """The same chain over HTTP."""
        return f"http://127.0.0.1:{self.chain_port}"

    @property
    def subnet(self) -> SubnetPlan:
        """The subnet that answers people."""
        return SubnetPlan(SUBNET_NAME, self.tempo_blocks, MINERS)

    @property
    def training_subnet(self) -> SubnetPlan:
        """The subnet that trains a model."""
        return SubnetPlan(
            TRAINING_NAME, self.tempo_blocks, TRAINERS, TRAINING_OWNER, TRAINING_VALIDATOR
        )

    @property
    def window_blocks(self) -> int:
        """Blocks of a training window."""
        return max(WINDOW_BLOCKS_MIN, round(WINDOW_S / self.block_time_s))

    @property
    def subnets(self) -> str:
        """As `--subnets` says it."""
        return ",".join(SUBNETS if self.training else (TEXT,))

    def ports(self) -> tuple[tuple[int, str], ...]:
        """Every port that must be free, and for whom."""
        axons = [(self.axon_port + offset, miner.name) for offset, miner in enumerate(MINERS, 1)]
        return ((self.chain_port, "the chain"), (self.gateway_port, "the gateway"), *axons)

    def cheat_of(self, miner: Participant) -> Cheat:
        """How a miner cheats: the last one as planned, the others not."""
        return self.cheat if miner is MINERS[-1] else Cheat.NONE
