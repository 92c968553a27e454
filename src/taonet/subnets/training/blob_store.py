"""
Where payloads and checkpoints lie: bytes by their sha256, in a folder or behind any S3 API.

Who asks for a hash gets bytes of that hash or an error; a store need not be trusted.
"""

import asyncio
import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

BLOB_BYTES_MAX = 64 << 30
"""No checkpoint is larger."""
GGUF_BYTES_MAX = BLOB_BYTES_MAX
"""A released model's file."""
RETRIES = 4
"""Of one request to a bucket."""
RETRY_WITHIN = timedelta(seconds=60)
_HEXADECIMAL = frozenset("0123456789abcdef")
_DIGITS = 64


class BlobError(RuntimeError):
    """What a store could not do; the text says why."""


class BlobMissing(BlobError):
    """Nothing of that hash is there, or not yet."""


class BlobTooLarge(BlobError):
    """What is there is longer than asked for; it was not read."""


class BlobDamaged(BlobError):
    """What is there does not have the hash."""


class StoreUnreachable(BlobError):
    """The store did not answer; try again."""


class BlobStore(Protocol):
    """Bytes by their sha256, in hexadecimal digits."""

    async def put(self, raw: bytes) -> str:
        """Keep `raw` and return its hash; raises `BlobError`."""
        ...

    async def get(self, digest: str, bytes_max: int) -> bytes:
        """What has that hash, of at most `bytes_max` bytes; raises `BlobError`."""
        ...


def digest_of(raw: bytes) -> str:
    """The sha256 of `raw`."""
    return hashlib.sha256(raw).hexdigest()


class FileStore:
    """Blobs as files of one folder; several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, raw: bytes) -> str:
        """Write and flush; the name appears when all of it is on disk."""
        return await asyncio.to_thread(self._put, raw)

    async def get(self, digest: str, bytes_max: int) -> bytes:
        """Read and check."""
        return await asyncio.to_thread(self._get, digest, bytes_max)

    def _path(self, digest: str) -> Path:
        return self._folder / checked(digest)[:2] / digest

    def _put(self, raw: bytes) -> str:
        digest = digest_of(raw)
        path = self._path(digest)
        if path.exists():
            return digest
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{digest}.{os.getpid()}")
            with temporary.open("wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            raise StoreUnreachable(f"{path} cannot be written: {error}") from error
        return digest

    def _get(self, digest: str, bytes_max: int) -> bytes:
        path = self._path(digest)
        try:
            with path.open("rb") as file:
                # A limit is no size: `read` would make room for all of it beforehand.
                size = os.fstat(file.fileno()).st_size
                raw = file.read(min(size, bytes_max) + 1)
        except FileNotFoundError as error:
            raise BlobMissing(f"{path} is not there") from error
        except OSError as error:
            raise StoreUnreachable(f"{path} cannot be read: {error}") from error
        return whole(raw, digest, bytes_max)


class S3Store:
    """
    Blobs in a bucket, under `prefix`, by any S3 API.

    `options` are those of the package `obstore`, such as `endpoint`, `region`, `access_key_id`,
    `secret_access_key`; without keys they come from the environment, as with Amazon's tools.
    """

    def __init__(
        self, bucket: str, prefix: str = "", *, retries: int = RETRIES, **options: str
    ) -> None:
        # The package comes with the extra `training`, and only a bucket needs it.
        from obstore.store import S3Store as Bucket

        plain = options.get("endpoint", "").startswith("http:")
        client: Any = {"allow_http": True} if plain else {}
        given: Any = {"virtual_hosted_style_request": False, **options}
        self._bucket = Bucket(
            bucket,
            prefix=prefix or None,
            client_options=client,
            retry_config={"max_retries": retries, "retry_timeout": RETRY_WITHIN},
            **given,
        )

    async def put(self, raw: bytes) -> str:
        """Upload; S3 shows an object only when it is whole."""
        import obstore

        digest = digest_of(raw)
        try:
            await obstore.put_async(self._bucket, self._key(digest), raw)
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreUnreachable(f"the bucket did not take {digest}: {error}") from error
        return digest

    async def get(self, digest: str, bytes_max: int) -> bytes:
        """Look at the length, then download and check."""
        import obstore

        try:
            found = await obstore.get_async(self._bucket, self._key(digest))
            if found.meta["size"] > bytes_max:
                raise BlobTooLarge(f"{digest} has {found.meta['size']} bytes, over {bytes_max}")
            raw = bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise BlobMissing(f"{digest} is not in the bucket") from error
        except (obstore.exceptions.BaseError, OSError) as error:
            raise StoreUnreachable(f"the bucket did not give {digest}: {error}") from error
        return whole(raw, digest, bytes_max)

    @staticmethod
    def _key(digest: str) -> str:
        return f"{checked(digest)[:2]}/{digest}"


def store_at(place: str, environment: Mapping[str, str] | None = None) -> BlobStore:
    """
    The store at a folder, or at `s3://bucket/prefix?endpoint=…&region=…`.

    Keys are `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of the environment, so that they stand
    on no command line. Raises `ValueError` for another kind of place.
    """
    url = urlsplit(place)
    if url.scheme == "s3":
        options = dict(parse_qsl(url.query))
        names = {"access_key_id", "secret_access_key"}
        given = environment if environment is not None else os.environ
        for name in names:
            with suppress(KeyError):
                options[name] = given[f"AWS_{name.upper()}"]
        return S3Store(url.netloc, url.path.strip("/"), retries=RETRIES, **options)
    if url.scheme not in ("", "file"):
        raise ValueError(f"{place} is neither a folder nor s3://")
    return FileStore(Path(url.path).expanduser())


async def as_file(store: BlobStore, digest: str, path: Path, bytes_max: int) -> None:
    """Have what has that hash at `path`, got unless it is there and whole; raises `BlobError`."""
    if await asyncio.to_thread(_holds, path, checked(digest)):
        return
    raw = await store.get(digest, bytes_max)
    await asyncio.to_thread(_write, path, raw)


def _holds(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except FileNotFoundError:
        return False


def _write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(raw)
    temporary.replace(path)


def checked(digest: str) -> str:
    """`digest`, which is a hash and so no path; raises `BlobMissing`."""
    if len(digest) != _DIGITS or not set(digest) <= _HEXADECIMAL:
        raise BlobMissing(f"{digest[:_DIGITS]!r} is not a sha256")
    return digest


def whole(raw: bytes, digest: str, bytes_max: int) -> bytes:
    """`raw`, which has the hash; raises `BlobTooLarge` or `BlobDamaged`."""
    if len(raw) > bytes_max:
        raise BlobTooLarge(f"{digest} has over {bytes_max} bytes")
    if (found := digest_of(raw)) != digest:
        raise BlobDamaged(f"what is kept as {digest} has the sha256 {found}")
    return raw
