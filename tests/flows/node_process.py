"""A node as a person starts it: a process of its own, spoken to over its port."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any
from urllib.request import Request, urlopen

import orjson

START_LINE = "node_serves"


def free_port() -> int:
    """A port that nothing listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free_row(count: int) -> int:
    """The first of `count` ports in a row that nothing listens at now."""
    while True:
        first = free_port()
        with ExitStack() as probes:
            try:
                for port in range(first, first + count):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return first


class NodeProcess:
    """A running node; `call` is JSON-RPC over HTTP."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process = process
        self.port = port

    def call(self, method: str, *params: Any) -> Any:
        """The result of a method; `AssertionError` with the error it answered."""
        body = orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        request = Request(
            f"http://127.0.0.1:{self.port}", body, {"content-type": "application/json"}
        )
        with urlopen(request, timeout=30) as answer:
            reply = orjson.loads(answer.read())
        assert "error" not in reply, reply["error"]
        return reply["result"]

    def head(self) -> tuple[int, str]:
        """The head's number and hash."""
        block_hash = self.call("chain_getBlockHash")
        return int(self.call("chain_getHeader", block_hash)["number"], 16), block_hash

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def _await_start(output: IO[str]) -> None:
    seen = []
    for line in output:
        seen.append(line)
        if START_LINE in line:
            return
    raise AssertionError("the node ended before it served:\n" + "".join(seen))


@contextmanager
def node_process(*options: str, port: int | None = None) -> Iterator[NodeProcess]:
    """`taonet node` with `options`; it is ended at the end of the block."""
    port = port or free_port()
    command = [sys.executable, "-m", "taonet.cli.main", "node", "--port", str(port), *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        _await_start(process.stderr)
        yield NodeProcess(process, port)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=30)
        process.stderr.close()
