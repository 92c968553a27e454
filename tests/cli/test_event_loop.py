"""A process that is told to stop cleans up, and only once."""

import signal
import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, signal
from taonet.cli.event_loop import run_until_signal

async def work():
    print("ready", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        print("cleaning", flush=True)
        await asyncio.to_thread(input)
        print("clean", flush=True)

# Whoever runs the tests may be deaf to this one, as under nohup.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
run_until_signal(work())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_does_not_break_the_cleaning_up(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "cleaning\n"
        process.send_signal(number)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "clean\n"
        assert process.wait(timeout=30) == 0
