"""
What `chain_getHeader` costs over WebSocket, beside a bare aiohttp server that sends the same bytes.

Each server has a process of its own, so that its CPU time is its own; the client writes ready-made
frames, so that it is lighter than what it measures. Both servers run at once and are asked in
turns, so that the machine's mood meets both.
"""

import asyncio
import base64
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

import uvloop
from aiohttp import WSMsgType, web

from taonet.node.rpc.namespaces import Rpc
from taonet.node.rpc.server import RpcServer
from tests.node.rpc.memory_chain import MemoryChain

CONNECTIONS = 50
REQUESTS = 20_000
"""Of each server in one turn."""
TURNS = 5
REQUEST = b'{"jsonrpc":"2.0","id":1,"method":"chain_getHeader","params":[]}'


def _chain() -> MemoryChain:
    chain = MemoryChain({b"key": b"value"})
    chain.seal()
    return chain


async def _serve_rpc(pipe: Connection) -> None:
    async with RpcServer(_chain(), ports=(0,)) as server:
        await _answer(pipe, server.ports[0])


async def _serve_bare(pipe: Connection) -> None:
    """The same reply, and nothing done for it."""
    reply = await Rpc(_chain()).handle(REQUEST)
    assert reply is not None
    text = reply.decode()

    async def serve(request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            assert message.type is WSMsgType.TEXT
            await socket.send_str(text)
        return socket

    runner = web.ServerRunner(web.Server(serve, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await _answer(pipe, runner.addresses[0][1])
    await runner.cleanup()


async def _answer(pipe: Connection, port: int) -> None:
    """Tell the port, then the process's CPU seconds each time it is asked, until the pipe ends."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()

    def tell() -> None:
        try:
            pipe.recv()
            pipe.send(time.process_time())
        except EOFError:
            loop.remove_reader(pipe.fileno())
            over.set()

    loop.add_reader(pipe.fileno(), tell)
    pipe.send(port)
    await over.wait()


def _run_rpc(pipe: Connection) -> None:
    uvloop.run(_serve_rpc(pipe))


def _run_bare(pipe: Connection) -> None:
    uvloop.run(_serve_bare(pipe))


@dataclass(frozen=True)
class _Served:
    pipe: Connection
    port: int

    def cpu_s(self) -> float:
        """CPU seconds of the server's process so far."""
        self.pipe.send(None)
        spent: float = self.pipe.recv()
        return spent


@contextmanager
def _process(run: Any) -> Iterator[_Served]:
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=run, args=(theirs,))
    process.start()
    theirs.close()
    try:
        yield _Served(ours, ours.recv())
    finally:
        ours.close()
        process.join()


class _Asking(asyncio.Protocol):
    """One connection that asks again as soon as it is answered, while a budget lasts."""

    def __init__(self, budget: list[int], done: asyncio.Event) -> None:
        self._budget = budget
        self._done = done
        self._buffer = b""
        self._open = False
        mask = b"\x01\x02\x03\x04"
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(REQUEST))
        self._frame = bytes((0x81, 0x80 | len(REQUEST))) + mask + masked
        assert len(REQUEST) < 126

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            "GET / HTTP/1.1\r\nHost: node\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            _, end, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            self._open = True
            self._ask()
        while self._take_reply():
            self._ask()

    def _take_reply(self) -> bool:
        if len(self._buffer) < 4:
            return False
        assert self._buffer[:2] == b"\x81\x7e", "a text frame with a length of two bytes"
        length = 4 + int.from_bytes(self._buffer[2:4], "big")
        if len(self._buffer) < length:
            return False
        self._buffer = self._buffer[length:]
        return True

    def _ask(self) -> None:
        self._budget[0] -= 1
        if self._budget[0] >= 0:
            self.transport.write(self._frame)
        elif self._budget[0] == -CONNECTIONS:
            self._done.set()


async def _ask_all(port: int, requests: int) -> float:
    """Seconds for `requests` over all connections."""
    loop = asyncio.get_running_loop()
    budget, done = [requests], asyncio.Event()
    began = time.perf_counter()
    connections = [
        await loop.create_connection(lambda: _Asking(budget, done), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    await done.wait()
    elapsed = time.perf_counter() - began
    for transport, _ in connections:
        transport.close()
    return elapsed


def _turn(served: _Served) -> tuple[float, float]:
    """CPU microseconds a request, and requests a second."""
    cpu_s = served.cpu_s()
    elapsed_s = uvloop.run(_ask_all(served.port, REQUESTS))
    return (served.cpu_s() - cpu_s) / REQUESTS * 1e6, REQUESTS / elapsed_s


def _core_us() -> float:
    """Microseconds of our own code a request, without sockets."""
    connection = Rpc(_chain()).connect()
    began = time.process_time()
    for _ in range(REQUESTS):
        connection.begin(REQUEST)
    return (time.process_time() - began) / REQUESTS * 1e6


def measure() -> list[dict[str, Any]]:
    """Server CPU a request and requests a second at 50 connections, beside the bare server's."""
    with ExitStack() as stack:
        ours = stack.enter_context(_process(_run_rpc))
        bare = stack.enter_context(_process(_run_bare))
        turns = [(_turn(ours), _turn(bare)) for _ in range(TURNS)]
    our_us, bare_us = (median(turn[i][0] for turn in turns) for i in (0, 1))
    our_rate, bare_rate = (median(turn[i][1] for turn in turns) for i in (0, 1))
    reference = {"reference_name": "bare aiohttp server, same bytes"}
    return [
        {
            "name": "chain_getHeader, server CPU",
            "figure": our_us,
            "unit": "µs",
            "reference": bare_us,
            "ratio": our_us / bare_us,
            "target": "<= 30",
            "own_code_us": _core_us(),
            **reference,
        },
        {
            "name": "chain_getHeader, 50 connections",
            "figure": our_rate,
            "unit": "a second",
            "reference": bare_rate,
            "ratio": our_rate / bare_rate,
            "target": ">= 20000",
            **reference,
        },
    ]
