"""
A release: what a run has come to, for others to serve.

The subnet's owner puts checkpoint and GGUF file into the blob store and their hashes on chain, in
the pallet `ModelReleases`. Whoever serves the subnet's model asks the chain which release is
current and gets the file by its hash; the owner can go back to an earlier one.
"""

import asyncio
import tempfile
from pathlib import Path

from taonet.neuron.releases import MICRO, PALLET, Release
from taonet.neuron.sdk_chain import SdkChain
from taonet.subnets.llama import gguf_export, safetensors_file
from taonet.subnets.training.blob_store import GGUF_BYTES_MAX, BlobStore, as_file
from taonet.subnets.training.checkpoint import Checkpoint
from taonet.subnets.training.run import Run
from taonet.subnets.training.vocabulary import Vocabulary

LOSS_MAX = (1 << 32) - 1


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
            "architecture": f"0x{release.architecture.encode().hex()}",
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


async def fetched(release: Release, store: BlobStore, folder: Path) -> Path:
    """The release's GGUF file in `folder`, named by its hash; raises `BlobError`."""
    path = folder / f"{release.gguf}.gguf"
    await as_file(store, release.gguf, path, GGUF_BYTES_MAX)
    return path


def gguf_bytes(run: Run, checkpoint: Checkpoint, vocabulary: Vocabulary) -> bytes:
    """The checkpoint as a GGUF file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.gguf"
        gguf_export.write(path, checkpoint.weights, run.shape, vocabulary.words, name=run.name)
        return path.read_bytes()
