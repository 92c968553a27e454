"""From starting the command to its first block served, beside importing the field's SDK."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from resource import RUSAGE_CHILDREN, getrusage
from socket import socket
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter, sleep
from typing import Any

ROUNDS = 5
"""The best counts: the first one also compiles, and warms the file cache."""
START_S_MAX = 60.0
ASKED_EVERY_S = 0.005
HEADER = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "chain_getHeader", "params": []}).encode()


def _free_port() -> int:
    with socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def _head(url: str) -> int:
    """The head's number, -1 while nobody answers."""
    asked = urllib.request.Request(url, HEADER, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=START_S_MAX) as reply:
            return int(json.load(reply)["result"]["number"], 16)
    except OSError:
        return -1


def _environment(bytecode: str) -> dict[str, str]:
    """Ours, with a folder of bytecode: warm means that nothing has to be compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": bytecode}


def _children_s() -> float:
    """CPU seconds of the processes that were started and have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _start_s(environment: dict[str, str]) -> float:
    port = _free_port()
    command = [sys.executable, "-m", "taonet.cli.main", "node", "--port", str(port)]
    began = perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment) as node:
        deadline = monotonic() + START_S_MAX
        try:
            while _head(f"http://127.0.0.1:{port}") < 1:
                # Asking without a pause would take the processor from who is asked.
                sleep(ASKED_EVERY_S)
                assert node.poll() is None, "the node ended"
                assert monotonic() < deadline, "no block was served"
            return perf_counter() - began
        finally:
            node.terminate()


def _import_s(environment: dict[str, str]) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", "import bittensor"], check=True, env=environment)
    return perf_counter() - began


def _both(
    action: Callable[[dict[str, str]], float], environment: dict[str, str]
) -> tuple[float, float]:
    """Seconds by the clock, and of CPU, which other processes weigh less on."""
    before = _children_s()
    return action(environment), _children_s() - before


def measure() -> dict[str, Any]:
    """Seconds to the first block over HTTP, by a node that keeps its chain in memory."""
    with TemporaryDirectory() as bytecode:
        environment = _environment(bytecode)
        turns = [
            (*_both(_start_s, environment), *_both(_import_s, environment)) for _ in range(ROUNDS)
        ]
    start_s, start_cpu_s, import_s, import_cpu_s = map(min, zip(*turns, strict=True))
    return {
        "name": "start to first served block, warm",
        "figure": start_s,
        "unit": "s",
        "reference": import_s,
        "reference_name": 'python -c "import bittensor"',
        "ratio": start_s / import_s,
        "target": "<= 1",
        "cpu_s": start_cpu_s,
        "reference_cpu_s": import_cpu_s,
    }
