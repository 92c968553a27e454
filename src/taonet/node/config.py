"""What a node is started with."""

import enum
from dataclasses import dataclass, field
from pathlib import Path

from taonet.frame.config import RuntimeConfig


class Sealing(enum.Enum):
    """When a block is made."""

    INTERVAL = "interval"
    INSTANT = "instant"
    MANUAL = "manual"


@dataclass(frozen=True)
class NodeConfig:
    """
    One node. `folder` None keeps the chain in memory and forgets it at the end; `block_time_s`
    paces blocks apart from the slot that the chain declares, None means the declared slot.
    """

    folder: Path | None = None
    host: str = "127.0.0.1"
    ports: tuple[int, ...] = (9944,)
    runtime: RuntimeConfig = field(default_factory=RuntimeConfig)
    sealing: Sealing = Sealing.INTERVAL
    block_time_s: float | None = None
    keep_blocks: int | None = None
    """States kept behind the head; None keeps all."""
    verifiers: int = 0
    """Processes that verify signatures; none verifies them in the node's own."""
    dev: bool = False
    """Offer the dev methods; refused on an address that is not loopback."""
    chain_type: str = "Local"
    drand: tuple[str, ...] = ()
    """Servers that are asked for pulses, as URLs; none: the chain gets no pulses by itself."""

    @property
    def slot_ms(self) -> int:
        """The slot that the chain declares, in milliseconds."""
        return self.runtime.pick(12_000, 250)

    @property
    def pace_s(self) -> float:
        """Seconds between blocks."""
        return self.slot_ms / 1000 if self.block_time_s is None else self.block_time_s
