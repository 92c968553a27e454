"""
What the way in costs: time to first token through gateway, dendrite and axon, and without them.

One OpenAI-like server on loopback stands behind both ways, so the difference is ours alone. It
waits before its first token as a model that reads a prompt does. Requests of the two ways
alternate, so that the machine's mood meets both. Client, gateway, axon and back-end share one
process and so one core: the figure is an upper bound.
"""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp
import orjson
import uvloop
from aiohttp import web
from bittensor_core import Keypair

from taonet.gateway.network import Generated, Generation, NetworkMiners
from taonet.gateway.service import FIRST_KEY_FILE, GatewayConfig, serving
from taonet.neuron.admission import Admission, Rate
from taonet.neuron.axon import Axon
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet
from taonet.neuron.subnet import Stream, Subnet

REQUESTS = 60
"""Of each way."""
CONCURRENCY = 8
TOKENS = 16
PREFILL_S = 0.2
"""Time that the back-end takes to read a prompt, as a small model does on one core."""
TOKEN_S = 0.01
MODEL = "bench"
BODY = orjson.dumps(
    {
        "model": MODEL,
        "messages": [{"role": "user", "content": "word " * 50}],
        "max_tokens": TOKENS,
        "stream": True,
    }
)
TEXT_GENERATION = Subnet("text-generation", query=Generation, reply=Stream(Generated))


async def complete(request: web.Request) -> web.StreamResponse:
    """The back-end: `TOKENS` events."""
    await request.read()
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await asyncio.sleep(PREFILL_S)
    await response.prepare(request)
    for number in range(TOKENS):
        last = number + 1 == TOKENS
        choice = {"delta": {"content": "word "}, "finish_reason": "length" if last else None}
        await response.write(b"data: " + orjson.dumps({"choices": [choice]}) + b"\n\n")
        await asyncio.sleep(TOKEN_S)
    await response.write(b"data: [DONE]\n\n")
    return response


@dataclass
class Forwarding:
    """A miner in front of the back-end."""

    session: aiohttp.ClientSession
    url: str

    async def answer(self, query: Generation) -> AsyncGenerator[Generated, None]:
        """The back-end's events as pieces."""
        async with self.session.post(self.url, data=BODY) as response:
            number = 0
            async for line in response.content:
                if not line.startswith(b"data: {"):
                    continue
                (choice,) = orjson.loads(line[6:])["choices"]
                number += 1
                yield Generated(
                    choice["delta"]["content"], (number,), (-1.0,), choice["finish_reason"]
                )


async def listen(stack: AsyncExitStack) -> str:
    """Starts the back-end; its address."""
    application = web.Application()
    application.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/v1/chat/completions"


async def admit(stack: AsyncExitStack, miner: Forwarding) -> NetworkMiners:
    """An axon in front of the miner, and the gateway's view of it."""
    own, hotkey = (Keypair.create_from_uri(uri).ss58_address for uri in ("//Gateway", "//Miner"))
    subnet = MemorySubnet()
    subnet.register(own, hotkey)
    chain = MemoryChain(subnet, own)
    admission = Admission(now_s=time.monotonic, rate=Rate(per_s=1000.0, burst=1000.0))
    admission.update(await chain.metagraph(subnet.netuid))
    axon = Axon(TEXT_GENERATION, miner, hotkey=hotkey, admission=admission)
    endpoint = await stack.enter_async_context(axon.listening("127.0.0.1", 0))
    subnet.change(replace(subnet.neuron(hotkey), endpoint=endpoint))
    keypair = Keypair.create_from_uri("//Gateway")
    dendrite = await stack.enter_async_context(Dendrite(keypair, attempts=1))
    miners = NetworkMiners(dendrite=dendrite, chain=chain, netuid=subnet.netuid, model=MODEL)
    miners.update(await chain.metagraph(subnet.netuid))
    return miners


@dataclass(frozen=True)
class Way:
    """One address to ask, and with what headers."""

    session: aiohttp.ClientSession
    url: str
    headers: dict[str, str]

    async def ask(self) -> tuple[float, float]:
        """Seconds to the first token and to the end."""
        began = time.perf_counter()
        first = 0.0
        async with self.session.post(self.url, data=BODY, headers=self.headers) as response:
            response.raise_for_status()
            async for line in response.content:
                if not first and b'"word ' in line:
                    first = time.perf_counter() - began
        assert first, "an answer without a token"
        return first, time.perf_counter() - began


@asynccontextmanager
async def ways(folder: Path) -> AsyncIterator[tuple[Way, Way]]:
    """Straight to the back-end, and through the gateway."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        url = await listen(stack)
        miners = await admit(stack, Forwarding(session, url))
        gateway = await stack.enter_async_context(
            serving(GatewayConfig(state_folder=folder, port=0), miners)
        )
        key = (folder / FIRST_KEY_FILE).read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        yield (
            Way(session, url, {}),
            Way(session, f"{gateway.url}/v1/chat/completions", headers),
        )


async def compare(bare: Way, through: Way, *, concurrency: int) -> dict[str, float]:
    """Median and 95th percentile of both ways, asked in turns of `concurrency` requests."""
    taken: tuple[list[tuple[float, float]], ...] = ([], [])
    for _ in range(REQUESTS // concurrency):
        for way, times in zip((bare, through), taken, strict=True):
            times += await asyncio.gather(*(way.ask() for _ in range(concurrency)))
    bare_ms, through_ms = (sorted(first * 1e3 for first, _ in times) for times in taken)
    bare_s, through_s = (median(total for _, total in times) for times in taken)
    p95 = int(0.95 * len(bare_ms))
    added = median(through_ms) - median(bare_ms)
    return {
        "bare_ttft_ms_p50": round(median(bare_ms), 2),
        "gateway_ttft_ms_p50": round(median(through_ms), 2),
        "added_ttft_ms_p50": round(added, 2),
        "added_ttft_ms_p95": round(through_ms[p95] - bare_ms[p95], 2),
        "added_ttft_percent_p50": round(100 * added / median(bare_ms), 2),
        "added_total_percent_p50": round(100 * (through_s / bare_s - 1), 2),
    }


async def _measure() -> dict[str, dict[str, float]]:
    with TemporaryDirectory() as folder:
        async with ways(Path(folder)) as (bare, through):
            await asyncio.gather(bare.ask(), through.ask())
            # As the command line does once everything is imported.
            gc.freeze()
            alone = await compare(bare, through, concurrency=1)
            together = await compare(bare, through, concurrency=CONCURRENCY)
    return {"one_at_a_time": alone, f"{CONCURRENCY}_at_once": together}


def measure() -> dict[str, dict[str, float]]:
    """Milliseconds and percent that the way through the gateway adds to the time to first token."""
    return uvloop.run(_measure())
