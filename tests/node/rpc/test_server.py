"""The RPC over real sockets: both transports, several ports, limits, slow readers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import aiohttp
import orjson
import pytest

from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.server import CannotListen, RpcServer, is_loopback
from tests.node.rpc.memory_chain import MemoryChain


@dataclass(frozen=True)
class Served:
    """A server and a client for its first port."""

    chain: MemoryChain
    server: RpcServer
    client: aiohttp.ClientSession

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.ports[0]}"

    def socket(self, **options: Any) -> Any:
        return self.client.ws_connect(f"ws://{self.address}", **options)

    def post(self, body: bytes, **options: Any) -> Any:
        return self.client.post(f"http://{self.address}", data=body, **options)


@asynccontextmanager
async def serving(limits: RpcLimits | None = None, **options: Any) -> AsyncIterator[Served]:
    chain = MemoryChain({b"\xaa": b"one"})
    options = {"ports": (0,)} | options
    async with (
        RpcServer(chain, limits=limits, **options) as server,
        aiohttp.ClientSession() as client,
    ):
        yield Served(chain, server, client)


def request(method: str, *params: Any, identifier: Any = 1) -> bytes:
    return orjson.dumps({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})


async def call(socket: aiohttp.ClientWebSocketResponse, method: str, *params: Any) -> Any:
    await socket.send_bytes(request(method, *params))
    return orjson.loads((await socket.receive()).data)["result"]


async def test_a_websocket_is_answered_in_text() -> None:
    async with serving() as it, it.socket(compress=15) as socket:
        assert socket.compress == 0, "compression costs more than it saves"
        await socket.send_str(request("system_chain", identifier="a").decode())
        answer = await socket.receive()

        assert answer.type is aiohttp.WSMsgType.TEXT
        assert orjson.loads(answer.data) == {"jsonrpc": "2.0", "result": "Bittensor", "id": "a"}
        await socket.send_bytes(request("system_chain", identifier="b"))
        assert orjson.loads((await socket.receive()).data)["id"] == "b"


async def test_requests_that_come_together_are_answered_in_order() -> None:
    async with serving() as it, it.socket() as socket:
        for identifier in range(200):
            method = "author_pendingExtrinsics" if identifier % 3 else "system_chain"
            await socket.send_bytes(request(method, identifier=identifier))

        got = [orjson.loads((await socket.receive()).data)["id"] for _ in range(200)]
        assert got == list(range(200))


async def test_http_answers_on_the_same_port() -> None:
    async with serving() as it:
        async with it.post(request("chain_getHeader")) as response:
            assert response.status == 200
            assert response.content_type == "application/json"
            assert (await response.json())["result"]["number"] == "0x0"
        async with it.post(b"[" + request("system_name") + b"]") as response:
            assert (await response.json())[0]["result"] == "taonet"
        async with it.post(b'{"jsonrpc":"2.0","method":"system_name"}') as response:
            assert (response.status, await response.read()) == (204, b"")
        async with it.post(b"nonsense") as response:
            assert (await response.json())["error"]["code"] == -32700
        async with it.post(request("chain_subscribeNewHeads")) as response:
            assert (await response.json())["error"]["code"] == -32000
        async with it.client.get(f"http://{it.address}") as response:
            assert response.status == 405


async def test_several_ports_lead_to_one_chain() -> None:
    async with serving(ports=(0, 0)) as it:
        first, second = it.server.ports
        assert first != second
        async with (
            it.socket() as writer,
            it.client.ws_connect(f"ws://127.0.0.1:{second}") as reader,
        ):
            await call(writer, "dev_setStorage", [["0xbb", "0x05"]])
            assert await call(reader, "state_getStorage", "0xbb") == "0x05"


async def test_a_subscription_is_served_until_its_client_goes() -> None:
    async with serving() as it:
        async with it.socket() as socket:
            identifier = await call(socket, "chain_subscribeNewHeads")
            it.chain.seal()
            numbers = []
            for _ in range(2):
                told = orjson.loads((await socket.receive()).data)
                assert told["params"]["subscription"] == identifier
                numbers.append(told["params"]["result"]["number"])
            assert numbers == ["0x0", "0x1"]
            assert it.server.client_count == 1
        await until(lambda: it.server.client_count == 0)
        assert it.server.rpc.feed.hearer_count == 0


async def test_a_client_that_vanishes_leaves_nothing() -> None:
    async with serving() as it:
        socket = await it.socket()
        await call(socket, "chain_subscribeNewHeads")
        transport = socket._response.connection.transport
        transport.abort()
        await until(lambda: it.server.client_count == 0)

        assert it.server.rpc.feed.hearer_count == 0
        it.chain.seal()


async def test_a_message_may_have_its_limit_of_bytes_and_not_one_more() -> None:
    body = request("system_chain")
    async with serving(RpcLimits(message_bytes_max=len(body))) as it:
        async with it.post(body) as response:
            assert response.status == 200
        async with it.post(body + b" ") as response:
            assert response.status == 413
            error = (await response.json())["error"]
            assert error["code"] == -32007
            assert error["data"] == f"message_bytes_max is {len(body)}"
        async with it.socket() as socket:
            await socket.send_bytes(body)
            assert (await socket.receive()).type is aiohttp.WSMsgType.TEXT
            await socket.send_bytes(body + b" ")
            await socket.receive()
            assert socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with serving(RpcLimits(body_read_s_max=0.05)) as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", it.server.ports[0])
        writer.write(b"POST / HTTP/1.1\r\nHost: node\r\nContent-Length: 100\r\n\r\n{")
        answer = await reader.readline()
        writer.close()
        await writer.wait_closed()

        assert b"408" in answer


async def test_there_may_be_the_limit_of_connections_and_not_one_more() -> None:
    async with serving(RpcLimits(connections_max=2)) as it, it.socket() as first:
        async with it.socket() as second:
            assert await call(second, "system_chain") == "Bittensor"
            reader, writer = await asyncio.open_connection("127.0.0.1", it.server.ports[0])
            refusal = await reader.read()
            writer.close()
            assert refusal.startswith(b"HTTP/1.1 503")
            assert refusal.endswith(b"connections_max is 2")
            assert await call(first, "system_chain") == "Bittensor"
        await until(lambda: it.server.client_count == 1)
        async with it.socket() as third:
            assert await call(third, "system_chain") == "Bittensor"


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        (RpcLimits(queued_notifications_max=8), "queued_notifications_max is 8"),
        (RpcLimits(queued_bytes_max=1 << 22), "queued_bytes_max is 4194304"),
    ],
)
async def test_a_slow_reader_is_dropped_and_told_why(limits: RpcLimits, named: str) -> None:
    value = bytes(1 << 20)
    async with serving(limits) as it:
        socket = await it.socket(max_msg_size=0)
        await call(socket, "state_subscribeStorage", ["0xbb"])
        for number in range(200):
            it.chain.seal({b"\xbb": value + bytes((number,))})
            await asyncio.sleep(0)
            if it.server.rpc.feed.hearer_count == 0:
                break
        assert it.server.rpc.feed.hearer_count == 0, "it was never dropped"
        while (message := await socket.receive()).type is aiohttp.WSMsgType.TEXT:
            assert b'"state_storage"' in message.data[:100].encode()

        assert message.type is aiohttp.WSMsgType.CLOSE
        assert message.data == aiohttp.WSCloseCode.TRY_AGAIN_LATER
        assert message.extra == f"slow reader: {named}"
        await until(lambda: it.server.client_count == 0)


async def test_a_reader_that_keeps_up_hears_everything() -> None:
    async with serving(RpcLimits(queued_notifications_max=8)) as it, it.socket() as socket:
        await call(socket, "chain_subscribeNewHeads")
        for number in range(50):
            told = orjson.loads((await socket.receive()).data)
            assert told["params"]["result"]["number"] == hex(number)
            it.chain.seal()


async def test_the_queue_may_have_its_limit_and_not_one_more() -> None:
    async with serving(RpcLimits(queued_notifications_max=4)) as it:
        for count, stays in ((4, True), (5, False)):
            async with it.socket() as socket:
                await call(socket, "chain_subscribeNewHeads")
                await socket.receive()
                # Nothing is written between these: they all wait for the writer's turn.
                for _ in range(count):
                    it.chain.seal()
                message = await socket.receive()
                assert (message.type is aiohttp.WSMsgType.TEXT) is stays


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("https://polkadot.js.org", True),
        ("https://polkadot.js.org.example.com", False),
        ("https://example.com", False),
        ("null", False),
        ("http://[", False),
    ],
)
async def test_pages_of_other_origins_are_refused(origin: str, allowed: bool) -> None:
    async with serving() as it:
        headers = {"Origin": origin}
        async with it.post(request("system_chain"), headers=headers) as response:
            assert response.status == (200 if allowed else 403)
            assert response.headers.get("Access-Control-Allow-Origin") == (
                origin if allowed else None
            )
        options = it.client.options(f"http://{it.address}", headers=headers)
        async with options as response:
            assert response.status == (204 if allowed else 403)
        if allowed:
            async with it.socket(headers=headers) as socket:
                assert await call(socket, "system_chain") == "Bittensor"
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError) as failure:
                await it.socket(headers=headers)
            assert failure.value.status == 403


async def test_every_origin_can_be_allowed() -> None:
    async with serving(allowed_origins=frozenset({"*"})) as it:
        headers = {"Origin": "https://example.com"}
        async with it.post(request("system_chain"), headers=headers) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


async def test_dev_methods_are_for_loopback_only() -> None:
    for host, offered in (("127.0.0.1", True), ("0.0.0.0", False)):
        async with (
            serving(host=host) as it,
            it.socket() as socket,
        ):
            assert ("dev_newBlock" in (await call(socket, "rpc_methods"))["methods"]) is offered


async def test_a_port_that_is_taken_is_named() -> None:
    async with serving() as it:
        (taken,) = it.server.ports
        second = RpcServer(MemoryChain(), ports=(0, taken))
        with pytest.raises(CannotListen, match=f"127.0.0.1:{taken}: Address already in use"):
            await second.__aenter__()
        assert second.ports == (0, taken)


async def test_a_port_out_of_range_is_named() -> None:
    with pytest.raises(CannotListen, match="70000 is not a port"):
        await RpcServer(MemoryChain(), ports=(70000,)).__aenter__()


async def test_a_host_that_is_not_found_is_named() -> None:
    with pytest.raises(CannotListen, match=r"cannot listen at no\.host\.invalid:0: "):
        await RpcServer(MemoryChain(), host="no.host.invalid", ports=(0,)).__aenter__()


async def test_a_handshake_that_is_none_is_refused() -> None:
    async with serving() as it:
        headers = {"Upgrade": "websocket", "Connection": "Upgrade"}
        async with it.client.get(f"http://{it.address}", headers=headers) as response:
            assert response.status == 400


async def test_who_is_connected_when_the_node_stops_is_told() -> None:
    async with aiohttp.ClientSession() as client:
        async with RpcServer(MemoryChain(), ports=(0,)) as server:
            socket = await client.ws_connect(f"ws://127.0.0.1:{server.ports[0]}")
            assert await call(socket, "system_chain") == "Bittensor"
        message = await socket.receive()

        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1012)
        assert message.extra == "the node is stopping"


async def test_a_client_does_not_keep_others_waiting() -> None:
    """Requests that came together are answered in turns with another client's."""
    burnt = 0

    def burn(_: bytes) -> bytes:
        nonlocal burnt
        burnt += 1
        ends = perf_counter() + 0.002
        while perf_counter() < ends:
            pass
        return b""

    async with serving() as it, it.socket() as greedy, it.socket() as modest:
        it.chain.answers["Core_burn"] = burn
        for _ in range(100):
            await greedy.send_bytes(request("state_call", "Core_burn", "0x"))
        assert await call(modest, "system_chain") == "Bittensor"
        assert burnt < 20
        for _ in range(100):
            await greedy.receive()
        assert burnt == 100


async def until(condition: Any) -> None:
    """Wait for something that other tasks bring about."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0)
