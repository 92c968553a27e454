"""
A release: what a run has come to, for others to serve.

The subnet's owner puts checkpoint and GGUF file into the blob store and their hashes on chain, in
the pallet `ModelReleases`. Whoever serves the subnet's model asks the chain which release is
current and gets the file by its hash; the owner can go back to an earlier one.
"""

import asyncio
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taonet.neuron.errors import ChainRefused
from taonet.neuron.sdk_chain import SdkChain
from taonet.subnets.llama import gguf_export, safetensors_file
from taonet.subnets.training.blob_store import BlobStore
from taonet.subnets.training.checkpoint import Checkpoint
from taonet.subnets.training.run import Run
from taonet.subnets.training.vocabulary import Vocabulary

PALLET = "ModelReleases"
ARCHITECTURE = "llama"
MICRO = 1_000_000
LOSS_MAX = (1 << 32) - 1
GGUF_BYTES_MAX = 64 << 30


@dataclass(frozen=True)
class Release:
    """
    A model that can be served; hashes are sha256 in hexadecimal digits.

    `loss` is of held-out pages, in nats a token; `number` its place among the subnet's releases.
    """

    number: int
    window: int
    tokenizer: str
    checkpoint: str
    gguf: str
    loss: float


async def made(
    run: Run, checkpoint: Checkpoint, vocabulary: Vocabulary, store: BlobStore, loss: float
) -> Release:
    """The release of a checkpoint, its files in the store; not on chain yet. Raises `BlobError`."""
    raw = await asyncio.to_thread(gguf_bytes, run, checkpoint, vocabulary)
    weights = await store.put(safetensors_file.encoded(checkpoint.weights))
    assert weights == checkpoint.record.weights, "a checkpoint is named by its weights' hash"
    return Release(
        number=-1,
        window=checkpoint.window,
        tokenizer=vocabulary.hash,
        checkpoint=weights,
        gguf=await store.put(raw),
        loss=loss,
    )


async def publish(chain: SdkChain, netuid: int, release: Release) -> int:
    """Put it on chain, signed by the owner's coldkey; its number. Raises `ChainError`."""
    events = await chain.submit(
        PALLET,
        "publish",
        {
            "netuid": netuid,
            "window": release.window,
            "architecture": f"0x{ARCHITECTURE.encode().hex()}",
            "tokenizer": f"0x{release.tokenizer}",
            "checkpoint": f"0x{release.checkpoint}",
            "gguf": f"0x{release.gguf}",
            "loss": min(round(release.loss * MICRO), LOSS_MAX),
        },
        signer="coldkey",
    )
    (published,) = [event for event in events if event["event_id"] == "Published"]
    return int(published["attributes"]["number"])


async def choose(chain: SdkChain, netuid: int, number: int) -> None:
    """Have another release served, signed by the owner's coldkey; raises `ChainError`."""
    arguments = {"netuid": netuid, "number": number}
    await chain.submit(PALLET, "choose", arguments, signer="coldkey")


async def current(chain: SdkChain, netuid: int) -> Release:
    """What is to be served; raises `ChainRefused("NothingReleased")` or another `ChainError`."""
    number = await chain.read(PALLET, "Current", [netuid])
    if number is None:
        raise ChainRefused("NothingReleased", f"subnet {netuid} has released no model")
    value = await chain.read(PALLET, "Releases", [netuid, int(number)])
    if value is None:
        raise ChainRefused("NothingReleased", f"subnet {netuid} has no release {number} any more")
    return _release(int(number), value)


async def fetched(release: Release, store: BlobStore, folder: Path) -> Path:
    """The release's GGUF file in `folder`, named by its hash; raises `BlobError`."""
    path = folder / f"{release.gguf}.gguf"
    if not path.exists():
        raw = await store.get(release.gguf, GGUF_BYTES_MAX)
        await asyncio.to_thread(_write, path, raw)
    return path


def gguf_bytes(run: Run, checkpoint: Checkpoint, vocabulary: Vocabulary) -> bytes:
    """The checkpoint as a GGUF file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.gguf"
        gguf_export.write(path, checkpoint.weights, run.shape, vocabulary.words, name=run.name)
        return path.read_bytes()


def _release(number: int, value: Mapping[str, Any]) -> Release:
    tokenizer, checkpoint, gguf = (
        _digits(value[name]) for name in ("tokenizer", "checkpoint", "gguf")
    )
    loss = int(value["loss"]) / MICRO
    return Release(number, int(value["window"]), tokenizer, checkpoint, gguf, loss)


def _digits(value: str | bytes) -> str:
    return value.hex() if isinstance(value, bytes) else value.removeprefix("0x")


def _write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(raw)
    temporary.replace(path)
