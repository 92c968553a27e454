"""Who plays in these tests: hotkeys with keys, and a metagraph of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bittensor.sp_core import Keypair

from taonet.neuron.admission import Admission, Rate
from taonet.neuron.axon import Axon, AxonLimits
from taonet.neuron.chain import Endpoint, Metagraph, Neuron
from taonet.neuron.subnet import AnyMiner, Subnet
from taonet.primitives.units import NetUid, Uid

ALICE, BOB, CAROL = (Keypair.create_from_uri(name) for name in ("//Alice", "//Bob", "//Carol"))


def graph(*keypairs: Keypair, stake_rao: int = 0) -> Metagraph:
    """A subnet of these hotkeys."""
    neurons = tuple(
        Neuron(Uid(uid), keypair.ss58_address, stake_rao=stake_rao)
        for uid, keypair in enumerate(keypairs)
    )
    return Metagraph(NetUid(1), 1, 10, 0, 0, neurons)


def admission(*keypairs: Keypair, rate: Rate | None = None, stake_rao_min: int = 0) -> Admission:
    """Admits these hotkeys; time stands still."""
    gate = Admission(now_s=lambda: 0.0, rate=rate, stake_rao_min=stake_rao_min)
    gate.update(graph(*keypairs))
    return gate


@asynccontextmanager
async def served(
    subnet: Subnet[Any, Any],
    miner: AnyMiner,
    *,
    gate: Admission | None = None,
    limits: AxonLimits | None = None,
) -> AsyncIterator[tuple[Axon, Neuron]]:
    """Bob's axon on a free loopback port; Alice and Bob are registered unless `gate` differs."""
    axon = Axon(
        subnet,
        miner,
        hotkey=BOB.ss58_address,
        admission=gate or admission(ALICE, BOB),
        limits=limits,
    )
    async with axon.listening("127.0.0.1", 0) as endpoint:
        yield axon, at(endpoint)


def at(endpoint: Endpoint) -> Neuron:
    """Bob, serving there."""
    return Neuron(Uid(1), BOB.ss58_address, endpoint=endpoint)
