"""A gateway that serves on loopback, and OpenAI's own client for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openai

from taonet.gateway.limits import CallerLimits, MinerLimits
from taonet.gateway.receipts import Receipt, Receipts
from taonet.gateway.service import FIRST_KEY_FILE, Gateway, GatewayConfig, serving
from tests.gateway.miners import MODEL, Behaviour, Network, hanging, network, stalling, teasing

IMPATIENT = MinerLimits(first_text_s_max=1.5, gap_s_max=1.5)
"""Limits under which a hanging miner doesn't hold a test up."""
PATIENT = MinerLimits(first_text_s_max=20.0, gap_s_max=20.0)
"""Limits under which a busy machine isn't taken for a hanging miner."""
SILENT = {hanging, teasing, stalling}


def limits_for(behaviour: Behaviour) -> MinerLimits:
    """Patience unless the miner is one that would use all of it."""
    return IMPATIENT if behaviour in SILENT else PATIENT


CHAT: Any = {"model": MODEL, "messages": [{"role": "user", "content": "Where is Paris?"}]}
"""A question that needs nothing special."""


@dataclass(frozen=True)
class Running:
    """What a test works with."""

    client: openai.AsyncOpenAI
    gateway: Gateway
    network: Network
    folder: Path
    key: str

    def receipts(self) -> list[Receipt]:
        """The ledger so far."""
        return list(Receipts(self.folder / "receipts").read())


@asynccontextmanager
async def running(
    folder: Path,
    behaviours: Sequence[Behaviour],
    *,
    caller_limits: CallerLimits | None = None,
    miner_limits: MinerLimits = PATIENT,
    allow_any_key: bool = False,
) -> AsyncIterator[Running]:
    """A gateway in front of miners that behave so."""
    config = GatewayConfig(
        state_folder=folder,
        port=0,
        caller_limits=caller_limits or replace(CallerLimits(), answer_s_max=20.0),
        miner_limits=miner_limits,
        allow_any_key=allow_any_key,
    )
    async with network(behaviours) as miners, serving(config, miners.view) as gateway:
        key = (folder / FIRST_KEY_FILE).read_text().strip()
        async with openai.AsyncOpenAI(
            base_url=f"{gateway.url}/v1", api_key=key, max_retries=0, timeout=30.0
        ) as client:
            yield Running(client, gateway, miners, folder, key)


@asynccontextmanager
async def asking(it: Running) -> AsyncIterator[asyncio.Task[Any]]:
    """A request that the first miner has before the block, and that the caller leaves after it."""
    task = asyncio.create_task(it.client.chat.completions.create(**CHAT))
    await it.network.miners[0].was_asked.wait()
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
