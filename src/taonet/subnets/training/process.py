"""Training's miner and validator as processes; the command line calls these two."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from taonet.neuron.errors import NeuronError
from taonet.neuron.process import Seat, reported
from taonet.neuron.releases import Release
from taonet.neuron.score_book import ScoreBook
from taonet.neuron.sdk_chain import SdkChain
from taonet.neuron.weight_setter import WeightSetter
from taonet.primitives.units import NetUid
from taonet.subnets.training.blob_store import store_at
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.follower import Follower
from taonet.subnets.training.judgement import model_losses
from taonet.subnets.training.miner import TrainingMiner
from taonet.subnets.training.recipes import RECIPES, prepared
from taonet.subnets.training.release import made, publish
from taonet.subnets.training.run import Run
from taonet.subnets.training.validator import TrainingValidator
from taonet.subnets.training.vocabulary import Vocabulary, frozen_with
from taonet.subnets.training.worker import require

NAME = "training"
PAGES_MEASURED = 256
"""Held-out pages whose loss a release states."""


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
    vocabulary = vocabulary_of(run)
    async with _chain(config) as chain:
        follower = Follower(run, store_at(config.store), chain, NetUid(config.seat.netuid))
        await follower.follow(await chain.metagraph(follower.netuid))
        if not follower.checkpoints or follower.newest.window == 0:
            raise TrainingMisconfigured(f"the run {run.name} has come to nothing yet")
        pages = corpus.held_out(PAGES_MEASURED)
        loss = await asyncio.to_thread(model_losses(run), follower.newest.weights, pages)
        made_now = await made(run, follower.newest, vocabulary, follower.store, loss)
        number = await publish(chain, config.seat.netuid, made_now)
    return replace(made_now, number=number)


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
