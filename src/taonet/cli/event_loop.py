"""Running a coroutine as a process: uvloop where there is one, and a clean end on signals."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any


async def _until_signal(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    told = False

    def stop() -> None:
        # A second signal must not break off the cleaning up after the first.
        nonlocal told
        if not told:
            told = True
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    # A terminal that closes ends what it runs, unless `nohup` said otherwise.
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        loop.add_signal_handler(signal.SIGHUP, stop)
    with suppress(asyncio.CancelledError):
        await task


def run_until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Run `work`; SIGINT, SIGTERM and SIGHUP cancel it once, and it ends what it owns."""
    try:
        # It has no build for Windows.
        import uvloop
    except ImportError:
        asyncio.run(_until_signal(work))
    else:
        uvloop.run(_until_signal(work))
