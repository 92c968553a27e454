"""Miners and validators block by block, on a chain in this process."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from bittensor.sp_core import Keypair

from taonet.neuron.memory_chain import NETUID
from taonet.neuron.score_book import ScoreBook
from taonet.neuron.weight_setter import WeightSetter
from taonet.subnets.llama.shape import Shape
from taonet.subnets.training import corpus
from taonet.subnets.training.blob_store import FileStore
from taonet.subnets.training.checkpoint import beginning, caught_up, weights_hash
from taonet.subnets.training.corpus import Corpus
from taonet.subnets.training.follower import Follower
from taonet.subnets.training.miner import TrainingMiner
from taonet.subnets.training.phases import Phases
from taonet.subnets.training.run import Run
from taonet.subnets.training.validator import TrainingValidator
from taonet.subnets.training.vocabulary import Vocabulary
from tests.subnets.training.ledger import Board, MemoryLedger

WORDS = Vocabulary.frozen("english-1024")
TINY = Shape(1024, 32, layers=2, heads=2, heads_kv=1, feed_forward=48, context=64)
NAMES = ("leader", "second", "alice", "bob", "carol")
KEYS = {name: Keypair.create_from_uri(f"//{name}") for name in NAMES}
MINERS = ("alice", "bob", "carol")
PHASES = Phases(first=10, length=12, train=5, commit=7, reveal=9)
TEXTS = [f"And the {n} words of the book were spoken unto the people." for n in range(400)]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    folder = tmp_path_factory.mktemp("corpus")
    corpus.make(folder, TEXTS, WORDS, name="words")
    return Corpus.open(folder, 16)


class Network:
    """Five neurons of one run; `advance` makes blocks and lets each do what is due."""

    def __init__(self, folder: Path, pages: Corpus, stack: ExitStack) -> None:
        manifest = pages.manifest
        self.run = Run(
            "tiny",
            TINY,
            manifest.vocabulary,
            manifest.hash,
            1,
            PHASES,
            steps=3,
            rows=4,
            length=16,
            rate=5e-3,
            warm_up=0,
            full_every=3,
        )
        self.store = FileStore(folder / "blobs")
        self.board = Board([KEYS[name].ss58_address for name in NAMES], [9, 5, 0, 0, 0])
        self._folder, self._pages, self._stack = folder, pages, stack
        self.validators = {name: self.validator(name) for name in NAMES[:2]}
        self.miners = {name: self.miner(name) for name in MINERS}
        self.silent: set[str] = set()

    def follower(self, name: str) -> Follower:
        ledger = MemoryLedger(self.board, KEYS[name].ss58_address)
        return Follower(self.run, self.store, ledger, NETUID)

    def miner(self, name: str) -> TrainingMiner:
        path = self._folder / f"{name}.bin"
        return TrainingMiner(self.follower(name), self._pages, KEYS[name], path=path)

    def validator(self, name: str) -> TrainingValidator:
        follower = self.follower(name)
        book = self._stack.enter_context(ScoreBook.open(self._folder / f"{name}.sqlite"))
        setter = WeightSetter(follower.chain, None)
        path = self._folder / f"{name}.json"
        return TrainingValidator(follower, self._pages, book=book, setter=setter, path=path)

    async def advance(self, blocks: int) -> None:
        for _ in range(blocks):
            await self.board.subnet.mine()
            graph = await MemoryLedger(self.board, "").metagraph(NETUID)
            neurons: dict[str, Any] = {**self.miners, **self.validators}
            for name, neuron in neurons.items():
                if name not in self.silent:
                    await neuron.at(graph)

    async def until(self, window: int, within: int = 0) -> None:
        """To a block of a window."""
        await self.advance(PHASES.start(window) + within - self.board.subnet.block)

    def shares(self, name: str = "leader") -> dict[str, float]:
        by_hotkey = self.validators[name].judge.shares()
        return {who: by_hotkey.get(KEYS[who].ss58_address, 0.0) for who in MINERS}


@pytest.fixture
def network(tmp_path: Path, pages: Corpus) -> Iterator[Network]:
    with ExitStack() as stack:
        yield Network(tmp_path, pages, stack)


async def test_windows_follow_each_other_and_everybody_computes_the_same(network: Network) -> None:
    await network.until(4)
    await network.advance(1)
    leader, second = network.validators.values()
    head = leader._follower.newest
    assert head.record.window == 3
    assert len(head.record.contributions) == 3
    await network.advance(1)
    assert second._follower.newest.record == head.record
    assert {m._follower.newest.record.hash for m in network.miners.values()} == {head.record.hash}
    newcomer = await caught_up(network.run, network.store, head.record.hash)
    assert weights_hash(newcomer.weights) == head.record.weights
    assert head.record.loss is not None
    assert head.record.loss < 6.9
    assert sum(network.shares().values()) == pytest.approx(1.0)
    assert network.shares("second") == pytest.approx(network.shares(), abs=1e-6)


async def test_every_part_of_a_score_is_in_the_book(network: Network) -> None:
    await network.until(1)
    (reason,) = network.validators["leader"]._book.reasons(KEYS["alice"].ss58_address)
    assert {
        "gain",
        "own_gain",
        "sync",
        "overlap",
        "rating",
        "diligence",
        "clip",
        "averaged",
    } <= set(reason.score.parts)
    assert reason.score.parts["accepted"] == 1.0


async def test_nothing_is_shown_before_everybody_has_committed(network: Network) -> None:
    blobs = network._folder / "blobs"
    await network.until(0, PHASES.commit - 1)
    assert [each.draft.committed for each in network.miners.values() if each.draft] == [True] * 3
    assert not blobs.exists()
    await network.advance(1)
    assert len([path for path in blobs.rglob("*") if path.is_file()]) == 3


async def test_who_commits_and_shows_nothing_is_refused(network: Network) -> None:
    await network.until(0, PHASES.commit - 1)
    network.silent.add("bob")
    await network.until(1)
    (reason,) = network.validators["leader"]._book.reasons(KEYS["bob"].ss58_address)
    assert reason.score.note.startswith("BlobMissing")
    assert network.shares()["bob"] == 0.0
    record = network.validators["leader"]._follower.newest.record
    assert [each.uid for each in record.contributions] == [2, 4]


async def test_a_miner_killed_after_committing_shows_what_it_committed_to(network: Network) -> None:
    await network.until(0, 1)
    network.miners["alice"] = network.miner("alice")
    network.silent.add("carol")
    await network.until(0, PHASES.reveal)
    network.silent.clear()
    network.miners["carol"] = network.miner("carol")
    await network.until(1)
    record = network.validators["leader"]._follower.newest.record
    assert [each.uid for each in record.contributions] == [2, 3]
    own = [each for each in network.board.said if each.hotkey == KEYS["alice"].ss58_address]
    assert len([each for each in own if each.text.startswith("train1:0:")]) == 1


async def test_a_leader_that_was_away_fills_the_windows_in_between(network: Network) -> None:
    await network.until(1)
    before = network.validators["leader"]._follower.newest.record
    network.silent.add("leader")
    await network.until(3)
    network.silent.clear()
    network.validators["leader"] = network.validator("leader")
    assert sum(network.shares().values()) == pytest.approx(1.0)
    await network.advance(1)
    after = network.validators["leader"]._follower.newest.record
    assert (after.window, after.weights) == (2, before.weights)
    await network.until(4)
    assert network.validators["leader"]._follower.newest.record.window == 3
    assert len(network.validators["leader"]._follower.newest.record.contributions) == 3


async def test_strangers_cannot_write_records(network: Network) -> None:
    start = beginning(network.run).record.hash
    ledger = MemoryLedger(network.board, KEYS["bob"].ss58_address)
    await network.until(1)
    await ledger.commit(NETUID, f"model1:0:{start}")
    newest = network.validators["leader"]._follower.newest.record
    await network.advance(1)
    assert network.miners["alice"]._follower.newest.record == newest
    liar = MemoryLedger(network.board, KEYS["second"].ss58_address)
    await liar.commit(NETUID, f"model1:999:{start}")
    await network.advance(1)
    assert network.miners["alice"]._follower.newest.record == newest
