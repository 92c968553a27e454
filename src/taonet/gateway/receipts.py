"""
A receipt for every request that reached a miner, or should have: one JSON line each.

`Receipts.append` returns when the line is on disk. Lines that wait are written and synced together
in a thread, so a busy gateway pays one sync for many. Files rotate by size and the oldest is
deleted; a line that a crash cut short is skipped. No prompt, no answer, no key is in a receipt.
"""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
import structlog

FILE_BYTES_MAX = 16 << 20
FILES_MAX = 64
"""What the ledger may take: 1 GiB, about four million receipts."""
WAITING_MAX = 10_000
"""Receipts that wait for the disk; more are dropped and counted."""

log = structlog.get_logger("taonet.gateway")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What happened to one request."""

    id: str
    time: float
    """When the request came, seconds since 1970."""
    key: str
    """Name of the key that it was put down to."""
    model: str
    miner: str | None
    """Hotkey of the miner that answered or failed last; none where nobody was asked."""
    attempts: int
    """Miners that were asked."""
    prompt_tokens: int
    completion_tokens: int
    ttft_ms: float | None
    """From the request's arrival to its first text."""
    total_ms: float
    status: str
    """`ok`, `cancelled` or the error's code."""

    @property
    def tokens(self) -> int:
        """What goes against the key's quota."""
        return self.prompt_tokens + self.completion_tokens


class Receipts:
    """The ledger of one folder; use as `async with`."""

    def __init__(
        self, folder: Path, *, file_bytes_max: int = FILE_BYTES_MAX, files_max: int = FILES_MAX
    ) -> None:
        self._folder = folder
        self._file_bytes_max = file_bytes_max
        self._files_max = files_max
        self._waiting: asyncio.Queue[tuple[bytes, asyncio.Future[None]] | None] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None
        self._descriptor = -1
        self._number = 0
        self._size = 0
        self.lost = 0
        """Receipts that could not be written."""

    async def __aenter__(self) -> "Receipts":
        await asyncio.to_thread(self._open)
        self._writer = asyncio.create_task(self._write_all(), name="receipts")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._writer is not None, "left before it was entered"
        self._waiting.put_nowait(None)
        await self._writer
        os.close(self._descriptor)

    async def append(self, receipt: Receipt) -> None:
        """Returns when the receipt is on disk, or is lost and counted in `lost`."""
        if self._waiting.qsize() >= WAITING_MAX:
            self.lost += 1
            return
        done = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((orjson.dumps(asdict(receipt)) + b"\n", done))
        await asyncio.shield(done)

    def read(self, *, since: float = 0.0) -> Iterator[Receipt]:
        """The receipts on disk from a time on (seconds since 1970), oldest first."""
        for path in _files(self._folder):
            if path.stat().st_mtime < since:
                continue
            with path.open("rb") as lines:
                for line in lines:
                    receipt = _decode(line)
                    if receipt is not None and receipt.time >= since:
                        yield receipt

    async def _write_all(self) -> None:
        """Writes what waits until None comes."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            entries = [entry for entry in batch if entry is not None]
            if entries:
                await self._write_batch(entries)
            if len(entries) < len(batch):
                return

    async def _write_batch(self, entries: list[tuple[bytes, asyncio.Future[None]]]) -> None:
        try:
            await asyncio.to_thread(self._write, b"".join(line for line, _ in entries))
        except OSError as error:
            self.lost += len(entries)
            log.error("receipts_lost", count=len(entries), error=str(error))
        for _, done in entries:
            done.set_result(None)

    def _open(self) -> None:
        """Goes on with the newest file, closing a line that a crash left open."""
        self._folder.mkdir(parents=True, exist_ok=True)
        files = _files(self._folder)
        self._number = _number(files[-1]) if files else 1
        self._open_file()
        if self._size and not _ends_line(self._path(self._number)):
            self._size += os.write(self._descriptor, b"\n")

    def _open_file(self) -> None:
        path = self._path(self._number)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._size = os.fstat(self._descriptor).st_size

    def _write(self, lines: bytes) -> None:
        if self._size and self._size + len(lines) > self._file_bytes_max:
            self._rotate()
        view = memoryview(lines)
        while view:
            written = os.write(self._descriptor, view)
            self._size += written
            view = view[written:]
        os.fsync(self._descriptor)

    def _rotate(self) -> None:
        full = self._descriptor
        self._number += 1
        self._open_file()
        os.close(full)
        for path in _files(self._folder)[: -self._files_max]:
            path.unlink()

    def _path(self, number: int) -> Path:
        return self._folder / f"receipts-{number:08d}.jsonl"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"receipts-{'[0-9]' * 8}.jsonl"))


def _number(path: Path) -> int:
    return int(path.stem.removeprefix("receipts-"))


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _decode(line: bytes) -> Receipt | None:
    """The receipt of a line, or None where a crash cut it short."""
    try:
        return Receipt(**orjson.loads(line))
    except (orjson.JSONDecodeError, TypeError):
        return None
