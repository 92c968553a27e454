"""
A validator of the market: measures every adapter on the hidden test and says what it found.

A poster that hides something else than what it promised could have the adapters for nothing. So the
opened test is checked against the key by which the dataset was divided, and where it is not what
fell into the test, the public validation part decides in its place.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from taonet.neuron.errors import ChainError
from taonet.neuron.state_file import write_state
from taonet.subnets.fine_tuning.adapter import AdapterInvalid, adapter_of
from taonet.subnets.fine_tuning.base_model import BaseModel, BaseModelUnusable, loaded
from taonet.subnets.fine_tuning.dataset import DatasetInvalid, Example
from taonet.subnets.fine_tuning.hidden_test import TestUnreadable, is_test, opened
from taonet.subnets.fine_tuning.judgement import Gain, Judge, MetricUnfit, originals
from taonet.subnets.fine_tuning.lora import Adapter
from taonet.subnets.fine_tuning.market import Job, Market, Submission
from taonet.subnets.fine_tuning.shelf import Lesson, adapter_files, lesson, sealed_test
from taonet.subnets.fine_tuning.tokens import NothingFits
from taonet.subnets.training.blob_store import BlobError, BlobStore

log = structlog.get_logger("taonet.fine_tuning")


@dataclass(frozen=True)
class Finding:
    """What was found of one miner's adapter, and why it counts or not."""

    hotkey: str
    counted: float
    reason: str
    gain: Gain | None = None


class FineTuningValidator:
    """One hotkey's judgement on the jobs of one subnet; `folder` keeps what it was made of."""

    def __init__(self, market: Market, netuid: int, blobs: BlobStore, folder: Path) -> None:
        self._market = market
        self._netuid = netuid
        self._blobs = blobs
        self._folder = folder

    async def step(self, block: int) -> None:
        """Whatever is due at a block. One job's errors are logged and don't keep others waiting."""
        for job in await self._market.jobs(self._netuid):
            try:
                await self._advance(job, block)
            except (ChainError, BlobError, BaseModelUnusable) as error:
                log.warning("job_delayed", job=job.number, reason=str(error))

    async def _advance(self, job: Job, block: int) -> None:
        phase = job.phase(block)
        if phase == "judging" and job.key is not None:
            if not await self._market.has_judged(job.number):
                await self._judge(job)
        elif phase == "due" and await self._market.settle(job.number):
            log.info("job_settled", job=job.number)

    async def _judge(self, job: Job) -> None:
        submissions = [s for s in await self._market.submissions(job.number) if s.adapter]
        findings: Sequence[Finding] = ()
        if submissions:
            base = await loaded(job.terms.base_model, self._blobs)
            adapters, refused = await self._adapters(job, submissions, base)
            try:
                test, kind = await self._test(job)
                gains = await asyncio.to_thread(_gains, base, job, test, adapters)
            except (MetricUnfit, NothingFits, DatasetInvalid) as error:
                log.warning("test_unfit", job=job.number, reason=str(error))
                kind, gains = "none", {}
            findings = [*refused, *_findings(adapters, gains, submissions)]
            report = {"job": job.number, "test": kind, "findings": [asdict(f) for f in findings]}
            write_state(self._folder / f"job-{job.number}.json", report)
        counted = {f.hotkey: f.counted for f in findings}
        await self._market.judge(job.number, counted)
        log.info("job_judged", job=job.number, gains=counted)

    async def _adapters(
        self, job: Job, submissions: Sequence[Submission], base: BaseModel
    ) -> tuple[dict[str, Adapter], list[Finding]]:
        """The adapters that are such, by hotkey, and what is said of the others."""
        adapters: dict[str, Adapter] = {}
        refused: list[Finding] = []
        terms = job.terms
        for submission in submissions:
            assert submission.adapter is not None, "only what was shown is judged"
            try:
                files = await adapter_files(self._blobs, submission.adapter, terms.file_bytes_max)
                adapter = adapter_of(files, base.shape, rank_max=terms.rank_max)
            except AdapterInvalid as error:
                refused.append(Finding(submission.hotkey, 0.0, str(error)))
            else:
                adapters[submission.hotkey] = adapter
        return adapters, refused

    async def _test(self, job: Job) -> tuple[Sequence[Example], str]:
        """What to judge by, and which part of the dataset it is."""
        assert job.key is not None, "the test is open"
        shown = await lesson(self._blobs, job.terms.dataset)
        try:
            test = opened(await sealed_test(self._blobs, job.terms.hidden_test), job.key)
        except TestUnreadable as error:
            return self._public(job, shown, str(error))
        known = {example.encoded() for example in (*shown.train, *shown.validation)}
        if not all(is_test(example, job.key) for example in test):
            return self._public(job, shown, "it holds what the key did not choose for it")
        if any(example.encoded() in known for example in test):
            return self._public(job, shown, "it holds what miners were shown")
        return test, "hidden test"

    def _public(self, job: Job, shown: Lesson, reason: str) -> tuple[Sequence[Example], str]:
        log.warning("hidden_test_refused", job=job.number, reason=reason)
        return shown.validation, "validation"


def _gains(
    base: BaseModel, job: Job, test: Sequence[Example], adapters: Mapping[str, Adapter]
) -> dict[str, Gain]:
    judge = Judge(base.weights, base.shape, base.tokenizer, test, job.terms.metric)
    return {hotkey: judge.gain(adapter, job.number) for hotkey, adapter in adapters.items()}


def _findings(
    adapters: Mapping[str, Adapter],
    gains: Mapping[str, Gain],
    submissions: Sequence[Submission],
) -> list[Finding]:
    """What is said of each adapter; of copies, the one that was committed to first counts."""
    order = [s.hotkey for s in submissions if s.hotkey in gains]
    first = originals(adapters, order)
    findings = []
    for hotkey in order:
        gain = gains[hotkey]
        if hotkey not in first:
            findings.append(Finding(hotkey, 0.0, "a copy of an earlier adapter", gain))
        elif not gain.counted:
            findings.append(Finding(hotkey, 0.0, "no better than the base, or by chance", gain))
        else:
            findings.append(Finding(hotkey, gain.counted, "better than the base", gain))
    return findings
