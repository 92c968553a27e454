"""
A miner of the market: learns an adapter for every job that it can do, commits to it, and shows it
in time.

What it has made is on disk before its hash goes on chain, so that a miner that is killed at any
moment goes on with the same adapter.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import structlog

from taonet.neuron.errors import ChainError
from taonet.neuron.state_file import StateUnreadable, read_state, write_state
from taonet.subnets.fine_tuning.adapter import CONFIG_FILE, WEIGHTS_FILE, AdapterFiles, files_of
from taonet.subnets.fine_tuning.base_model import BaseModel, BaseModelUnusable, loaded
from taonet.subnets.fine_tuning.dataset import DatasetInvalid
from taonet.subnets.fine_tuning.judgement import Gain, Judge, MetricUnfit
from taonet.subnets.fine_tuning.lora import Adapter, Recipe, learnt
from taonet.subnets.fine_tuning.market import Job, Market
from taonet.subnets.fine_tuning.shelf import (
    Lesson,
    adapter_manifest,
    lesson,
    put_adapter,
)
from taonet.subnets.fine_tuning.tokens import NothingFits, sequences_of
from taonet.subnets.training.blob_store import BlobError, BlobStore, digest_of

RECIPES: Final = (
    Recipe(),
    Recipe(rank=16, alpha=32.0, targets=("attn_q", "attn_v", "ffn_down"), rate=1e-3),
)
"""What is tried, as far as a job's limits allow; the best on the validation part is handed in."""
MARGIN_BLOCKS: Final = 3
"""A job that ends sooner is not begun: its commitment would come too late."""

Unfit = BaseModelUnusable, DatasetInvalid, MetricUnfit, NothingFits
"""Why a job can't be done, now or later."""
Told = Callable[[str, int, int, float], None]
"""Job, steps done, all steps, loss."""

log = structlog.get_logger("taonet.fine_tuning")


@dataclass(frozen=True)
class Work:
    """What was made for a job: the hash of its manifest, the salt, what it gained."""

    adapter: str
    salt: bytes
    gain: float


class FineTuningMiner:
    """One hotkey's work on the jobs of one subnet; `folder` keeps it."""

    def __init__(
        self,
        market: Market,
        netuid: int,
        blobs: BlobStore,
        folder: Path,
        *,
        recipes: Sequence[Recipe] = RECIPES,
    ) -> None:
        self._market = market
        self._netuid = netuid
        self._blobs = blobs
        self._folder = folder
        self._recipes = recipes
        self._refused: set[int] = set()
        """Jobs that can't be done; forgotten with the process, so that a repair is noticed."""

    async def step(self, block: int) -> None:
        """Whatever is due at a block. One job's errors are logged and don't keep others waiting."""
        for job in await self._market.jobs(self._netuid):
            if job.settled or job.number in self._refused:
                continue
            try:
                await self._advance(job, block)
            except Unfit as error:
                self._refused.add(job.number)
                log.warning("job_unfit", job=job.number, reason=str(error))
            except (ChainError, BlobError, StateUnreadable) as error:
                log.warning("job_delayed", job=job.number, reason=str(error))

    async def _advance(self, job: Job, block: int) -> None:
        phase = job.phase(block)
        submitted = {s.hotkey: s for s in await self._market.submissions(job.number)}
        own = submitted.get(self._market.hotkey)
        if phase == "training" and own is None and block + MARGIN_BLOCKS < job.commit_until:
            work = self._work(job) or await self._made(job)
            if work.gain <= 0:
                self._refused.add(job.number)
                log.info("job_not_won", job=job.number)
                return
            await self._market.commit(job.number, work.adapter, work.salt)
            log.info("adapter_committed", job=job.number, gain=round(work.gain, 4))
        elif phase == "revealing" and own is not None and own.adapter is None:
            kept = self._work(job)
            if kept is None:
                log.error("adapter_lost", job=job.number, folder=str(self._place(job)))
                self._refused.add(job.number)
                return
            await put_adapter(self._blobs, self._files(job))
            await self._market.reveal(job.number, kept.adapter, kept.salt)
            log.info("adapter_revealed", job=job.number)

    async def _made(self, job: Job) -> Work:
        """Learn the job's adapter and keep it; raises one of `Unfit` or `BlobError`."""
        base = await loaded(job.terms.base_model, self._blobs)
        shown = await lesson(self._blobs, job.terms.dataset)
        adapter, gain = await asyncio.to_thread(best, base, shown, job, self._recipes)
        files = files_of(adapter, base.shape, base.name)
        files.write(self._place(job))
        work = Work(digest_of(adapter_manifest(files)), secrets.token_bytes(32), gain.counted)
        state = {"adapter": work.adapter, "salt": work.salt.hex(), "gain": work.gain}
        write_state(self._place(job) / "work.json", state)
        return work

    def _work(self, job: Job) -> Work | None:
        """What was made for the job before; raises `StateUnreadable`."""
        state: Any = read_state(self._place(job) / "work.json")
        if state is None:
            return None
        return Work(state["adapter"], bytes.fromhex(state["salt"]), float(state["gain"]))

    def _files(self, job: Job) -> AdapterFiles:
        place = self._place(job)
        return AdapterFiles((place / CONFIG_FILE).read_bytes(), (place / WEIGHTS_FILE).read_bytes())

    def _place(self, job: Job) -> Path:
        # Jobs are numbered anew on another chain; a dataset's hash tells them apart.
        return self._folder / f"job-{job.number}-{job.terms.dataset[:16]}"


def best(
    base: BaseModel,
    shown: Lesson,
    job: Job,
    recipes: Sequence[Recipe],
    progress: Told = lambda *_: None,
) -> tuple[Adapter, Gain]:
    """
    The adapter of the recipe that does best on the validation part, and its gain there.

    Takes minutes for the default model; raises `MetricUnfit` or `NothingFits`.
    """
    context = base.shape.context
    judge = Judge(base.weights, base.shape, base.tokenizer, shown.validation, job.terms.metric)
    sequences = sequences_of(base.tokenizer, shown.train, context)
    found: list[tuple[Adapter, Gain]] = []
    for recipe in recipes:
        allowed = replace(recipe, rank=min(recipe.rank, job.terms.rank_max))
        adapter = learnt(
            base.weights,
            base.shape,
            sequences,
            allowed,
            lambda done, whole, loss: progress(f"job {job.number}", done, whole, loss),
        )
        files = files_of(adapter, base.shape, base.name)
        if len(files.weights) <= job.terms.file_bytes_max:
            found.append((adapter, judge.gain(adapter, seed=job.number)))
    if not found:
        raise NothingFits(f"no adapter of ours has at most {job.terms.file_bytes_max} bytes")
    return max(found, key=lambda made: (made[1].counted, made[1].mean))
