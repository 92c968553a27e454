"""
Signatures verified in processes of their own: most of what a transaction costs a node.

Libraries hold the interpreter's lock while they verify, so threads would gain nothing. What is to
be verified waits in one row; each process has at most two batches, so that it never waits for the
next one. A process that dies is replaced, and what it had is verified here.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

import structlog

from taonet.node.verification_worker import LENGTH, SignedMessage, encode_batch
from taonet.primitives.signature import is_signature

log = structlog.get_logger()

WAITING_MAX: Final = 8192
"""Signatures in the row; as many as the pool holds transactions, a third of a second of work."""

BATCH_MAX: Final = 128
"""Signatures in a batch: five milliseconds, beside which sending it costs nothing."""

BATCHES_MAX: Final = 2
"""Batches that a process has: the one it verifies and the next."""

STARTS_MAX: Final = 8
"""How often a process is started; one that dies so often would die again."""

COMMAND: Final = (sys.executable, "-P", "-m", "taonet.node.verification_worker")
"""Nothing is imported from where the node was started."""

VERDICT_S_MAX: Final = 10.0
"""A process that takes longer for a batch is stuck, and counts as dead."""


class VerifiersBusy(Exception):
    """Too many signatures wait to be verified; the text says how many."""


@dataclass(frozen=True)
class _Asked:
    messages: Sequence[SignedMessage]
    verdicts: asyncio.Future[list[bool]]


class Verifiers:
    """Use `verifying`, which starts and ends the processes."""

    def __init__(self, processes: int) -> None:
        self._row: deque[_Asked] = deque()
        self._waiting = 0
        self._work = asyncio.Event()
        self._processes = processes
        self._serving = processes
        self.pids: set[int] = set()
        """The processes at work."""

    @property
    def waiting(self) -> int:
        """Signatures that no process has yet."""
        return self._waiting

    async def verify(self, messages: Sequence[SignedMessage]) -> list[bool]:
        """Which signatures are good; raises `VerifiersBusy`."""
        if self._waiting + len(messages) > WAITING_MAX:
            raise VerifiersBusy(f"{self._waiting} signatures wait, at most {WAITING_MAX} may")
        if not self._serving:
            return _verdicts_of(messages)
        asked = _Asked(messages, asyncio.get_running_loop().create_future())
        self._row.append(asked)
        self._waiting += len(messages)
        self._work.set()
        return await asked.verdicts

    async def serve(self) -> None:
        """Keep one process at work, until it is cancelled."""
        for _ in range(STARTS_MAX):
            process = await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE)
            self.pids.add(process.pid)
            under_way: deque[list[_Asked]] = deque()
            try:
                await self._feed(process, under_way)
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                log.warning("verifier_died", process=process.pid)
                for batch in under_way:
                    _settle_here(batch)
            finally:
                self.pids.discard(process.pid)
                _give_up(under_way)
                await _end(process)
        self._serving -= 1
        if not self._serving:
            log.error("verifiers_given_up", starts=STARTS_MAX)
            self._settle_row()

    async def _feed(self, process: Process, under_way: deque[list[_Asked]]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        while True:
            while self._row and len(under_way) < BATCHES_MAX:
                batch = self._take()
                under_way.append(batch)
                process.stdin.write(encode_batch([m for asked in batch for m in asked.messages]))
                await process.stdin.drain()
            if under_way:
                async with asyncio.timeout(VERDICT_S_MAX):
                    head = await process.stdout.readexactly(LENGTH.size)
                    verdicts = await process.stdout.readexactly(LENGTH.unpack(head)[0])
                _settle(under_way.popleft(), [bool(verdict) for verdict in verdicts])
            else:
                self._work.clear()
                await self._work.wait()

    def _take(self) -> list[_Asked]:
        """The next batch: this process's share of what waits."""
        share = min(BATCH_MAX, -(-self._waiting // self._processes))
        batch: list[_Asked] = []
        size = 0
        while self._row and (not batch or size + len(self._row[0].messages) <= share):
            asked = self._row.popleft()
            batch.append(asked)
            size += len(asked.messages)
        self._waiting -= size
        return batch

    def _settle_row(self) -> None:
        while self._row:
            asked = self._row.popleft()
            self._waiting -= len(asked.messages)
            _settle_here([asked])

    def end(self) -> None:
        """Let nobody wait in the row."""
        _give_up([list(self._row)])
        self._row.clear()


def _verdicts_of(messages: Sequence[SignedMessage]) -> list[bool]:
    return [is_signature(*signed) for signed in messages]


def _settle(batch: list[_Asked], verdicts: list[bool]) -> None:
    start = 0
    for asked in batch:
        end = start + len(asked.messages)
        # Who asked may have given up meanwhile.
        if not asked.verdicts.done():
            asked.verdicts.set_result(verdicts[start:end])
        start = end


def _settle_here(batch: list[_Asked]) -> None:
    for asked in batch:
        if not asked.verdicts.done():
            asked.verdicts.set_result(_verdicts_of(asked.messages))


def _give_up(under_way: Iterable[list[_Asked]]) -> None:
    """Let nobody wait for a verdict that will not come."""
    for batch in under_way:
        for asked in batch:
            asked.verdicts.cancel()


async def _end(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    with suppress(ProcessLookupError):
        # It has nothing to save, and may be stuck.
        process.kill()
    await process.wait()


@asynccontextmanager
async def verifying(processes: int) -> AsyncIterator[Verifiers | None]:
    """So many processes while the context is open; None for none, where signatures are verified
    where they are needed."""
    if not processes:
        yield None
        return
    verifiers = Verifiers(processes)
    try:
        async with asyncio.TaskGroup() as tasks:
            serving = [tasks.create_task(verifiers.serve()) for _ in range(processes)]
            yield verifiers
            for task in serving:
                task.cancel()
    finally:
        verifiers.end()
