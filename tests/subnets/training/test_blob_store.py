"""Blobs in folders and in buckets of a real S3 server on this machine."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from taonet.subnets.training.blob_store import (
    BlobDamaged,
    BlobMissing,
    BlobStore,
    BlobTooLarge,
    FileStore,
    S3Store,
    StoreUnreachable,
    digest_of,
    store_at,
)
from tests.flows.node_process import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "some", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """A bucket of moto's server."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "Running on" in line:
            break
    endpoint = f"http://127.0.0.1:{port}"
    with urlopen(Request(f"{endpoint}/blobs", method="PUT"), timeout=30) as made:
        assert made.status == 200
    yield f"s3://blobs/run?endpoint={endpoint}&region=us-east-1"
    os.kill(process.pid, signal.SIGTERM)
    process.wait(timeout=30)
    process.stderr.close()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    place = str(tmp_path) if request.param == "folder" else request.getfixturevalue("s3_url")
    return store_at(place, KEYS)


async def test_what_is_put_is_got(store: BlobStore) -> None:
    raw = os.urandom(300_000)
    digest = await store.put(raw)
    assert digest == digest_of(raw)
    assert await store.put(raw) == digest
    assert await store.get(digest, len(raw)) == raw
    assert await store.get(digest, 1 << 50) == raw


async def test_what_is_absent_or_too_long_is_named(store: BlobStore) -> None:
    digest = await store.put(b"0" * 1000)
    with pytest.raises(BlobTooLarge):
        await store.get(digest, 999)
    with pytest.raises(BlobMissing):
        await store.get(digest_of(b"never put"), 10)
    for odd in ("../../etc/passwd", "", "A" * 64):
        with pytest.raises(BlobMissing, match="is not a sha256"):
            await store.get(odd, 10)


async def test_a_changed_file_is_found(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    digest = await store.put(b"right")
    (tmp_path / digest[:2] / digest).write_bytes(b"wrong")
    with pytest.raises(BlobDamaged):
        await store.get(digest, 100)


async def test_a_write_that_was_cut_off_leaves_no_blob(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    digest = digest_of(b"late")
    (tmp_path / digest[:2]).mkdir()
    (tmp_path / digest[:2] / f".{digest}.1").write_bytes(b"la")
    with pytest.raises(BlobMissing):
        await store.get(digest, 100)
    assert await store.put(b"late") == digest
    assert await store.get(digest, 100) == b"late"


async def test_a_store_that_is_away_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnreachable):
        await FileStore(tmp_path / "file").put(b"x")


async def test_a_server_that_is_away_is_named() -> None:
    store = S3Store(
        "blobs",
        endpoint=f"http://127.0.0.1:{free_port()}",
        region="us-east-1",
        access_key_id="some",
        secret_access_key="secret",
        retries=0,
    )
    with pytest.raises(StoreUnreachable):
        await store.put(b"x")


def test_a_place_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="neither a folder nor s3"):
        store_at("ftp://host/blobs")
