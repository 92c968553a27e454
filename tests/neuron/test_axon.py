"""An axon answers who may ask, and refuses the rest by name and status."""

import asyncio

import aiohttp
import pytest

from taonet.neuron.admission import Rate
from taonet.neuron.axon import AxonLimits
from taonet.neuron.chain import Neuron
from taonet.neuron.signing import Keypair, sign
from tests.neuron.adding import Adder, Counter, Failing, Question, Reply, adding, counting
from tests.neuron.cast import ALICE, BOB, CAROL, admission, served

BODY = Question((1, 2)).to_json()


async def post(
    neuron: Neuron,
    *,
    body: bytes = BODY,
    path: str = "/adding",
    headers: dict[str, str] | None = None,
    keypair: Keypair = ALICE,
) -> tuple[int, object]:
    """The status, and the refusal's name or the whole reply."""
    assert neuron.endpoint is not None
    if headers is None:
        headers = sign(keypair, path=path, body=body, receiver=neuron.hotkey)
    async with (
        aiohttp.ClientSession() as session,
        session.post(neuron.endpoint.url + path, data=body, headers=headers) as response,
    ):
        if response.status == 200:
            return 200, await response.read()
        return response.status, (await response.json())["error"]["name"]


async def test_a_registered_caller_gets_the_answer() -> None:
    async with served(adding, Adder()) as (axon, bob):
        status, body = await post(bob)
        assert status == 200
        assert isinstance(body, bytes)
        assert Reply.from_json(body) == Reply(3)
        assert axon.metrics.get("taonet_axon_requests_total", outcome="answered") == 1


async def test_a_stream_ends_with_its_count() -> None:
    async with served(counting, Counter()) as (_, bob):
        status, body = await post(bob, path="/counting")
        assert (status, body) == (
            200,
            b'{"piece":{"total":1}}\n{"piece":{"total":3}}\n{"end":2}\n',
        )


async def test_a_stream_that_breaks_says_so_in_its_last_line() -> None:
    async with served(counting, Counter(breaks_after=1)) as (_, bob):
        status, body = await post(bob, path="/counting")
        assert status == 200
        assert isinstance(body, bytes)
        assert body.splitlines()[-1] == (
            b'{"error":{"name":"MinerFailed","message":"RuntimeError"}}'
        )


@pytest.mark.parametrize(
    ("body", "path", "expected"),
    [
        (BODY, "/other", (404, "NotServed")),
        (b"{", "/adding", (400, "MalformedRequest")),
        (b'{"numbers":[-1]}', "/adding", (400, "MalformedRequest")),
        (b" " * (adding.query_bytes_max + 1), "/adding", (413, "RequestTooLarge")),
    ],
)
async def test_what_cannot_be_served_is_named(
    body: bytes, path: str, expected: tuple[int, str]
) -> None:
    async with served(adding, Adder()) as (axon, bob):
        assert await post(bob, body=body, path=path) == expected
        assert axon.metrics.get("taonet_axon_requests_total", outcome=expected[1]) == 1


async def test_strangers_are_refused_before_their_body_is_read() -> None:
    async with served(adding, Adder()) as (_, bob):
        assert await post(bob, keypair=CAROL) == (403, "NotRegistered")
        assert await post(bob, headers={}) == (400, "MalformedRequest")


async def test_a_replayed_or_foreign_signature_is_refused() -> None:
    async with served(adding, Adder()) as (_, bob):
        signed = sign(ALICE, path="/adding", body=BODY, receiver=BOB.ss58_address)
        assert (await post(bob, headers=signed))[0] == 200
        assert await post(bob, headers=signed) == (401, "Replayed")
        assert await post(bob, headers=signed, body=BODY + b" ") == (401, "NotAuthentic")
        for_carol = sign(ALICE, path="/adding", body=BODY, receiver=CAROL.ss58_address)
        assert await post(bob, headers=for_carol) == (401, "NotAuthentic")


async def test_a_caller_that_asks_too_often_is_refused() -> None:
    gate = admission(ALICE, rate=Rate(per_s=1.0, burst=1.0))
    async with served(adding, Adder(), gate=gate) as (_, bob):
        assert (await post(bob))[0] == 200
        assert await post(bob) == (429, "RateLimited")


async def test_only_so_many_requests_are_under_way_at_once() -> None:
    class Held:
        """Answers when told."""

        def __init__(self) -> None:
            self.asked, self.released = asyncio.Event(), asyncio.Event()

        async def answer(self, query: Question) -> Reply:
            self.asked.set()
            await self.released.wait()
            return Reply(sum(query.numbers))

    held = Held()
    async with served(adding, held, limits=AxonLimits(concurrency=1)) as (_, bob):
        async with asyncio.TaskGroup() as group:
            first = group.create_task(post(bob))
            await held.asked.wait()
            assert await post(bob) == (503, "Busy")
            held.released.set()
        assert first.result()[0] == 200
        assert (await post(bob))[0] == 200


async def test_a_body_that_trickles_is_given_up() -> None:
    async with served(adding, Adder(), limits=AxonLimits(body_s=0.05)) as (_, bob):
        assert bob.endpoint is not None
        reader, writer = await asyncio.open_connection(bob.endpoint.ip, bob.endpoint.port)
        signed = sign(ALICE, path="/adding", body=BODY, receiver=BOB.ss58_address)
        lines = [f"{name}: {value}" for name, value in signed.items()]
        head = ["POST /adding HTTP/1.1", "Host: x", f"Content-Length: {len(BODY)}", *lines]
        writer.write("\r\n".join([*head, "", ""]).encode() + BODY[:3])
        status = await reader.readline()
        writer.close()
        assert status.split()[1] == b"408"


async def test_the_authors_bug_is_the_miners_failure() -> None:
    async with served(adding, Failing()) as (_, bob):
        assert await post(bob) == (500, "MinerFailed")


async def test_health_is_for_everyone_and_metrics_say_what_happened() -> None:
    async with served(adding, Adder()) as (_, bob), aiohttp.ClientSession() as session:
        await post(bob)
        assert bob.endpoint is not None
        async with session.get(bob.endpoint.url + "/health") as response:
            assert await response.json() == {"subnet": "adding", "hotkey": BOB.ss58_address}
        async with session.get(bob.endpoint.url + "/metrics") as response:
            text = await response.text()
        assert 'taonet_axon_requests_total{outcome="answered"} 1\n' in text
