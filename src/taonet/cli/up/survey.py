"""What is going on in a network: read from the chain and from what its processes say."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import bittensor as bt
from bittensor import storage

from taonet.cli.up.folder import NetworkFolder, read_json
from taonet.cli.up.plan import NetworkPlan, SubnetPlan

STALE_S = 60.0
"""A process that has said nothing for this long is shown as silent."""

READ_S_MAX = 10.0
"""A chain that has not answered for so long is shown as away."""

RAO = 10**9


@dataclass(frozen=True)
class NeuronSurvey:
    """One neuron: shares are 0 to 1, amounts are whole units of the subnet's alpha."""

    name: str
    role: str
    uid: int | None
    hotkey: str
    phase: str
    fraction: float | None
    message: str
    incentive: float
    dividends: float
    stake_alpha: float
    earned_alpha: float
    """What its hotkey holds beyond what it held when the network was founded."""
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class TrainingSurvey:
    """
    The subnet that trains, as its validator sees it.

    `losses` are validation losses of the last windows in nats a token, the newest last; `shares`
    each miner's by name; `release` what the text miners serve of it.
    """

    netuid: int | None
    window: int | None
    losses: tuple[float, ...]
    shares: Mapping[str, float]
    release: str | None
    neurons: tuple[NeuronSurvey, ...]


@dataclass(frozen=True)
class NetworkSurvey:
    """A network at one moment; `block` is None while the chain does not answer."""

    chain_url: str
    gateway_url: str
    api_key_file: str
    block: int | None
    netuid: int | None
    subnet: str
    tempo: int | None
    next_epoch_block: int | None
    price_tao: float | None
    neurons: tuple[NeuronSurvey, ...]
    gateway: Mapping[str, Any]
    training: TrainingSurvey | None = None

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "chain_http_url": self.chain_url.replace("ws:", "http:", 1)}


@dataclass(frozen=True)
class _OnChain:
    """What the chain says of one neuron."""

    uid: int
    incentive: float
    dividends: float
    stake_alpha: float


@dataclass(frozen=True)
class _Subnet:
    """What the chain says of the subnet; the defaults are what is known without a chain."""

    block: int | None = None
    name: str = ""
    tempo: int | None = None
    next_epoch_block: int | None = None
    price_tao: float | None = None
    neurons: Mapping[str, _OnChain] = field(default_factory=dict)


class ChainView:
    """
    Reads a chain that may be away: its process may be starting again.

    Use it as `async with ChainView(url) as view`; it connects at the first read.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: bt.Client | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._disconnect()

    async def subnet(self, netuid: int) -> _Subnet:
        """What the chain says now; nothing while it is away."""
        try:
            async with asyncio.timeout(READ_S_MAX):
                if self._client is None:
                    self._client = bt.Client(self._url, fallback_endpoints=[], archive_endpoints=[])
                    await self._client.connect()
                return await _subnet(self._client, netuid)
        except (bt.BittensorError, OSError, TimeoutError):
            await self._disconnect()
            return _Subnet()

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(bt.BittensorError, OSError, TimeoutError):
                async with asyncio.timeout(READ_S_MAX):
                    await client.close()


async def survey(
    view: ChainView, plan: NetworkPlan, folder: NetworkFolder, netuid: int | None
) -> NetworkSurvey:
    """Everything the table shows, at the chain's newest block."""
    subnet = _Subnet() if netuid is None else await view.subnet(netuid)
    neurons = _neurons(plan.subnet, subnet, folder, read_json(folder.founded) or {})
    return NetworkSurvey(
        chain_url=plan.chain_url,
        gateway_url=plan.gateway_url,
        api_key_file=str(folder.api_key),
        block=subnet.block,
        netuid=netuid,
        subnet=subnet.name,
        tempo=subnet.tempo,
        next_epoch_block=subnet.next_epoch_block,
        price_tao=subnet.price_tao,
        neurons=neurons,
        gateway=_said(folder, "gateway"),
        training=await _training(view, plan, folder, neurons) if plan.training else None,
    )


async def _training(
    view: ChainView, plan: NetworkPlan, folder: NetworkFolder, served_by: Sequence[NeuronSurvey]
) -> TrainingSurvey:
    known = read_json(folder.founded_training) or {}
    netuid = known.get("netuid")
    subnet = _Subnet() if netuid is None else await view.subnet(netuid)
    neurons = _neurons(plan.training_subnet, subnet, folder, known)
    (validator,) = (each for each in neurons if each.role == "validator")
    said = validator.figures
    shares = said.get("shares", {})
    releases = [each.figures["release"] for each in served_by if each.figures.get("release")]
    return TrainingSurvey(
        netuid=netuid,
        window=said.get("window"),
        losses=tuple(said.get("losses", ())),
        shares={n.name: shares.get(n.hotkey, 0.0) for n in neurons if n.role == "miner"},
        release=releases[0] if releases else None,
        neurons=neurons,
    )


async def founded_alpha(client: bt.Client, netuid: int) -> dict[str, float]:
    """What each hotkey holds now, by address: the line that earnings are counted from."""
    subnet = await _subnet(client, netuid)
    return {hotkey: neuron.stake_alpha for hotkey, neuron in subnet.neurons.items()}


async def _subnet(client: bt.Client, netuid: int) -> _Subnet:
    view = await client.at()
    graph = await view.subnets.metagraph(netuid, commitments=False)
    if graph is None:
        return _Subnet()
    last_epoch = await view.query(storage.SubtensorModule.LastEpochBlock, [netuid])
    neurons = {
        neuron.hotkey: _OnChain(
            int(neuron.uid),
            float(neuron.incentive),
            float(neuron.dividends),
            neuron.alpha_stake.rao / RAO,
        )
        for neuron in graph.neurons
    }
    next_epoch = int(last_epoch or 0) + graph.tempo
    return _Subnet(graph.block, graph.name, graph.tempo, next_epoch, graph.price, neurons)


def _neurons(
    plan: SubnetPlan, subnet: _Subnet, folder: NetworkFolder, known: Mapping[str, Any]
) -> tuple[NeuronSurvey, ...]:
    hotkeys: Mapping[str, str] = known.get("hotkeys", {})
    held: Mapping[str, float] = known.get("held_alpha", {})
    roles = [(plan.owner.name, "owner"), (plan.validator.name, "validator")]
    roles += [(miner.name, "miner") for miner in plan.miners]
    return tuple(
        _neuron(name, role, hotkeys.get(name, ""), subnet, held, _said(folder, name))
        for name, role in roles
    )


def _said(folder: NetworkFolder, name: str) -> Mapping[str, Any]:
    status: Mapping[str, Any] = read_json(folder.status(name)) or {}
    if status and time.time() - float(status.get("updated_at", 0)) > STALE_S:
        return {**status, "phase": "silent"}
    return status


def _neuron(
    name: str,
    role: str,
    hotkey: str,
    subnet: _Subnet,
    held: Mapping[str, float],
    said: Mapping[str, Any],
) -> NeuronSurvey:
    on_chain = subnet.neurons.get(hotkey)
    stake = on_chain.stake_alpha if on_chain else 0.0
    return NeuronSurvey(
        name=name,
        role=role,
        uid=on_chain.uid if on_chain else None,
        hotkey=hotkey,
        phase=str(said.get("phase", "" if role == "owner" else "starting")),
        fraction=said.get("fraction"),
        message=str(said.get("message", "")),
        incentive=on_chain.incentive if on_chain else 0.0,
        dividends=on_chain.dividends if on_chain else 0.0,
        stake_alpha=stake,
        earned_alpha=max(0.0, stake - held.get(hotkey, 0.0)),
        figures=said.get("figures", {}),
    )
