"""
The chain through the bittensor SDK: any node of the field, ours or the real one.

One connection, opened at first use and opened again after it broke. The SDK decides what differs
between subnets: plain weights or timelocked commitments, limits on the largest weight.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, Self, TypeVar

import bittensor as bt
import structlog
from bittensor import storage

from taonet.neuron.chain import Commitment, Endpoint, Metagraph, Neuron
from taonet.neuron.errors import ChainRefused, ChainUnreachable
from taonet.primitives.units import NetUid, Uid

CALL_S_MAX = 60.0
"""For a read, and for a call to get into a block."""
BLOCK_S_MAX = 120.0
"""Without a new block for this long, the subscription is opened again."""
RECONNECT_S = 1.0
"""Between two attempts to subscribe."""
LOOPBACK = ipaddress.IPv4Address("127.0.0.1")

T = TypeVar("T")
log = structlog.get_logger("taonet.chain")


class SdkChain:
    """
    The node at `url` as the hotkey of `wallet` sees it.

    `wallet` is a `bittensor.Wallet`, or a keypair for a hotkey without one. Use it as
    `async with SdkChain(url, wallet) as chain`.
    """

    def __init__(self, url: str, wallet: Any) -> None:
        self.hotkey: str = bt.resolve_signer(wallet, role="hotkey").ss58_address
        self._url = url
        self._wallet = wallet
        self._client: bt.Client | None = None
        self._connecting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._disconnect()

    async def metagraph(self, netuid: NetUid) -> Metagraph:
        """The subnet at the newest block, all read at that one block."""
        return await self._attempt(lambda client: _metagraph(client, int(netuid)))

    async def serve_axon(self, netuid: NetUid, endpoint: Endpoint) -> None:
        """Publish `endpoint`."""
        intent = bt.ServeAxon(netuid=int(netuid), ip=_published(endpoint.ip), port=endpoint.port)
        await self._attempt(lambda client: self._execute(client, intent))

    async def set_weights(
        self, netuid: NetUid, weights: Mapping[Uid, int], version_key: int
    ) -> None:
        """Set or commit, as the subnet asks for."""
        intent = bt.SetWeights(
            netuid=int(netuid),
            uids=[int(uid) for uid in weights],
            weights=[float(weight) for weight in weights.values()],
            version_key=version_key,
        )
        await self._attempt(lambda client: self._execute(client, intent))

    async def commit(self, netuid: NetUid, text: str) -> None:
        """Publish `text` as this hotkey's commitment; returns when the call is in a block."""
        raw = text.encode()
        fields = [[{f"Raw{len(raw)}": f"0x{raw.hex()}"}]]
        call = bt.calls.Commitments.set_commitment(netuid=int(netuid), info={"fields": fields})

        async def submit(client: bt.Client) -> None:
            result = await client.submit_call(
                call, self._wallet, signer="hotkey", wait_for_finalization=False
            )
            result.raise_for_failure()

        await self._attempt(submit)

    async def commitments(self, netuid: NetUid, block: int) -> list[Commitment]:
        """What every hotkey's commitment was at the end of `block`."""

        async def read(client: bt.Client) -> list[Commitment]:
            view = await client.at(block)
            found = await view.subnets.commitments(int(netuid))
            return [Commitment(each.hotkey, each.block, each.data) for each in found.values()]

        return await self._attempt(read)

    async def block_hash(self, number: int) -> bytes:
        """The hash of one of the last few thousand blocks; raises `ChainRefused("NoSuchBlock")`."""

        async def read(client: bt.Client) -> bytes:
            item: Any = storage.System.BlockHash
            return _hash(await client.query(item, [number]))

        found = await self._attempt(read)
        if not any(found):
            raise ChainRefused("NoSuchBlock", f"the chain does not know block {number}")
        return found

    async def read(self, pallet: str, item: str, keys: Sequence[Any] = ()) -> Any:
        """A storage item's value at the newest block, as the SDK decodes it; None if absent."""
        return await self._attempt(lambda client: client.query((pallet, item), list(keys)))

    async def entries(
        self, pallet: str, item: str, keys: Sequence[Any] = ()
    ) -> list[tuple[Any, Any]]:
        """The entries of a storage map under its first `keys`, each with the rest of its key."""
        return await self._attempt(lambda client: client.query_map((pallet, item), list(keys)))

    async def submit(
        self, pallet: str, name: str, arguments: Mapping[str, Any], *, signer: str = "hotkey"
    ) -> list[Any]:
        """
        Sign and send a call that the SDK has no name for; the events of its extrinsic.

        `signer` is `hotkey` or `coldkey`. Returns when the call is in a block.
        """

        async def send(client: bt.Client) -> list[Any]:
            result = await client.submit_call(
                bt.calls.Call(pallet, name, dict(arguments)),
                self._wallet,
                signer=signer,
                wait_for_finalization=False,
            )
            result.raise_for_failure()
            return list(result.events)

        return await self._attempt(send)

    async def blocks(self) -> AsyncIterator[int]:
        """New blocks for as long as the process lives; a node that restarts is found again."""
        last = 0
        while True:
            try:
                async for number in self._heads(last):
                    last = number
                    yield number
            except Exception as error:  # noqa: BLE001 whatever broke it, it is opened again
                log.warning("block_subscription_lost", reason=type(error).__name__)
            await self._disconnect()
            await asyncio.sleep(RECONNECT_S)

    async def _heads(self, last: int) -> AsyncIterator[int]:
        """Heads above `last`, each once, over one connection; raises whatever breaks it."""
        heads = (await self._connected()).blocks()
        while True:
            header = await _within(BLOCK_S_MAX, _next(heads))
            if header.number > last:
                last = int(header.number)
                yield last

    async def _execute(self, client: bt.Client, intent: Any) -> None:
        result = await client.execute(intent, self._wallet, wait_for_finalization=False, retries=2)
        result.raise_for_failure()

    async def _attempt(self, act: Callable[[bt.Client], Awaitable[T]]) -> T:
        """`act` on the connection; the SDK's errors by our names."""
        try:
            async with asyncio.timeout(CALL_S_MAX):
                return await act(await self._connected())
        except bt.ChainError as error:
            code = error.name or str(getattr(error.code, "value", error.code))
            raise ChainRefused(code, str(error)) from error
        except (bt.RpcConnectionError, bt.ConnectionNotReady, OSError, TimeoutError) as error:
            await self._disconnect()
            raise ChainUnreachable(f"{self._url}: {type(error).__name__}: {error}") from error
        except ChainUnreachable:
            raise
        except Exception as error:
            # The SDK has errors of its own layers too, such as for a storage item that the node's
            # runtime lacks; no loop should end over one.
            raise ChainRefused(type(error).__name__, str(error)) from error

    async def _connected(self) -> bt.Client:
        async with self._connecting:
            if self._client is None:
                client = bt.Client(self._url, fallback_endpoints=[], archive_endpoints=[])
                try:
                    async with asyncio.timeout(CALL_S_MAX):
                        await client.connect()
                except (bt.BittensorError, OSError, TimeoutError) as error:
                    await _leave(client)
                    raise ChainUnreachable(
                        f"no node answers at {self._url}: {type(error).__name__}"
                    ) from error
                except asyncio.CancelledError:
                    await _leave(client)
                    raise
                self._client = client
            return self._client

    async def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await _leave(client)


def _hash(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes) else bytes.fromhex(str(value)[2:])


async def _leave(client: bt.Client) -> None:
    """Close a connection; what it broke with, whatever that was, was told already."""
    with suppress(Exception):
        await client.close()


async def _next(heads: AsyncIterator[T]) -> T:
    return await anext(heads)


async def _within(limit_s: float, waiting: Coroutine[Any, Any, T]) -> T:
    """
    As `asyncio.wait_for`, but who is cancelled does not wait for what was waited for.

    The SDK ends a subscription by a request, and a node that is away answers none.
    """
    task = asyncio.create_task(waiting)
    try:
        done, _ = await asyncio.wait({task}, timeout=limit_s)
    finally:
        task.cancel()
    if not done:
        raise TimeoutError
    return task.result()


async def _metagraph(client: bt.Client, netuid: int) -> Metagraph:
    view = await client.at()
    graph = await view.subnets.metagraph(netuid, commitments=False)
    if graph is None:
        raise ChainRefused("UnknownSubnet", f"there is no subnet {netuid}")
    subtensor = storage.SubtensorModule
    rate_limit, version_key = await asyncio.gather(
        view.query(subtensor.WeightsSetRateLimit, [netuid]),
        view.query(subtensor.WeightsVersionKey, [netuid]),
    )
    return Metagraph(
        netuid=NetUid(netuid),
        block=graph.block,
        tempo=graph.tempo,
        weights_rate_limit=int(rate_limit or 0),
        version_key=int(version_key or 0),
        neurons=tuple(_neuron(neuron) for neuron in graph.neurons),
    )


def _neuron(neuron: bt.MetagraphNeuron) -> Neuron:
    return Neuron(
        uid=Uid(neuron.uid),
        hotkey=neuron.hotkey,
        endpoint=_endpoint(neuron.axon),
        stake_rao=neuron.total_stake.rao,
        validator_permit=neuron.validator_permit,
        incentive=neuron.incentive,
        last_update=neuron.last_update,
        registered_at=neuron.block_at_registration,
    )


def _endpoint(text: str | None) -> Endpoint | None:
    """An axon's `ip:port`; a neuron that publishes nonsense serves nothing."""
    if text is None:
        return None
    ip, _, port = text.rpartition(":")
    try:
        return Endpoint(ip.strip("[]"), int(port))
    except ValueError:
        return None


def _published(ip: str) -> str:
    """
    The address as the chain takes it: it refuses 127.0.0.1 itself, though not the same address
    within IPv6, which a network on one machine needs.

    Source: subtensor pallets/subtensor/src/subnets/serving.rs `is_valid_ip_address` @ 14bc6f9.
    """
    return f"::ffff:{ip}" if ipaddress.ip_address(ip) == LOOPBACK else ip
