"""Text generation's miner and validator as processes; the command line calls these two."""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from taonet.neuron.process import Address, Seat, judge, reported, serve
from taonet.neuron.releases import Release, follow
from taonet.neuron.sdk_chain import SdkChain
from taonet.neuron.status import StatusFile
from taonet.neuron.validator_loop import Pace
from taonet.subnets.llama.gguf_file import GgufFile, ModelUnreadable
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
from taonet.subnets.text_generation.released import ReleaseMiner
from taonet.subnets.text_generation.requantise import requantised
from taonet.subnets.text_generation.tokenizer import Chat, Tokenizer
from taonet.subnets.text_generation.validator import TextValidator
from taonet.subnets.training.blob_store import GGUF_BYTES_MAX, as_file, store_at

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
    releases: int | None = None
    """The subnet whose current release is served too."""
    store: str = ""
    """Where releases lie: a folder, or an s3:// place."""


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
            if config.releases is None:
                await serve(subnet, own, config.seat, config.address, status=status)
                return
            both = ReleaseMiner(own, lambda release: released(config, release), status)
            async with SdkChain(config.seat.chain_url, config.seat.wallet()) as chain:
                await _either_ends(
                    both.follow(follow(chain, config.releases)),
                    serve(subnet, both, config.seat, config.address, status=status),
                )


async def _either_ends(*works: Coroutine[Any, Any, None]) -> None:
    """Run all until the first has ended, whose error is raised; cancel the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def released(config: MinerConfig, release: Release) -> AsyncIterator[TextMiner]:
    """The miner of a release, loaded within the block; raises what `released.UNSERVED` lists."""
    folder = config.seat.state("releases") or cache_folder() / "releases"
    path = folder / f"{release.gguf}.gguf"
    await as_file(store_at(config.store), release.gguf, path, GGUF_BYTES_MAX)
    try:
        file = await asyncio.to_thread(GgufFile.open, path)
        tokenizer = await asyncio.to_thread(Tokenizer.from_gguf, file, Chat(system=""))
        context = min(config.context, int(file.facts["llama.context_length"]))
    except (KeyError, TypeError, IndexError) as error:
        raise ModelUnreadable(f"{path} lacks what a model's file has: {error!r}") from error
    async with LlamaServer.running(
        path, tokenizer, context=context, slots=config.slots, threads=config.threads
    ) as model:
        yield TextMiner(model, tokenizer, release.name)
    # A release that is no more served is fetched again when it is chosen again.
    path.unlink(missing_ok=True)


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
