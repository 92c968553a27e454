"""Text generation's miner and validator as processes; the command line calls these two."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from taonet.neuron.process import Address, Seat, judge, reported, serve
from taonet.neuron.status import StatusFile
from taonet.neuron.validator_loop import Pace
from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.text_generation.catalogue import (
    CATALOGUE,
    DEFAULT_MODEL,
    ModelUnavailable,
    cache_folder,
    model_path,
)
from taonet.subnets.text_generation.language_model import LanguageModel
from taonet.subnets.text_generation.llama_server import CONTEXT, SLOTS, THREADS, LlamaServer
from taonet.subnets.text_generation.messages import NAME, subnet
from taonet.subnets.text_generation.miner import CannedModel, TextMiner
from taonet.subnets.text_generation.openai_server import OpenAIServer
from taonet.subnets.text_generation.reference import Reference
from taonet.subnets.text_generation.requantise import requantised
from taonet.subnets.text_generation.tokenizer import Tokenizer
from taonet.subnets.text_generation.validator import TextValidator

Cheat = Literal["quantised", "canned"]
FETCHED = 0.8
"""The share of the phase `loading` that the download takes in the table."""


@dataclass(frozen=True)
class MinerConfig:
    """
    A miner. `model` is a name of the catalogue or the path of a GGUF file.

    With `backend_url` the model runs there, behind an OpenAI-compatible API, as `backend_model`;
    its tokens are still those of `model`. `cheat` is for showing that it does not pay.
    """

    seat: Seat
    address: Address
    model: str = DEFAULT_MODEL
    backend_url: str | None = None
    backend_model: str = ""
    backend_key: str = ""
    cheat: Cheat | None = None
    threads: int = THREADS
    slots: int = SLOTS
    context: int = CONTEXT


@dataclass(frozen=True)
class ValidatorConfig:
    """A validator of one model, by the catalogue's name or the path of a GGUF file."""

    seat: Seat
    model: str = DEFAULT_MODEL
    pace: Pace = Pace()  # noqa: RUF009 frozen


async def run_miner(config: MinerConfig) -> None:
    """Mine until cancelled; raises what `serve` raises, `ModelUnavailable` or `ModelDamaged`."""
    hotkey = config.seat.wallet().hotkey.ss58_address
    with reported("miner", NAME, config.seat, hotkey) as status:
        status.figures(model=config.model, cheat=config.cheat)
        async with miner(config, status) as own:
            await serve(subnet, own, config.seat, config.address, status=status)


@asynccontextmanager
async def miner(config: MinerConfig, status: StatusFile | None = None) -> AsyncIterator[TextMiner]:
    """The miner with its model loaded, within the block."""
    path = await _fetched(config.model, status)
    file = await asyncio.to_thread(GgufFile.open, path)
    tokenizer = await asyncio.to_thread(Tokenizer.from_gguf, file)
    if config.cheat == "quantised":
        path = await asyncio.to_thread(requantised, path, cache_folder() / "models")
    async with _model(config, path, tokenizer) as model:
        yield TextMiner(model, tokenizer, served_name(config.model))


@asynccontextmanager
async def _model(
    config: MinerConfig, path: Path, tokenizer: Tokenizer
) -> AsyncIterator[LanguageModel]:
    if config.cheat == "canned":
        yield CannedModel(tokenizer, config.context)
    elif config.backend_url is not None:
        async with OpenAIServer.connected(
            config.backend_url,
            model=config.backend_model or served_name(config.model),
            key=config.backend_key,
            context=config.context,
        ) as remote:
            yield remote
    else:
        async with LlamaServer.running(
            path,
            tokenizer,
            context=config.context,
            slots=config.slots,
            threads=config.threads,
        ) as local:
            yield local


async def run_validator(config: ValidatorConfig) -> None:
    """Validate until cancelled; raises what `judge` raises and `model_path` does."""
    hotkey = config.seat.wallet().hotkey.ss58_address
    with reported("validator", NAME, config.seat, hotkey) as status:
        status.figures(model=config.model)
        own = await validator(config.model, status)
        await judge(subnet, own, config.seat, pace=config.pace, status=status)


async def validator(model: str, status: StatusFile | None = None) -> TextValidator:
    """The validator with its reference model loaded."""
    path = await _fetched(model, status)
    file = await asyncio.to_thread(GgufFile.open, path)
    tokenizer = await asyncio.to_thread(Tokenizer.from_gguf, file)
    reference = await asyncio.to_thread(Reference.load, file)
    return TextValidator(reference, tokenizer, served_name(model))


def served_name(model: str) -> str:
    """What queries call the model: a name of the catalogue, or a file's without its folder."""
    return model if model in CATALOGUE else model.rsplit("/", 1)[-1].removesuffix(".gguf")


async def _fetched(model: str, status: StatusFile | None) -> Path:
    """The model's file; cancelled, it ends the download too."""
    left = threading.Event()

    def tell(fraction: float) -> None:
        if left.is_set():
            raise ModelUnavailable("the process was told to stop")
        if status is not None:
            status.phase("loading", fraction=round(fraction * FETCHED, 3))

    tell(0.0)
    try:
        return await asyncio.to_thread(model_path, model, tell)
    finally:
        left.set()
