"""
Miners that behave as miners in the wild do: real servers on loopback, found through the chain.

They speak the axon's wire without its checks, so that they can break it; `test_network` has real
axons.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import orjson
from aiohttp import web
from bittensor_core import Keypair

from taonet.gateway.network import NetworkMiners
from taonet.neuron.chain import Endpoint
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet

MODEL = "small"
WORDS = ("Paris ", "is ", "the ", "capital ", "of ", "France.")
LOGPROB = -0.25
PROMPT_TOKENS = 7
VERBOSE_CHARACTERS = 1900

Behaviour = Callable[[web.Request, dict[str, object]], Awaitable[web.StreamResponse]]


def piece(text: str, token: int, **fields: object) -> bytes:
    """One line of an answer."""
    message = {"text": text, "token_ids": [token], "logprobs": [LOGPROB], **fields}
    return b'{"piece":' + orjson.dumps(message) + b"}\n"


async def begin(request: web.Request) -> web.StreamResponse:
    """The head of a streamed answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    await response.prepare(request)
    return response


async def honest(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Says `WORDS`, one token each, as many as asked for."""
    response = await begin(request)
    count = min(len(WORDS), int(str(query["max_tokens"])))
    for number in range(count):
        last = number + 1 == count
        reason = ("stop" if count == len(WORDS) else "length") if last else None
        claim = PROMPT_TOKENS if last else None
        await response.write(
            piece(WORDS[number], number, finish_reason=reason, prompt_tokens=claim)
        )
    await response.write(orjson.dumps({"end": count}) + b"\n")
    return response


async def hanging(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Takes the request and says nothing."""
    await asyncio.Event().wait()
    return await honest(request, query)


async def teasing(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Sends a piece without text at once, to look fast, and then nothing."""
    response = await begin(request)
    await response.write(piece("", 1))
    await asyncio.Event().wait()
    return response


async def stalling(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Begins well and falls silent."""
    response = await begin(request)
    await response.write(piece(WORDS[0], 0))
    await asyncio.Event().wait()
    return response


async def refusing(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """An error instead of an answer."""
    error = {"error": {"name": "MinerFailed", "message": "out of memory"}}
    return web.Response(status=500, body=orjson.dumps(error))


async def overwhelmed(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """A model too small for the prompt."""
    error = {"error": {"name": "PromptTooLong", "message": "9000 tokens and 256 new ones"}}
    return web.Response(status=400, body=orjson.dumps(error))


async def lacking(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Honest with the one model that it has."""
    if query["model"] == MODEL:
        return await honest(request, query)
    error = {"error": {"name": "ModelNotServed", "message": f"this miner serves {MODEL}"}}
    return web.Response(status=400, body=orjson.dumps(error))


async def dying(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Two words, and the connection breaks."""
    response = await begin(request)
    await response.write(piece(WORDS[0], 0) + piece(WORDS[1], 1))
    assert request.transport is not None
    request.transport.abort()
    return response


async def flooding(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Words without end."""
    response = await begin(request)
    while True:
        await response.write(piece("spam ", 1))


async def verbose(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """As many long words as asked for."""
    response = await begin(request)
    for number in range(int(str(query["max_tokens"]))):
        await response.write(piece("x" * VERBOSE_CHARACTERS, number))
    return response


async def bulging(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """One line without end."""
    response = await begin(request)
    while True:
        await response.write(b"x" * 65_536)


async def babbling(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Something that is no answer."""
    response = await begin(request)
    await response.write(b"<html>It works!</html>\n")
    return response


async def boasting(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """A log-probability above 0."""
    response = await begin(request)
    await response.write(piece("sure", 1, logprobs=[0.5], finish_reason="stop"))
    await response.write(b'{"end": 1}\n')
    return response


async def endless(request: web.Request, query: dict[str, object]) -> web.StreamResponse:
    """Ends the stream in order, but the answer without a finish reason."""
    response = await begin(request)
    await response.write(piece("well", 1) + b'{"end": 1}\n')
    return response


@dataclass
class RunningMiner:
    """A miner that serves; `queries` is what it was asked."""

    hotkey: str
    behaviour: Behaviour
    queries: list[dict[str, object]] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Notes the query and behaves."""
        query: dict[str, object] = orjson.loads(await request.read())
        self.queries.append(query)
        self.was_asked.set()
        return await self.behaviour(request, query)


@dataclass(frozen=True)
class Network:
    """Miners on a subnet, and the gateway's view of them."""

    miners: list[RunningMiner]
    view: NetworkMiners
    subnet: MemorySubnet

    def hotkey(self, behaviour: Behaviour) -> str:
        """The hotkey of the one miner with that behaviour."""
        (found,) = [miner.hotkey for miner in self.miners if miner.behaviour is behaviour]
        return found

    def asked(self, behaviour: Behaviour) -> int:
        """How often that miner was asked."""
        (found,) = [miner for miner in self.miners if miner.behaviour is behaviour]
        return len(found.queries)


async def serve_miner(stack: AsyncExitStack, miner: RunningMiner) -> Endpoint:
    """Starts a miner on a free port."""
    application = web.Application()
    application.router.add_post("/text-generation", miner.answer)
    runner = web.AppRunner(
        application, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return Endpoint("127.0.0.1", runner.addresses[0][1])


@asynccontextmanager
async def network(behaviours: Sequence[Behaviour]) -> AsyncIterator[Network]:
    """A subnet with the gateway's hotkey and one serving miner for each behaviour."""
    own = Keypair.create_from_uri("//Gateway")
    subnet = MemorySubnet()
    subnet.register(own.ss58_address)
    miners = []
    async with AsyncExitStack() as stack:
        for number, behaviour in enumerate(behaviours):
            hotkey = Keypair.create_from_uri(f"//Miner{number}").ss58_address
            miner = RunningMiner(hotkey, behaviour)
            endpoint = await serve_miner(stack, miner)
            subnet.register(hotkey)
            subnet.change(replace(subnet.neuron(hotkey), endpoint=endpoint))
            miners.append(miner)
        dendrite = await stack.enter_async_context(Dendrite(own, attempts=1))
        chain = MemoryChain(subnet, own.ss58_address)
        view = NetworkMiners(dendrite=dendrite, chain=chain, netuid=subnet.netuid, model=MODEL)
        view.update(await chain.metagraph(subnet.netuid))
        yield Network(miners, view, subnet)
