"""The market's miner and validator as processes; the command line calls these two."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from taonet.neuron.errors import ChainError
from taonet.neuron.process import Seat, reported
from taonet.neuron.sdk_chain import SdkChain
from taonet.subnets.fine_tuning.market import Market
from taonet.subnets.fine_tuning.miner import FineTuningMiner
from taonet.subnets.fine_tuning.validator import FineTuningValidator
from taonet.subnets.training.blob_store import store_at

NAME = "fine-tuning"
FOLDER = Path("~/.taonet/fine-tuning")

log = structlog.get_logger("taonet.fine_tuning")


@dataclass(frozen=True)
class MarketConfig:
    """Who takes part, and where blobs lie: a folder or `s3://…`."""

    seat: Seat
    blobs: str


class Participant(Protocol):
    """A miner or a validator."""

    async def step(self, block: int) -> None:
        """Whatever is due at a block; raises `ChainError` when the chain does not answer."""
        ...


async def run_miner(config: MarketConfig) -> None:
    """Mine until cancelled; raises `WalletMissing`."""
    await _run("miner", config)


async def run_validator(config: MarketConfig) -> None:
    """Validate until cancelled; raises `WalletMissing`."""
    await _run("validator", config)


async def _run(role: str, config: MarketConfig) -> None:
    seat = config.seat
    wallet = seat.wallet()
    folder = (seat.state_folder or FOLDER / role).expanduser()
    blobs = store_at(config.blobs)
    with reported(role, NAME, seat, wallet.hotkey.ss58_address) as status:
        async with SdkChain(seat.chain_url, wallet) as chain:
            market = Market(chain)
            kind = FineTuningMiner if role == "miner" else FineTuningValidator
            participant: Participant = kind(market, seat.netuid, blobs, folder)
            status.phase("serving")
            await follow_blocks(chain, participant)


async def follow_blocks(chain: SdkChain, participant: Participant) -> None:
    """Let the participant do what is due, block by block; those that come meanwhile are skipped."""
    newest: asyncio.Queue[int] = asyncio.Queue(1)

    async def watch() -> None:
        async for number in chain.blocks():
            if newest.full():
                newest.get_nowait()
            newest.put_nowait(number)

    watching = asyncio.create_task(watch(), name="blocks")
    try:
        while True:
            number = await newest.get()
            try:
                await participant.step(number)
            except ChainError as error:
                log.warning("chain_unavailable", reason=str(error))
    finally:
        watching.cancel()
