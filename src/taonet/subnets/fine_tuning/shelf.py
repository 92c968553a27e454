"""
What a job keeps in the blob store: the parts of its dataset, its sealed test, adapters.

Things of several blobs have a manifest, a small JSON file of their hashes, and are named on chain
by the hash of that.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from taonet.subnets.fine_tuning.adapter import CONFIG_BYTES_MAX, AdapterFiles, AdapterInvalid
from taonet.subnets.fine_tuning.dataset import (
    DATASET_BYTES_MAX,
    DatasetInvalid,
    Example,
    decoded,
    encoded,
)
from taonet.subnets.fine_tuning.hidden_test import Parts, sealed
from taonet.subnets.training.blob_store import BlobError, BlobStore, StoreUnreachable, digest_of

MANIFEST_BYTES_MAX: Final = 4096
_SEAL_BYTES: Final = 16
_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Lesson:
    """What miners are shown of a dataset."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]


async def put_dataset(blobs: BlobStore, parts: Parts, key: bytes) -> tuple[str, str]:
    """The hashes of the manifest of what is shown, and of the sealed test."""
    manifest = {
        "train": await blobs.put(encoded(parts.train)),
        "validation": await blobs.put(encoded(parts.validation)),
    }
    return await blobs.put(orjson.dumps(manifest)), await blobs.put(sealed(parts.test, key))


async def lesson(blobs: BlobStore, digest: str) -> Lesson:
    """What miners are shown; raises `DatasetInvalid` or `BlobError`."""
    manifest = await _manifest(blobs, digest, ("train", "validation"))
    if manifest is None:
        raise DatasetInvalid("the dataset's manifest is none")
    parts = [decoded(await blobs.get(manifest[n], DATASET_BYTES_MAX)) for n in manifest]
    return Lesson(*parts)


async def sealed_test(blobs: BlobStore, digest: str) -> bytes:
    """The test, still sealed; raises `BlobError`."""
    return await blobs.get(digest, DATASET_BYTES_MAX + _SEAL_BYTES)


async def put_adapter(blobs: BlobStore, files: AdapterFiles) -> str:
    """The hash of the adapter's manifest; every blob of it is there afterwards."""
    await blobs.put(files.config)
    await blobs.put(files.weights)
    return await blobs.put(adapter_manifest(files))


def adapter_manifest(files: AdapterFiles) -> bytes:
    """The manifest of an adapter's two files."""
    return orjson.dumps(
        {"config": digest_of(files.config), "weights": digest_of(files.weights)},
        option=orjson.OPT_SORT_KEYS,
    )


async def adapter_files(blobs: BlobStore, digest: str, bytes_max: int) -> AdapterFiles:
    """
    An adapter's two files, of which the larger has at most `bytes_max` bytes.

    Raises `AdapterInvalid`, also for blobs that are missing or too large, and `StoreUnreachable`.
    """
    try:
        manifest = await _manifest(blobs, digest, ("config", "weights"))
        if manifest is None:
            raise AdapterInvalid("the adapter's manifest is none")
        return AdapterFiles(
            await blobs.get(manifest["config"], CONFIG_BYTES_MAX),
            await blobs.get(manifest["weights"], bytes_max),
        )
    except StoreUnreachable:
        # Nothing that the miner can be blamed for.
        raise
    except BlobError as error:
        raise AdapterInvalid(f"{type(error).__name__}: {error}") from error


async def _manifest(blobs: BlobStore, digest: str, names: tuple[str, ...]) -> dict[str, str] | None:
    """The hashes under `names`, in their order; None for what is no such manifest."""
    try:
        found: Any = orjson.loads(await blobs.get(digest, MANIFEST_BYTES_MAX))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict) or set(found) != set(names):
        return None
    if not all(isinstance(d, str) and _DIGEST.fullmatch(d) for d in found.values()):
        return None
    return {name: found[name] for name in names}
