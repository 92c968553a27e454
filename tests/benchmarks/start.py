"""From starting the command to its first block served, beside importing the field's SDK."""

import json
import subprocess
import sys
import urllib.request
from socket import socket
from time import monotonic, perf_counter
from typing import Any

ROUNDS = 5
"""The best counts: the first one also warms the file cache."""
START_S_MAX = 60.0
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


def _start_s() -> float:
    port = _free_port()
    command = [sys.executable, "-m", "taonet.cli.main", "node", "--port", str(port)]
    began = perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as node:
        deadline = monotonic() + START_S_MAX
        try:
            while _head(f"http://127.0.0.1:{port}") < 1:
                assert node.poll() is None, "the node ended"
                assert monotonic() < deadline, "no block was served"
            return perf_counter() - began
        finally:
            node.terminate()


def _import_s() -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", "import bittensor"], check=True)
    return perf_counter() - began


def measure() -> dict[str, Any]:
    """Seconds to the first block over HTTP, by a node that keeps its chain in memory."""
    turns = [(_start_s(), _import_s()) for _ in range(ROUNDS)]
    start_s, import_s = (min(turn[i] for turn in turns) for i in (0, 1))
    return {
        "name": "start to first served block, warm",
        "figure": start_s,
        "unit": "s",
        "reference": import_s,
        "reference_name": 'python -c "import bittensor"',
        "ratio": start_s / import_s,
        "target": "<= 1",
    }
