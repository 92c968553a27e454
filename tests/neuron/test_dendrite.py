"""Whatever a miner does costs a bounded amount and has a name."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from taonet.neuron.chain import Endpoint, Neuron
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.errors import (
    Interrupted,
    InvalidReply,
    QueryFailed,
    RefusedByMiner,
    ReplyTooLarge,
    TimedOut,
    Unreachable,
)
from taonet.neuron.subnet import Streamed
from tests.neuron.adding import Adder, Counter, Question, Reply, adding, counting
from tests.neuron.cast import ALICE, CAROL, at, served

QUERY = Question((1, 2, 3))
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def rogue(serve: Serve) -> AsyncIterator[Neuron]:
    """A server that does what it likes with each connection."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield at(Endpoint("127.0.0.1", server.sockets[0].getsockname()[1]))


def says(raw: bytes) -> Serve:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return serve


async def hangs(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    while await reader.read(1000):
        pass


async def floods(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


async def test_a_reply_comes_back_typed() -> None:
    async with served(adding, Adder()) as (_, bob), Dendrite(ALICE) as dendrite:
        assert await dendrite.ask(bob, adding, QUERY) == Reply(6)


async def test_a_stream_comes_back_with_the_time_of_each_piece() -> None:
    async with served(counting, Counter(pause_s=0.05)) as (_, bob), Dendrite(ALICE) as dendrite:
        reply = await dendrite.ask(bob, counting, QUERY)
        assert isinstance(reply, Streamed)
        assert reply.pieces == (Reply(1), Reply(3), Reply(6))
        gaps = [
            later - earlier
            for earlier, later in zip((0.0, *reply.arrivals_s), reply.arrivals_s, strict=False)
        ]
        assert min(gaps) > 0.03
        assert reply.duration_s >= reply.arrivals_s[-1]


async def test_a_refusal_carries_its_name() -> None:
    async with served(adding, Adder()) as (_, bob), Dendrite(CAROL) as dendrite:
        with pytest.raises(RefusedByMiner) as caught:
            await dendrite.ask(bob, adding, QUERY)
        assert (caught.value.status, caught.value.name) == (403, "NotRegistered")


async def test_a_stream_that_breaks_off_with_a_reason_carries_it() -> None:
    async with served(counting, Counter(breaks_after=2)) as (_, bob), Dendrite(ALICE) as dendrite:
        with pytest.raises(RefusedByMiner, match="MinerFailed"):
            await dendrite.ask(bob, counting, QUERY)


async def test_nobody_there_is_unreachable() -> None:
    async with rogue(hangs) as bob:
        pass
    async with Dendrite(ALICE) as dendrite:
        with pytest.raises(Unreachable):
            await dendrite.ask(bob, adding, QUERY)
        with pytest.raises(Unreachable, match="serves no axon"):
            await dendrite.ask(replace(bob, endpoint=None), adding, QUERY)


STREAM = OK + b"\r\n" + b'{"piece":{"total":1}}\n'


@pytest.mark.parametrize(
    ("serve", "expected"),
    [
        (says(b""), Unreachable),
        (says(b"SSH-2.0-OpenSSH\r\n\r\n"), InvalidReply),
        (says(OK + b"Content-Length: 3\r\n\r\n{}}"), InvalidReply),
        (says(OK + b'Content-Length: 14\r\n\r\n{"total":true}'), InvalidReply),
        (says(OK + b"Content-Length: 50\r\n\r\n{"), Interrupted),
        (says(OK + b"X: " + b"x" * 20_000 + b"\r\n\r\n"), InvalidReply),
        (says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"), RefusedByMiner),
        (says(b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\n[[[["), RefusedByMiner),
        (floods, ReplyTooLarge),
        (hangs, TimedOut),
    ],
    ids=[
        "closes", "ssh", "json", "type", "short", "headers", "redirect", "error", "flood", "hang"
    ],
)  # fmt: skip
async def test_a_rogue_costs_little_and_has_a_name(
    serve: Serve, expected: type[QueryFailed]
) -> None:
    hasty = replace(adding, timeout_s=0.5)
    async with rogue(serve) as bob, Dendrite(ALICE) as dendrite:
        with pytest.raises(expected):
            await dendrite.ask(bob, hasty, QUERY)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (STREAM, Interrupted),
        (STREAM + b'{"end":2}\n', InvalidReply),
        (STREAM + b"nonsense\n", InvalidReply),
        (STREAM + b"[]\n", InvalidReply),
        (STREAM + b'{"piece":{"total":"1"}}\n', InvalidReply),
        (STREAM + b'{"piece":{"total":1}}\n' * counting.pieces_max, ReplyTooLarge),
        (STREAM + b'{"error":{"name":"Busy","message":"later"}}\n', RefusedByMiner),
        (STREAM + b'{"error":7}\n', RefusedByMiner),
    ],
)
async def test_a_rogue_stream_has_a_name(raw: bytes, expected: type[QueryFailed]) -> None:
    async with rogue(says(raw)) as bob, Dendrite(ALICE) as dendrite:
        with pytest.raises(expected):
            await dendrite.ask(bob, counting, QUERY)


async def test_a_connection_that_closes_at_once_is_tried_again() -> None:
    calls = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            await says(OK + b'Content-Length: 11\r\n\r\n{"total":6}')(reader, writer)

    async with rogue(serve) as bob, Dendrite(ALICE) as dendrite:
        assert await dendrite.ask(bob, adding, QUERY) == Reply(6)
    assert calls == 2


async def test_nothing_is_tried_again_once_a_piece_has_arrived() -> None:
    calls = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await says(STREAM)(reader, writer)

    async with rogue(serve) as bob, Dendrite(ALICE) as dendrite:
        with pytest.raises(Interrupted):
            await dendrite.ask(bob, counting, QUERY)
    assert calls == 1
