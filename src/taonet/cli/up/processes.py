"""
The network's processes: each its own program with its own keys, watched and ended together.

A process that ends by itself is started again after a pause that grows; one that keeps failing is
left and reported. Ending sends SIGTERM and waits: the chain and the score books lose nothing by a
kill either, but a clean end is quicker to start from.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

STOP_S = 10.0
"""How long a process may take to end before it is killed."""

RESTARTS_MAX = 5
"""A process that ends this often within `STEADY_S` each time is left."""

RESTART_S_MAX = 10.0
"""The longest pause before a process is started again."""

STEADY_S = 60.0
"""A process that ran this long counts as healthy again."""

LOG_TAIL_BYTES = 4096
"""Of a log, to find its last line in."""

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}
"""Several processes share few cores: spinning threads would starve each other."""


@dataclass
class Managed:
    """One process and how it fares."""

    name: str
    arguments: Sequence[str]
    log: Path
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0
    failed: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def pid(self) -> int | None:
        """The process's id while it runs."""
        if self.process is None or self.process.returncode is not None:
            return None
        return self.process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it has ended by itself, be it that it was started again."""
        return self.restarts > 0 or (self.process is not None and self.pid is None)


class Processes:
    """Starts, watches and ends processes; `changed` is called whenever one started or ended."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.managed: list[Managed] = []
        self._changed = changed
        self._watchers: list[asyncio.Task[None]] = []

    async def start(self, managed: Managed) -> None:
        """Start a process and keep it running."""
        self.managed.append(managed)
        await self._spawn(managed)
        self._watchers.append(asyncio.create_task(self._watch(managed)))

    async def stop(self) -> None:
        """End all at once but the first, which the others talk to and which ends last."""
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        await asyncio.gather(*(_end(managed) for managed in self.managed[1:]))
        for managed in self.managed[:1]:
            await _end(managed)

    async def _watch(self, managed: Managed) -> None:
        loop = asyncio.get_running_loop()
        while not managed.failed:
            started = loop.time()
            assert managed.process is not None
            await managed.process.wait()
            self._changed()
            if loop.time() - started > STEADY_S:
                managed.restarts = 0
            managed.restarts += 1
            if managed.restarts > RESTARTS_MAX:
                managed.failed = True
                self._changed()
                return
            await asyncio.sleep(min(2.0 ** (managed.restarts - 1), RESTART_S_MAX))
            await self._spawn(managed)

    async def _spawn(self, managed: Managed) -> None:
        await _spawned(managed)
        self._changed()


async def completed(arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> int:
    """Run one command to its end and return its exit status; it ends when this is cancelled."""
    managed = Managed(log.stem, arguments, log, environment=environment)
    await _spawned(managed)
    assert managed.process is not None
    try:
        return await managed.process.wait()
    finally:
        await _end(managed)


async def _spawned(managed: Managed) -> None:
    managed.log.parent.mkdir(parents=True, exist_ok=True)
    with managed.log.open("ab") as log:
        managed.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "taonet.cli.main",
            *managed.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **managed.environment},
            # Ctrl-C goes to the whole foreground group; only the supervisor shall hear it.
            start_new_session=True,
        )


async def _end(managed: Managed) -> None:
    process = managed.process
    if process is None or process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def last_line(log: Path) -> str:
    """The last line of a log that says something, or the empty string."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LOG_TAIL_BYTES))
            tail = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return next((line.strip() for line in reversed(tail.splitlines()) if line.strip()), "")
