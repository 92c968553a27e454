"""
The caller's end of a request: signs, sends, reads the reply within limits of time and size.

A miner that hangs costs the subnet's `timeout_s`; one that floods costs `reply_bytes_max`; one that
answers nonsense costs one decoding. Each yields a `QueryFailed` with a name. An attempt is repeated
only as long as nothing of the reply has arrived. Redirects and compressed replies are not followed:
an address on the chain must not lead anywhere else.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Self, cast

import aiohttp
import orjson

from taonet.neuron.chain import Endpoint, Neuron
from taonet.neuron.errors import (
    Interrupted,
    InvalidMessage,
    InvalidReply,
    QueryFailed,
    RefusedByMiner,
    ReplyTooLarge,
    TimedOut,
    Unreachable,
)
from taonet.neuron.message import Message
from taonet.neuron.signing import Keypair, sign
from taonet.neuron.subnet import Stream, Streamed, Subnet

ATTEMPTS = 2
"""Tries while nothing has arrived."""
RETRY_S = 0.2
"""Between two tries."""
CONNECTIONS_MAX = 64
"""Open at once."""
REFUSAL_BYTES_MAX = 4096
"""Read of a refusal's body."""
HEADER_BYTES_MAX = 8190
"""Of a reply's header line."""
_NOTHING_ARRIVED = (
    aiohttp.ClientConnectorError,
    aiohttp.ServerDisconnectedError,
    ConnectionError,
)


@dataclass(frozen=True)
class Piece:
    """One message of a stream and the seconds from sending the query to its arrival."""

    message: Message
    arrival_s: float


class Dendrite:
    """Asks miners in the name of one hotkey, within `async with Dendrite(keypair) as dendrite`."""

    def __init__(self, keypair: Keypair, *, attempts: int = ATTEMPTS) -> None:
        self._keypair = keypair
        self._attempts = attempts
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            headers={"Accept-Encoding": "identity", "User-Agent": "taonet"},
            auto_decompress=False,
            max_line_size=HEADER_BYTES_MAX,
            max_field_size=HEADER_BYTES_MAX,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(
        self, neuron: Neuron, subnet: Subnet[Any, Any], query: Message
    ) -> Message | Streamed[Any]:
        """The whole reply of `neuron`; raises `QueryFailed`."""
        if isinstance(subnet.reply, Stream):
            return await self._collect(neuron, subnet, query)
        deadline_s = _now_s() + subnet.timeout_s
        received = bytearray()
        async for chunk in self._chunks(neuron, subnet, query, deadline_s):
            received += chunk
        try:
            return cast(Message, subnet.piece.from_json(bytes(received)))
        except InvalidMessage as error:
            raise InvalidReply(str(error)) from error

    async def _collect(
        self, neuron: Neuron, subnet: Subnet[Any, Any], query: Message
    ) -> Streamed[Any]:
        started_s = _now_s()
        async with aclosing(self.stream(neuron, subnet, query)) as stream:
            pieces = [piece async for piece in stream]
        return Streamed(
            pieces=tuple(piece.message for piece in pieces),
            arrivals_s=tuple(piece.arrival_s for piece in pieces),
            duration_s=_now_s() - started_s,
        )

    async def stream(
        self, neuron: Neuron, subnet: Subnet[Any, Any], query: Message
    ) -> AsyncGenerator[Piece, None]:
        """The pieces of a streamed reply as they arrive; raises `QueryFailed`."""
        started_s = _now_s()
        count = 0
        chunks = self._chunks(neuron, subnet, query, started_s + subnet.timeout_s)
        async with aclosing(chunks):
            async for line in _lines(chunks):
                message = _piece(line, subnet, count)
                if message is None:
                    return
                count += 1
                if count > subnet.pieces_max:
                    raise ReplyTooLarge(f"a stream has at most {subnet.pieces_max} pieces")
                yield Piece(message, _now_s() - started_s)
        raise Interrupted(f"the stream broke off after {count} pieces")

    async def _chunks(
        self, neuron: Neuron, subnet: Subnet[Any, Any], query: Message, deadline_s: float
    ) -> AsyncGenerator[bytes, None]:
        """
        The reply's body as it arrives, bounded in time and size.

        The deadline is armed around each wait for the network, never around a `yield`: it must
        not fire within the consumer's code.
        """
        received = 0
        with _named_failures(subnet.timeout_s):
            async with asyncio.timeout_at(deadline_s):
                response = await self._open(neuron, subnet, query)
        async with response:
            while True:
                with _named_failures(subnet.timeout_s):
                    async with asyncio.timeout_at(deadline_s):
                        chunk = await response.content.readany()
                if not chunk:
                    return
                received += len(chunk)
                if received > subnet.reply_bytes_max:
                    response.close()
                    raise ReplyTooLarge(f"a reply has at most {subnet.reply_bytes_max} bytes")
                yield chunk

    async def _open(
        self, neuron: Neuron, subnet: Subnet[Any, Any], query: Message
    ) -> aiohttp.ClientResponse:
        """The response to `query`, its status 200; the body is not read yet."""
        if neuron.endpoint is None:
            raise Unreachable("the miner serves no axon")
        body = query.to_json()
        for attempt in range(1, self._attempts + 1):
            try:
                response = await self._post(neuron.endpoint, subnet.name, body, neuron.hotkey)
                break
            except _NOTHING_ARRIVED as error:
                if attempt == self._attempts:
                    raise Unreachable(
                        f"nobody answers at {neuron.endpoint.url}: {type(error).__name__}"
                    ) from error
            await asyncio.sleep(RETRY_S)
        if response.status != 200:
            async with response:
                raise await _refused(response)
        return response

    async def _post(
        self, endpoint: Endpoint, name: str, body: bytes, receiver: str
    ) -> aiohttp.ClientResponse:
        assert self._session is not None, "use the dendrite within async with"
        path = f"/{name}"
        headers = sign(self._keypair, path=path, body=body, receiver=receiver)
        headers["Content-Type"] = "application/json"
        return await self._session.post(
            endpoint.url + path, data=body, headers=headers, allow_redirects=False
        )


def _now_s() -> float:
    return asyncio.get_running_loop().time()


@contextmanager
def _named_failures(timeout_s: float) -> Iterator[None]:
    """Give the transport's errors their names."""
    try:
        yield
    except TimeoutError as error:
        raise TimedOut(f"no complete reply within {timeout_s:g} s") from error
    except (aiohttp.ClientPayloadError, aiohttp.ClientOSError, ConnectionError) as error:
        raise Interrupted(f"the connection broke: {type(error).__name__}") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise InvalidReply(f"not HTTP that can be read: {type(error).__name__}") from error


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The whole lines of a body; one that arrives in parts counts from its last part."""
    pending = b""
    async for chunk in chunks:
        *whole, pending = (pending + chunk).split(b"\n")
        for line in whole:
            yield line


def _piece(line: bytes, subnet: Subnet[Any, Any], count: int) -> Message | None:
    """The message of a stream's line, or `None` for the line that ends it."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise InvalidReply(f"line {count + 1} of the stream is not JSON") from error
    if not isinstance(value, dict):
        raise InvalidReply(f"line {count + 1} of the stream is not an object")
    if "piece" in value:
        try:
            return cast(Message, subnet.piece.from_plain(value["piece"]))
        except InvalidMessage as error:
            raise InvalidReply(f"line {count + 1}: {error}") from error
    if value == {"end": count}:
        return None
    if "error" in value:
        name, message = _named(value)
        raise RefusedByMiner(200, name, message)
    raise InvalidReply(f"line {count + 1} is neither a piece nor the end of {count} pieces")


async def _refused(response: aiohttp.ClientResponse) -> QueryFailed:
    try:
        value = orjson.loads(await response.content.read(REFUSAL_BYTES_MAX))
    except orjson.JSONDecodeError:
        value = None
    response.close()
    name, message = _named(value)
    return RefusedByMiner(response.status, name, message)


def _named(value: object) -> tuple[str, str]:
    """The name and message of an error object, cut to what a log can bear."""
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return "Unnamed", "no reason given"
    return str(error.get("name", "Unnamed"))[:64], str(error.get("message", ""))[:300]
