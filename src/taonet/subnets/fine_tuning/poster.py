"""
Posting a job: divide the dataset, seal the test, put everything where miners find it, and pay in.

The key of the hidden test is on disk before the job is on chain. Whoever posted the job has to open
the test once miners have committed, or the budget is lost.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from taonet.neuron.sdk_chain import SdkChain
from taonet.neuron.state_file import read_state, write_state
from taonet.subnets.fine_tuning.adapter import AdapterFiles, AdapterInvalid, adapter_of
from taonet.subnets.fine_tuning.base_model import STORED, BaseModel, BaseModelUnusable
from taonet.subnets.fine_tuning.dataset import parsed
from taonet.subnets.fine_tuning.hidden_test import KEY_BYTES, Parts, divided
from taonet.subnets.fine_tuning.judgement import METRICS, PREFERENCE, MetricUnfit
from taonet.subnets.fine_tuning.lora import Adapter
from taonet.subnets.fine_tuning.market import Job, Market, Terms, Windows, key_hash
from taonet.subnets.fine_tuning.shelf import adapter_files, put_dataset
from taonet.subnets.text_generation.catalogue import CATALOGUE
from taonet.subnets.training.blob_store import BlobStore

KEYS: Final = Path("~/.taonet/fine-tuning/keys")


class KeyMissing(ValueError):
    """The key of a job's hidden test is not on this machine."""


@dataclass(frozen=True)
class Order:
    """What is wanted: of which model, judged how, for how much and how long."""

    netuid: int
    base_model: str
    """A name of the catalogue, `gguf:<sha256>`, or the path of a GGUF file of one's own."""
    metric: str
    budget_rao: int
    windows: Windows
    rank_max: int = 32
    file_bytes_max: int = 64 << 20


@dataclass(frozen=True)
class Posted:
    """A job on chain, and how its dataset was divided."""

    number: int
    parts: Parts


async def post(
    market: Market, blobs: BlobStore, raw: bytes, order: Order, keys: Path = KEYS
) -> Posted:
    """
    Post a job over the dataset in `raw`.

    Raises `DatasetInvalid`, `MetricUnfit`, `BaseModelUnusable`, `BlobError`, or `ChainError` with
    the chain's own name for what is wrong; nothing is paid then.
    """
    examples = parsed(raw)
    if order.metric not in METRICS:
        raise MetricUnfit(f"there is no metric {order.metric!r}, but {', '.join(METRICS)}")
    if order.metric == PREFERENCE and examples[0].rejected is None:
        raise MetricUnfit(f"{PREFERENCE} wants examples with `chosen` and `rejected`")
    key = secrets.token_bytes(KEY_BYTES)
    parts = divided(examples, key)
    base_model = await _base_model(order.base_model, blobs)
    dataset, hidden_test = await put_dataset(blobs, parts, key)
    _keep(keys, hidden_test, key)
    terms = Terms(
        base_model=base_model,
        dataset=dataset,
        hidden_test=hidden_test,
        test_key=key_hash(key),
        metric=order.metric,
        rank_max=order.rank_max,
        file_bytes_max=order.file_bytes_max,
    )
    number = await market.post(order.netuid, terms, order.budget_rao, order.windows)
    return Posted(number, parts)


async def watch(
    chain: SdkChain, market: Market, number: int, keys: Path = KEYS
) -> AsyncIterator[tuple[int, Job]]:
    """
    The job at each block until it is settled; opens its test when that is due, and settles it.

    Raises `KeyMissing` when the test is to be opened and its key is not here.
    """
    job = await market.job(number)
    yield await market.block(), job
    async for block in chain.blocks():
        await _move_on(market, await market.job(number), block, keys)
        job = await market.job(number)
        yield block, job
        if job.settled:
            return


async def _move_on(market: Market, job: Job, block: int, keys: Path) -> None:
    """What the poster has to do at a block, if anything."""
    phase = job.phase(block)
    if phase in ("revealing", "judging") and job.key is None:
        await market.open_test(job.number, kept_key(keys, job), signer="coldkey")
    elif phase == "due":
        await market.settle(job.number, signer="coldkey")


async def winning(
    blobs: BlobStore, job: Job, base: BaseModel, place: int = 0
) -> tuple[AdapterFiles, Adapter]:
    """
    The adapter of the winner at `place`, 0 for the best, in files and as numbers.

    Raises `AdapterInvalid`, also where there is no such winner.
    """
    if not 0 <= place < len(job.winners):
        raise AdapterInvalid(f"job {job.number} has {len(job.winners)} winners")
    files = await adapter_files(blobs, job.winners[place].adapter, job.terms.file_bytes_max)
    return files, adapter_of(files, base.shape, rank_max=job.terms.rank_max)


def kept_key(keys: Path, job: Job) -> bytes:
    """The key of a job's hidden test; raises `KeyMissing`."""
    path = _key_file(keys, job.terms.hidden_test)
    state: Any = read_state(path)
    if state is None:
        raise KeyMissing(f"the key of job {job.number} is not at {path}; who posted it has it")
    return bytes.fromhex(state["key"])


def _keep(keys: Path, hidden_test: str, key: bytes) -> None:
    path = _key_file(keys, hidden_test)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    write_state(path, {"key": key.hex()})


def _key_file(keys: Path, hidden_test: str) -> Path:
    return keys.expanduser() / f"{hidden_test[:32]}.json"


async def _base_model(name: str, blobs: BlobStore) -> str:
    """The name by which strangers find the model; a file of one's own goes into the store."""
    if name in CATALOGUE or name.startswith(STORED):
        return name
    return STORED + await blobs.put(await asyncio.to_thread(_file, name))


def _file(name: str) -> bytes:
    path = Path(name).expanduser()
    if not path.is_file():
        known = ", ".join(CATALOGUE)
        raise BaseModelUnusable(f"{name} is neither a file nor a model of the catalogue ({known})")
    return path.read_bytes()
