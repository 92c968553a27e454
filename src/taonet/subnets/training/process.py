"""Training's miner and validator as processes; the command line calls these two."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from taonet.neuron.errors import ChainError, NeuronError
from taonet.neuron.process import Seat, reported
from taonet.neuron.releases import Release, newest
from taonet.neuron.score_book import ScoreBook
from taonet.neuron.sdk_chain import SdkChain
from taonet.neuron.weight_setter import WeightSetter
from taonet.primitives.units import NetUid
from taonet.subnets.training.blob_store import BlobError, store_at
from taonet.subnets.training.checkpoint import HistoryInvalid
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.follower import Follower
from taonet.subnets.training.judgement import model_losses
from taonet.subnets.training.miner import TrainingMiner
from taonet.subnets.training.payload import PayloadInvalid
from taonet.subnets.training.recipes import RECIPES, prepared
from taonet.subnets.training.release import made, publish
from taonet.subnets.training.run import Run
from taonet.subnets.training.validator import TrainingValidator
from taonet.subnets.training.vocabulary import Vocabulary, frozen_with
from taonet.subnets.training.worker import require

NAME = "training"
PAGES_MEASURED = 256
"""Held-out pages whose loss a release states."""

log = structlog.get_logger("taonet.training")


class TrainingMisconfigured(NeuronError):
    """Run, corpus and vocabulary that do not belong together; the text says which do not."""


@dataclass(frozen=True)
class TrainingConfig:
    """
    A miner or validator of the run in the file `run`.

    `store` is a folder or s3:// place that everybody in the run shares, `corpus` a recipe's name or
    a corpus' folder.
    """

    seat: Seat
    run: Path
    store: str
    corpus: str = "king-james"


async def run_training_miner(config: TrainingConfig) -> None:
    """Mine until cancelled; raises `NeuronError`, `ValueError` or `OSError` for a bad config."""
    wallet = config.seat.wallet()
    with reported("miner", NAME, config.seat, wallet.hotkey.ss58_address) as status:
        status.phase("loading")
        run, corpus = await asyncio.to_thread(loaded, config)
        async with _follower(config, run) as follower:
            path = config.seat.state("payload.bin")
            own = TrainingMiner(follower, corpus, wallet.hotkey, path=path, status=status)
            await own.run()


async def run_training_validator(config: TrainingConfig) -> None:
    """Validate until cancelled; raises `NeuronError`, `ValueError` or `OSError`."""
    wallet = config.seat.wallet()
    with reported("validator", NAME, config.seat, wallet.hotkey.ss58_address) as status:
        status.phase("loading")
        run, corpus = await asyncio.to_thread(loaded, config)
        async with _follower(config, run) as follower:
            with ScoreBook.open(config.seat.state("scores.sqlite")) as book:
                own = TrainingValidator(
                    follower,
                    corpus,
                    book=book,
                    setter=WeightSetter(follower.chain, config.seat.state("outbox.json")),
                    path=config.seat.state("judge.json"),
                    status=status,
                )
                await own.run()


async def release(config: TrainingConfig) -> Release:
    """
    Release the newest checkpoint on chain, as the subnet's owner.

    Raises `NeuronError`, `BlobError`, `HistoryInvalid`, `ValueError` or `OSError`.
    """
    run, corpus = await asyncio.to_thread(loaded, config)
    async with _follower(config, run) as follower, _chain(config) as chain:
        await follower.follow(await chain.metagraph(follower.netuid))
        if not follower.checkpoints or follower.newest.window == 0:
            raise TrainingMisconfigured(f"the run {run.name} has come to nothing yet")
        return await _released(follower, corpus, chain)


async def keep_releasing(config: TrainingConfig, every: int) -> None:
    """
    Release the newest checkpoint whenever it is `every` windows past the last release, until
    cancelled. Which release is served meanwhile, as after a roll back, makes no difference.

    Raises `NeuronError`, `ValueError` or `OSError` for a bad config.
    """
    run, corpus = await asyncio.to_thread(loaded, config)
    async with _follower(config, run) as follower, _chain(config) as chain:
        async for metagraph in follower.metagraphs():
            try:
                await follower.follow(metagraph)
                last = await newest(chain, config.seat.netuid)
                window = 0 if last is None else last.window
                if follower.checkpoints and follower.newest.window >= window + every:
                    done = await _released(follower, corpus, chain)
                    log.info("model_released", number=done.number, model=done.name, loss=done.loss)
            except (ChainError, BlobError, HistoryInvalid, PayloadInvalid) as error:
                log.warning("release_interrupted", reason=f"{type(error).__name__}: {error}")


async def _released(follower: Follower, corpus: Corpus, chain: SdkChain) -> Release:
    run, netuid = follower.run, int(follower.netuid)
    pages = corpus.held_out(PAGES_MEASURED)
    loss = await asyncio.to_thread(model_losses(run), follower.newest.weights, pages)
    made_now = await made(run, follower.newest, vocabulary_of(run), follower.store, loss)
    return replace(made_now, number=await publish(chain, netuid, made_now))


def loaded(config: TrainingConfig) -> tuple[Run, Corpus]:
    """The run and its corpus, which is made when it is a recipe's; blocks for seconds."""
    run = Run.read(config.run)
    folder = Path(config.corpus).expanduser()
    if config.corpus in RECIPES:
        vocabulary = vocabulary_of(run)
        folder = prepared(config.corpus, vocabulary)
    corpus = Corpus.open(folder, run.length)
    require(run, corpus)
    return run, corpus


def vocabulary_of(run: Run) -> Vocabulary:
    """The run's vocabulary, which has to be one that comes along."""
    found = frozen_with(run.vocabulary)
    if found is None:
        raise TrainingMisconfigured(
            f"the run {run.name} has a vocabulary of its own: name its corpus' folder"
        )
    return found


@asynccontextmanager
async def _follower(config: TrainingConfig, run: Run) -> AsyncIterator[Follower]:
    async with _chain(config) as chain:
        yield Follower(run, store_at(config.store), chain, NetUid(config.seat.netuid))


def _chain(config: TrainingConfig) -> SdkChain:
    return SdkChain(config.seat.chain_url, config.seat.wallet())
