"""Running a coroutine as a process: uvloop where there is one, and a clean end on signals."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

try:
    from uvloop import run as run_loop
except ImportError:  # uvloop has no build for Windows
    run_loop = asyncio.run


async def _until_signal(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def run_until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Run `work`; SIGINT and SIGTERM cancel it, and it ends what it owns."""
    run_loop(_until_signal(work))
