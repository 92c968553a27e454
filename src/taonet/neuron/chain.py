"""
All that neurons know of the chain: one small protocol.

`sdk_chain.SdkChain` reaches a real node through the bittensor SDK, `memory_chain.MemoryChain` is
a subnet in this process. Amounts and blocks are integers; hotkeys are SS58 addresses, since that
is what requests are signed with.
"""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from taonet.primitives.units import NetUid, Uid

PORT_MAX = 65_535


@dataclass(frozen=True)
class Endpoint:
    """Where an axon listens: an IP address and a TCP port."""

    ip: str
    port: int

    def __post_init__(self) -> None:
        if not 1 <= self.port <= PORT_MAX:
            raise ValueError(f"a port lies within 1 and {PORT_MAX}, not {self.port}")
        object.__setattr__(self, "ip", _plain_address(self.ip))

    @property
    def url(self) -> str:
        """`http://ip:port`."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"http://{host}:{self.port}"


def _plain_address(text: str) -> str:
    """The address in its shortest form; an IPv4 address within IPv6 as IPv4."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)


@dataclass(frozen=True)
class Neuron:
    """
    One uid of a subnet.

    `stake_rao` is what the chain weighs it with; `incentive` its share of what the subnet pays
    miners, 0 to 1; `last_update` the block of its last weights; `registered_at` the block since
    which `hotkey` holds the uid; `endpoint` is `None` when it serves nothing.
    """

    uid: Uid
    hotkey: str
    endpoint: Endpoint | None = None
    stake_rao: int = 0
    validator_permit: bool = False
    incentive: float = 0.0
    last_update: int = 0
    registered_at: int = 0


@dataclass(frozen=True)
class Metagraph:
    """
    A subnet at one block.

    `weights_rate_limit` is the least number of blocks between two settings of weights by one
    validator; `version_key` what the subnet's owner asks weights to carry.
    """

    netuid: NetUid
    block: int
    tempo: int
    weights_rate_limit: int
    version_key: int
    neurons: tuple[Neuron, ...] = field(repr=False)

    @cached_property
    def by_hotkey(self) -> Mapping[str, Neuron]:
        """The neurons by their hotkey."""
        return {neuron.hotkey: neuron for neuron in self.neurons}


@dataclass(frozen=True)
class Commitment:
    """What a hotkey has published about itself in a subnet, and in which block."""

    hotkey: str
    block: int
    text: str


class Chain(Protocol):
    """The chain as one hotkey sees it. Every method raises `ChainError`."""

    hotkey: str
    """The SS58 address that calls are signed with."""

    async def metagraph(self, netuid: NetUid) -> Metagraph:
        """The subnet at the newest block; `ChainRefused("UnknownSubnet")` when there is none."""
        ...

    async def serve_axon(self, netuid: NetUid, endpoint: Endpoint) -> None:
        """Publish where this hotkey's axon listens; returns when the call is in a block."""
        ...

    async def set_weights(
        self, netuid: NetUid, weights: Mapping[Uid, int], version_key: int
    ) -> None:
        """
        Set or, where the subnet hides weights, commit them; returns when the call is in a block.

        `weights` are u16, the largest 65 535.
        """
        ...

    def blocks(self) -> AsyncIterator[int]:
        """The number of each new block; may skip some, never goes back. Ends with the chain."""
        ...
