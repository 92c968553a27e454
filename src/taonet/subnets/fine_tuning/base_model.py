"""
The model that a job starts from.

The name comes from the chain and so from a stranger: it is a name of the catalogue, or the hash of
a GGUF file in the blob store, as `gguf:<sha256>`; never a path.
"""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from taonet.subnets.llama.forward import Weights, shape_of, weights_of
from taonet.subnets.llama.gguf_file import GgufFile, ModelUnreadable
from taonet.subnets.llama.shape import Shape
from taonet.subnets.text_generation.catalogue import (
    CATALOGUE,
    ModelDamaged,
    ModelUnavailable,
    cache_folder,
    fetch,
)
from taonet.subnets.text_generation.tokenizer import Tokenizer
from taonet.subnets.training.blob_store import BlobError, BlobStore

STORED: Final = "gguf:"
"""What the names of models in the blob store begin with."""
GGUF_BYTES_MAX: Final = 2 << 30


class BaseModelUnusable(ValueError):
    """A base model that can't be had, or is no Llama; the text says why."""


@dataclass(frozen=True)
class BaseModel:
    """A model with its tokens, ready to be computed with. `file` is where its GGUF lies."""

    name: str
    file: Path
    shape: Shape
    weights: Weights
    tokenizer: Tokenizer


async def loaded(name: str, blobs: BlobStore) -> BaseModel:
    """The model of that name; takes seconds. Raises `BaseModelUnusable`."""
    try:
        path = await _file(name, blobs)
        return await asyncio.to_thread(_read, name, path)
    except (ModelUnavailable, ModelDamaged, ModelUnreadable, BlobError) as error:
        raise BaseModelUnusable(f"{name}: {error}") from error


async def _file(name: str, blobs: BlobStore) -> Path:
    if not name.startswith(STORED):
        if name not in CATALOGUE:
            known = ", ".join(CATALOGUE)
            raise BaseModelUnusable(f"{name!r} is no model of the catalogue ({known})")
        return await asyncio.to_thread(fetch, CATALOGUE[name])
    digest = name.removeprefix(STORED)
    path = cache_folder() / "models" / f"{digest}.gguf"
    if not path.exists():
        raw = await blobs.get(digest, GGUF_BYTES_MAX)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Processes that share the cache may fetch the same model at the same time.
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(raw)
        temporary.replace(path)
    return path


def _read(name: str, path: Path) -> BaseModel:
    file = GgufFile.open(path)
    shape = shape_of(file)
    return BaseModel(name, path, shape, weights_of(file, shape), Tokenizer.from_gguf(file))
