"""
A node as its own process, and what its chain holds, read without any client.

The tests compare what a client says with the raw storage behind it, so a client and a node that
err in the same way are still found.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from taonet.frame.config import ClientProfile, RuntimeConfig, Timing
from taonet.frame.state import State
from taonet.primitives.ss58 import decode_ss58
from taonet.primitives.units import NetUid
from taonet.runtime.runtime import Runtime

E = TypeVar("E")

BLOCK_TIMEOUT_S = 30.0
BLOCK_TIME_S = 0.25
START_TIMEOUT_S = 60
RPC_TIMEOUT_S = 20
PAGE_KEYS = 500


class NodeDidNotStart(Exception):
    """The node ended before it served; the message holds what it said."""


@dataclass
class Node:
    """A running node that serves at `endpoint`, and what it said on stderr."""

    port: int
    process: subprocess.Popen[str]
    profile: ClientProfile
    said: list[str] = field(default_factory=list)
    serves: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        """Where clients connect."""
        return f"ws://127.0.0.1:{self.port}"

    def rpc(self, method: str, *params: Any) -> Any:
        """One JSON-RPC question over HTTP; `RuntimeError` with the node's words if refused."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}",
            body.encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=RPC_TIMEOUT_S) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def runtime(self, block_hash: str | None = None) -> Runtime:
        """The runtime over the state after a block, the head's by default."""
        reader = _RemoteState(self, block_hash or self.rpc("chain_getHead"))
        return Runtime(State(reader, RuntimeConfig(Timing.FAST, self.profile)))

    def events(self, kind: type[E], block_hash: str) -> list[E]:
        """The events of one kind in a block."""
        records = self.runtime(block_hash).events()
        return [record.event for record in records if isinstance(record.event, kind)]

    def uid(self, netuid: int, address: str) -> int | None:
        """A hotkey's place in a subnet, None if it has none."""
        uid = self.runtime().subtensor.neurons.uids[NetUid(netuid), decode_ss58(address)]
        return None if uid is None else int(uid)

    def free_balance(self, address: str, block_hash: str | None = None) -> int:
        """What an account can spend, in rao."""
        account = decode_ss58(address)
        return int(self.runtime(block_hash).system.account[account].data.free)

    def block_number(self) -> int:
        """The head's number."""
        return int(self.rpc("chain_getHeader")["number"], 16)

    def wait_for_block(self, number: int) -> None:
        """Return when the head has this number; `AssertionError` if that takes too long."""
        deadline = time.monotonic() + BLOCK_TIMEOUT_S
        while self.block_number() < number:
            assert time.monotonic() < deadline, f"no block {number} within {BLOCK_TIMEOUT_S} s"

    def listen(self) -> None:
        """Keep what the node says, until it ends."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if "node_serves" in line:
                self.serves.set()
        self.serves.set()

    def wait_until_it_serves(self) -> Self:
        """Return when the port answers."""
        if not self.serves.wait(START_TIMEOUT_S) or self.process.poll() is not None:
            raise NodeDidNotStart("".join(self.said))
        return self


class _RemoteState:
    """The state after one block, asked for key by key."""

    def __init__(self, node: Node, block_hash: str) -> None:
        self._node = node
        self._block_hash = block_hash

    def get(self, key: bytes) -> bytes | None:
        """The value at a raw storage key, or None."""
        value = self._node.rpc("state_getStorage", f"0x{key.hex()}", self._block_hash)
        return None if value is None else bytes.fromhex(value[2:])

    def keys(
        self, prefix: bytes, start_after: bytes | None = None, limit: int | None = None
    ) -> Iterator[bytes]:
        """The keys that start with `prefix`, in byte order: above one, so many at most."""
        return islice(self._all_keys(prefix, start_after), limit)

    def _all_keys(self, prefix: bytes, start_after: bytes | None) -> Iterator[bytes]:
        start = None if start_after is None else f"0x{start_after.hex()}"
        while True:
            page = self._node.rpc(
                "state_getKeysPaged", f"0x{prefix.hex()}", PAGE_KEYS, start, self._block_hash
            )
            yield from (bytes.fromhex(key[2:]) for key in page)
            if len(page) < PAGE_KEYS:
                return
            start = page[-1]

    def items(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The same, with their values."""
        for key in self.keys(prefix):
            value = self.get(key)
            if value is not None:
                yield key, value


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running_node(
    profile: ClientProfile = ClientProfile.SDK11, block_time_s: float = BLOCK_TIME_S
) -> Iterator[Node]:
    """A fast local network in memory, for as long as the context is open."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("taonet")), "node", "--archive"]
    command += ["--port", str(port), "--block-time", str(block_time_s)]
    command += ["--profile", profile.value]
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        node = Node(port, process, profile)
        listener = threading.Thread(target=node.listen)
        listener.start()
        try:
            node.wait_until_it_serves()
            # Genesis is like no other block: it has no time and no extrinsics.
            node.wait_for_block(1)
            yield node
        finally:
            process.terminate()
            listener.join()
