"""A text miner serves what was released, and goes on serving when a release is no good."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from taonet.neuron.process import Address, Seat
from taonet.neuron.releases import Release
from taonet.neuron.status import Status, StatusFile
from taonet.subnets.llama import gguf_export
from taonet.subnets.llama.shape import preset
from taonet.subnets.text_generation.messages import Generated, Generation, Turn
from taonet.subnets.text_generation.miner import CannedModel, ModelNotServed, TextMiner
from taonet.subnets.text_generation.process import MinerConfig
from taonet.subnets.text_generation.process import released as loaded
from taonet.subnets.text_generation.released import ReleaseMiner
from taonet.subnets.training.blob_store import FileStore
from taonet.subnets.training.vocabulary import Vocabulary

VOCABULARY = Vocabulary.frozen("english-1024")


class Owner:
    """Chooses what is served; `miner` follows it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = FileStore(folder / "blobs")
        self.status = StatusFile(None, Status("miner", "text-generation", 1, ""))
        self._chosen: asyncio.Queue[Release | None] = asyncio.Queue()
        tokenizer = VOCABULARY.tokenizer
        seat = Seat(state_folder=folder / "state")
        config = MinerConfig(seat, Address(), store=str(folder / "blobs"), slots=1)
        own = TextMiner(CannedModel(tokenizer), tokenizer, "small")
        self.miner = ReleaseMiner(own, lambda each: loaded(config, each), self.status)

    async def made(self, window: int) -> Release:
        """A release of random weights."""
        path, shape = self.folder / "model.gguf", preset("nano")
        gguf_export.write(path, shape.initial(window), shape, VOCABULARY.words, name="a-run")
        digest = await self.store.put(path.read_bytes())
        return Release(window, window, "", "", digest, 6.9)

    def choose(self, release: Release | None) -> None:
        self._chosen.put_nowait(release)

    async def choices(self) -> AsyncIterator[Release | None]:
        while True:
            yield await self._chosen.get()
            self._chosen.task_done()

    async def taken(self, release: Release | None) -> None:
        """Return when the miner has done what it does about a choice."""
        self.choose(release)
        await self._chosen.join()


async def said(owner: Owner, model: str) -> str:
    query = Generation(model, (Turn("user", "And the LORD said"),), max_tokens=6, seed=1)
    async with aclosing(owner.miner.answer(query)) as pieces:
        return "".join([piece.text async for piece in pieces])


@pytest.fixture
async def owner(tmp_path: Path) -> AsyncIterator[Owner]:
    it = Owner(tmp_path)
    task = asyncio.create_task(it.miner.follow(it.choices()))
    yield it
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert it.miner.served is None


async def test_a_release_is_served_beside_the_miners_own_model(owner: Owner) -> None:
    own = await said(owner, "small")
    with pytest.raises(ModelNotServed):
        await said(owner, "llama:1")
    first, second = await owner.made(1), await owner.made(2)
    await owner.taken(first)
    assert owner.status.status.figures["release"] == "llama:1"
    answer = await said(owner, "llama:1")
    assert answer
    assert await said(owner, "small") == own

    await owner.taken(second)
    assert await said(owner, "llama:2") != answer
    with pytest.raises(ModelNotServed):
        await said(owner, "llama:1")
    assert [file.stem for file in (owner.folder / "state" / "releases").iterdir()] == [second.gguf]

    await owner.taken(first)
    assert await said(owner, "llama:1") == answer
    await owner.taken(None)
    with pytest.raises(ModelNotServed):
        await said(owner, "llama:1")


async def test_a_bad_release_leaves_the_old_one_serving(owner: Owner) -> None:
    good, missing = await owner.made(1), Release(2, 2, "", "", "ab" * 32, 6.9)
    nonsense = replace(missing, window=3, gguf=await owner.store.put(b"GGUF nonsense"))
    headless = replace(missing, window=4, gguf=await owner.store.put(b"GGUF\x03" + bytes(19)))
    await owner.taken(good)
    for bad, reason in (
        (missing, "BlobMissing"),
        (nonsense, "ModelUnreadable"),
        (headless, "ModelUnreadable"),
    ):
        await owner.taken(bad)
        assert owner.status.status.figures["release_refusal"].startswith(f"{bad.name}: {reason}")
        assert owner.miner.served == good
        assert await said(owner, "llama:1")


async def test_a_failed_release_is_tried_again_after_a_while(owner: Owner) -> None:
    late = await owner.made(1)
    blob = next(path for path in (owner.folder / "blobs").rglob(late.gguf))
    hidden = blob.rename(owner.folder / "hidden")
    await owner.taken(late)
    hidden.rename(blob)
    await owner.taken(late)
    assert owner.miner.served is None
    owner.miner._retry = (late, 0.0)
    await owner.taken(late)
    assert owner.miner.served == late


async def test_an_answer_under_way_ends_before_its_model_is_dropped(owner: Owner) -> None:
    first, second = await owner.made(1), await owner.made(2)
    await owner.taken(first)
    query = Generation("llama:1", (), "In the beginning", max_tokens=64, seed=1)
    pieces = [piece async for piece in _with_choice(owner, query, second)]
    assert pieces[-1].finish_reason in ("stop", "length")
    await owner.taken(second)
    assert owner.miner.served == second


async def _with_choice(owner: Owner, query: Generation, then: Release) -> AsyncIterator[Generated]:
    async with aclosing(owner.miner.answer(query)) as pieces:
        yield await anext(pieces)
        owner.choose(then)
        while True:
            if owner.miner.served == then:
                break
            await asyncio.sleep(0)
        async for piece in pieces:
            yield piece
