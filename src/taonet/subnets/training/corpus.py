"""
A corpus: tokens in files, named one by one in a manifest with their hashes.

Files are read through the page cache (memory-mapped), two bytes a token, so that a corpus may be
larger than memory. A page is `length` tokens and the one after them. The last pages are held out:
nobody trains on them, and the loss that is published is theirs.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from taonet.subnets.llama.learning import Tokens
from taonet.subnets.training.vocabulary import Vocabulary

MANIFEST = "manifest.json"
MANIFEST_BYTES_MAX = 4 << 20
SHARDS_MAX = 10_000
SHARD_TOKENS = 1 << 26
"""Tokens of one file, at most: 128 MiB."""
HELD_OUT = 0.02
"""The share of a new corpus that nobody trains on."""
_TOKEN_BYTES = 2


class CorpusInvalid(ValueError):
    """Files or a manifest that are no corpus; the text says why."""


class CorpusDamaged(CorpusInvalid):
    """A file that is not what the manifest says."""


@dataclass(frozen=True)
class Shard:
    """One file: its name in the corpus' folder, sha256 and tokens."""

    file: str
    sha256: str
    tokens: int


@dataclass(frozen=True)
class Manifest:
    """
    What a corpus is made of, in order.

    `vocabulary` is the hash of the one that its tokens are of; `held_out` how many of the last
    tokens nobody trains on.
    """

    name: str
    vocabulary: str
    held_out: int
    shards: tuple[Shard, ...]

    @property
    def tokens(self) -> int:
        """All tokens, those held out too."""
        return sum(shard.tokens for shard in self.shards)

    def encoded(self) -> bytes:
        """The file; the same manifest always gives the same bytes."""
        return orjson.dumps(self, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    @property
    def hash(self) -> str:
        """The sha256 of the file."""
        return hashlib.sha256(self.encoded()).hexdigest()

    @classmethod
    def decoded(cls, raw: bytes) -> "Manifest":
        """The manifest in a file's bytes; raises `CorpusInvalid`."""
        if len(raw) > MANIFEST_BYTES_MAX:
            raise CorpusInvalid(f"a manifest has at most {MANIFEST_BYTES_MAX} bytes")
        try:
            value: Any = orjson.loads(raw)
            shards = tuple(Shard(**shard) for shard in value.pop("shards"))
            manifest = cls(**value, shards=shards)
        except (orjson.JSONDecodeError, TypeError, AttributeError, KeyError) as error:
            raise CorpusInvalid(f"the manifest cannot be read: {error}") from error
        manifest._check()
        return manifest

    def _check(self) -> None:
        if not 1 <= len(self.shards) <= SHARDS_MAX:
            raise CorpusInvalid(f"{len(self.shards)} files are not 1 to {SHARDS_MAX}")
        for shard in self.shards:
            if Path(shard.file).name != shard.file or shard.file in ("", ".", ".."):
                raise CorpusInvalid(f"{shard.file!r} is not a file's name")
            if type(shard.tokens) is not int or not 0 < shard.tokens <= SHARD_TOKENS:
                raise CorpusInvalid(f"{shard.file} has {shard.tokens!r} tokens")
        if type(self.held_out) is not int or not 0 <= self.held_out < self.tokens:
            raise CorpusInvalid(f"{self.held_out!r} of {self.tokens} tokens cannot be held out")


class Corpus:
    """An open corpus, cut into pages; see `Corpus.open`. `pages` are those to train on."""

    def __init__(
        self, manifest: Manifest, length: int, shards: Sequence[NDArray[np.uint16]]
    ) -> None:
        self.manifest = manifest
        self.length = length
        self._shards = shards
        # The last page of a shard needs the token after it.
        self._ends = list(accumulate((len(shard) - 1) // length for shard in shards))
        total = self._ends[-1]
        self.pages_held_out = -(-manifest.held_out // length)
        self.pages = total - self.pages_held_out
        if self.pages < 1:
            raise CorpusInvalid(
                f"{manifest.name} has {total} pages of {length} tokens, of which "
                f"{self.pages_held_out} are held out"
            )

    @classmethod
    def open(cls, folder: Path, length: int) -> "Corpus":
        """
        The corpus in `folder`, every file checked against its hash.

        Raises `CorpusInvalid`, `CorpusDamaged` or `OSError`.
        """
        manifest = Manifest.decoded((folder / MANIFEST).read_bytes())
        shards = []
        for shard in manifest.shards:
            path = folder / shard.file
            if path.stat().st_size != shard.tokens * _TOKEN_BYTES:
                raise CorpusDamaged(f"{path} does not hold {shard.tokens} tokens")
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != shard.sha256:
                raise CorpusDamaged(f"{path} has the sha256 {found}, not {shard.sha256}")
            shards.append(np.memmap(path, np.dtype("<u2"), "r"))
        return cls(manifest, length, shards)

    def rows(self, pages: Iterable[int]) -> Tokens:
        """The pages of those numbers, (pages, length + 1). Those held out follow `self.pages`."""
        return np.stack([self._page(page) for page in pages]).astype(np.int32)

    def held_out(self, count: int) -> Tokens:
        """`count` pages, spread evenly over those held out, or all of them."""
        count = min(count, self.pages_held_out)
        step = self.pages_held_out / max(count, 1)
        return self.rows(self.pages + int(index * step) for index in range(count))

    def _page(self, page: int) -> NDArray[np.uint16]:
        if not 0 <= page < self._ends[-1]:
            raise IndexError(f"there is no page {page} of {self._ends[-1]}")
        shard = bisect_right(self._ends, page)
        within = page - (self._ends[shard - 1] if shard else 0)
        return self._shards[shard][within * self.length : (within + 1) * self.length + 1]


def make(
    folder: Path,
    documents: Iterable[str],
    vocabulary: Vocabulary,
    *,
    name: str,
    held_out: float = HELD_OUT,
    shard_tokens: int = SHARD_TOKENS,
) -> Manifest:
    """
    Write `documents` as a corpus into `folder`; the manifest, last of all, makes it one.

    Raises `CorpusInvalid` when there is nothing in them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shards: list[Shard] = []
    waiting: list[NDArray[np.uint16]] = []
    size = 0
    for text in documents:
        tokens = vocabulary.document(text)
        while size + len(tokens) >= shard_tokens:
            head, tokens = tokens[: shard_tokens - size], tokens[shard_tokens - size :]
            shards.append(_write(folder, len(shards), [*waiting, head]))
            waiting, size = [], 0
        if len(tokens):
            waiting.append(tokens)
            size += len(tokens)
    if waiting:
        shards.append(_write(folder, len(shards), waiting))
    if not shards:
        raise CorpusInvalid(f"the documents of {name} are empty")
    total = sum(shard.tokens for shard in shards)
    manifest = Manifest(name, vocabulary.hash, int(total * held_out), tuple(shards))
    temporary = folder / f".{MANIFEST}"
    temporary.write_bytes(manifest.encoded())
    temporary.replace(folder / MANIFEST)
    return manifest


def _write(folder: Path, index: int, pieces: Sequence[NDArray[np.uint16]]) -> Shard:
    raw = np.concatenate(pieces).astype("<u2").tobytes()
    name = f"tokens-{index:05d}.bin"
    (folder / name).write_bytes(raw)
    return Shard(name, hashlib.sha256(raw).hexdigest(), len(raw) // _TOKEN_BYTES)
