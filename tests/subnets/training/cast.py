"""A small run, and people who take part in it."""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
from bittensor.sp_core import Keypair

from taonet.subnets.llama.shape import Shape
from taonet.subnets.training.blob_store import BlobMissing, digest_of, whole
from taonet.subnets.training.checkpoint import Checkpoint
from taonet.subnets.training.compression import ErrorFeedback, Update
from taonet.subnets.training.payload import Header, encoded, encoded_body, pages_hash
from taonet.subnets.training.phases import Phases
from taonet.subnets.training.run import Run

SMALL = Shape(300, 16, layers=2, heads=2, heads_kv=1, feed_forward=24, context=64)
ALICE, BOB, CAROL = (Keypair.create_from_uri(name) for name in ("//Alice", "//Bob", "//Carol"))
HASH = "a" * 64


def run(**changes: Any) -> Run:
    """A run of a tiny model."""
    plain = Run("tiny", SMALL, HASH, HASH, 1, Phases(10, 20, 8, 12, 15), steps=2, rows=2, length=8)
    return replace(plain, **changes)


class MemoryStore:
    """A blob store that is a dictionary; `reads` are the hashes that were asked for."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.reads: list[str] = []

    async def put(self, raw: bytes) -> str:
        digest = digest_of(raw)
        self.blobs[digest] = raw
        return digest

    async def get(self, digest: str, bytes_max: int) -> bytes:
        self.reads.append(digest)
        if digest not in self.blobs:
            raise BlobMissing(digest)
        return whole(self.blobs[digest], digest, bytes_max)


def nudged(checkpoint: Checkpoint, seed: int, size: float = 0.01) -> dict[str, Any]:
    """Weights beside the checkpoint's."""
    random = np.random.default_rng(seed)
    return {
        name: (array + size * random.normal(size=array.shape)).astype(np.float32)
        for name, array in checkpoint.weights.items()
    }


def an_update(checkpoint: Checkpoint, seed: int, size: float = 0.01) -> Update:
    """An update from the checkpoint to somewhere beside it."""
    return ErrorFeedback(SMALL).compress(checkpoint.weights, nudged(checkpoint, seed, size))


def a_payload(own: Run, checkpoint: Checkpoint, uid: int, seed: int, signer: Any = ALICE) -> bytes:
    """A payload of the checkpoint's window."""
    update = an_update(checkpoint, seed)
    header = Header(
        own.hash,
        checkpoint.window,
        checkpoint.record.weights,
        uid,
        pages_hash([uid]),
        hashlib.sha256(encoded_body(update)).hexdigest(),
    )
    return encoded(update, header, signer)
