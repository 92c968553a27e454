"""Pulses fetched over real HTTP, from servers that serve recorded ones, fail or lie."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256

import aiohttp
import pytest
from aiohttp import web

from taonet.node.clock import ManualClock
from taonet.node.config import Sealing
from taonet.node.drand import (
    ENDPOINTS_MAX,
    PAUSE_S_MAX,
    PUBLIC_ENDPOINTS,
    PULSES_AT_ONCE_MAX,
    RESPONSE_BYTES_MAX,
    BadEndpoints,
    PulseBringer,
    PulseServers,
    PulseUnavailable,
    parse_endpoints,
    parse_pulse,
)
from taonet.node.service import running
from taonet.pallets.drand.payloads import QUICKNET, BeaconConfiguration
from tests.node.small_chain import CONFIG, SmallChain
from tests.primitives.bls12_381 import quicknet

OWN = replace(QUICKNET, public_key=quicknet.own_public_key(), hash=b"own".ljust(32, b"."))


def answer(round_: int, signature: bytes) -> bytes:
    """What drand's servers say."""
    randomness = sha256(signature).hexdigest()
    said = f'{{"round":{round_},"randomness":"{randomness}","signature":"{signature.hex()}"}}'
    return said.encode()


class Server:
    """One of drand's servers: `pulses` by round, the newest being the latest."""

    def __init__(self, beacon: BeaconConfiguration, pulses: dict[int, bytes]) -> None:
        self.beacon = beacon
        self.pulses = pulses
        self.asked: list[str] = []
        self.broken = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        which = request.path.removeprefix(f"/{self.beacon.hash.hex()}/public/")
        round_ = max(self.pulses) if which == "latest" else int(which)
        if self.broken or round_ not in self.pulses:
            return web.Response(status=404)
        return web.Response(body=self.pulses[round_], content_type="application/json")


@asynccontextmanager
async def serving(handle: Callable[[web.Request], object]) -> AsyncIterator[str]:
    """The URL of a real server on loopback."""
    app = web.Application()
    app.router.add_get("/{rest:.*}", handle)  # type: ignore[arg-type]
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def recorded() -> Server:
    """Quicknet, as it was after round 2000."""
    pulses = {r: answer(r, signature) for r, signature in quicknet.SIGNATURES.items()}
    return Server(QUICKNET, pulses)


def own(*rounds: int) -> Server:
    """The tests' own beacon."""
    return Server(OWN, {r: answer(r, quicknet.own_signature(r)) for r in rounds})


def own_chain() -> SmallChain:
    """A chain that listens to the tests' own beacon."""
    small = SmallChain()
    small.executor.runtime.pulses.beacon_config = OWN
    small.block()
    return small


@asynccontextmanager
async def bringing(
    small: SmallChain, *endpoints: str
) -> AsyncIterator[tuple[PulseBringer, PulseServers]]:
    """Who brings pulses, and the servers it asks."""
    async with aiohttp.ClientSession() as session:
        yield (
            PulseBringer(small.chain, endpoints, small.clock),
            PulseServers(session, endpoints),
        )


async def test_a_recorded_pulse_comes_to_the_chain() -> None:
    small = SmallChain()
    small.block()
    async with serving(recorded().handle) as url, bringing(small, url) as (bringer, servers):
        assert await bringer.bring(servers) == 1
        small.block()
        known = small.executor.runtime.pulses
        assert known.last_stored_round == known.oldest_stored_round == 2000
        pulse = known.pulses[2000]
        assert pulse is not None
        assert pulse.signature == quicknet.SIGNATURES[2000]
        assert await bringer.bring(servers) == 0
    assert not small.chain.pending()


async def test_missed_rounds_are_brought_in_order_so_many_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("taonet.node.drand.PULSES_AT_ONCE_MAX", 3)
    small, server = own_chain(), own(5)
    async with serving(server.handle) as url, bringing(small, url) as (bringer, servers):
        await bringer.bring(servers)
        small.block()
        server.pulses |= own(*range(6, 11)).pulses
        assert await bringer.bring(servers) == 3
        small.block()
        assert small.executor.runtime.pulses.last_stored_round == 8
        assert await bringer.bring(servers) == 2
        small.block()
    known = small.executor.runtime.pulses
    assert sorted(known.pulses.keys()) == list(range(5, 11))
    assert PULSES_AT_ONCE_MAX == 50


async def test_a_pulse_in_the_pool_is_not_brought_again_until_it_is_dropped() -> None:
    small, server = own_chain(), own(5)
    async with serving(server.handle) as url, bringing(small, url) as (bringer, servers):
        assert await bringer.bring(servers) == 1
        assert await bringer.bring(servers) == 0
        small.chain.pool.clear()
        small.executor.runtime.pulses.last_stored_round = 4
        for _ in range(4):
            small.block()
        assert await bringer.bring(servers) == 1


async def test_the_first_server_that_answers_well_is_believed() -> None:
    small, good, bad = SmallChain(), recorded(), recorded()
    bad.broken = True
    async with (
        serving(bad.handle) as broken,
        serving(good.handle) as url,
        bringing(small, "http://127.0.0.1:1", broken, url) as (_, servers),
    ):
        pulse = await servers.latest(QUICKNET)
        assert (await servers.at(QUICKNET, 1000)).round_ == 1000
    assert pulse.round_ == 2000
    assert good.asked[0] == f"/{QUICKNET.hash.hex()}/public/latest"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no pulse"),
        (b"[]", "no pulse"),
        (b'{"round":"1","randomness":"","signature":""}', "no round"),
        (b'{"round":true,"randomness":"","signature":""}', "no round"),
        (b'{"round":0,"randomness":"","signature":""}', "no round"),
        (b'{"round":1,"randomness":"zz","signature":""}', "no pulse"),
        (b'{"round":1,"randomness":"","signature":"' + b"00" * 145 + b'"}', "too long"),
        (b'{"round":1,"randomness":"' + b"00" * 33 + b'","signature":""}', "too long"),
        (b" " * (RESPONSE_BYTES_MAX + 1), f"over {RESPONSE_BYTES_MAX} bytes"),
        (answer(2000, quicknet.own_signature(2000)), "did not sign"),
        (answer(1001, quicknet.SIGNATURES[1000]), "did not sign"),
        (answer(1000, quicknet.NOT_A_SIGNATURE), "did not sign"),
    ],
)
async def test_what_is_no_pulse_of_the_beacon_is_refused(body: bytes, why: str) -> None:
    async def lie(_: web.Request) -> web.Response:
        return web.Response(body=body)

    small = SmallChain()
    async with serving(lie) as url, bringing(small, url) as (bringer, servers):
        with pytest.raises(PulseUnavailable, match=why):
            await bringer.bring(servers)
    assert not small.chain.pending()


async def test_a_server_that_gives_another_round_or_sends_elsewhere_is_refused() -> None:
    async def other(request: web.Request) -> web.Response:
        if request.path.endswith("latest"):
            raise web.HTTPFound("/elsewhere")
        return web.Response(body=answer(1000, quicknet.SIGNATURES[1000]))

    async with serving(other) as url, bringing(SmallChain(), url) as (_, servers):
        with pytest.raises(PulseUnavailable, match="gave round 1000 for 7"):
            await servers.at(QUICKNET, 7)
        with pytest.raises(PulseUnavailable, match="answered 302"):
            await servers.latest(QUICKNET)


async def test_the_task_waits_longer_after_each_failure_and_goes_on() -> None:
    small, server = own_chain(), own(5)
    server.broken = True
    pauses: list[float] = []
    done = asyncio.Event()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            server.broken = False
        if len(pauses) == 9:
            done.set()
            await asyncio.Event().wait()

    async with serving(server.handle) as url:
        bringer = PulseBringer(small.chain, (url,), small.clock, pause)
        running = asyncio.create_task(bringer.run())
        async with asyncio.timeout(20):
            await done.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert pauses[:8] == [2, 4, 8, 16, 32, PAUSE_S_MAX, PAUSE_S_MAX, PAUSE_S_MAX]
    assert pauses[8] == 1
    small.block()
    assert small.executor.runtime.pulses.last_stored_round == 5


async def test_the_next_look_is_when_the_next_round_is_due() -> None:
    small, server = own_chain(), own(5)
    looked = asyncio.Event()
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        looked.set()
        await asyncio.Event().wait()

    clock = ManualClock((OWN.genesis_time + 5 * OWN.period) * 1_000 - 2_500)
    async with serving(server.handle) as url:
        running = asyncio.create_task(PulseBringer(small.chain, (url,), clock, pause).run())
        async with asyncio.timeout(20):
            await looked.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert pauses == [2.5]


async def test_a_node_brings_pulses_by_itself() -> None:
    stored = asyncio.Event()
    async with serving(recorded().handle) as url:
        config = replace(CONFIG, sealing=Sealing.INSTANT, drand=(url,))
        async with running(config, ManualClock()) as node, asyncio.timeout(20):
            stop = node.chain.listen(lambda _: stored.set())
            await stored.wait()
            stop()
            assert node.chain.executor.runtime.pulses.last_stored_round == 2000


def test_servers_are_named_by_urls() -> None:
    assert parse_endpoints("off") == parse_endpoints("") == ()
    assert parse_endpoints("public") == PUBLIC_ENDPOINTS
    assert parse_endpoints("http://a:1/, https://b") == ("http://a:1", "https://b")
    for bad in ("a", "ftp://a", "http://", "http://a,,http://b"):
        with pytest.raises(BadEndpoints, match="is no server"):
            parse_endpoints(bad)
    with pytest.raises(BadEndpoints, match=f"{ENDPOINTS_MAX} are the most"):
        parse_endpoints(",".join(["http://a"] * (ENDPOINTS_MAX + 1)))


def test_a_pulse_is_read_as_it_is_said() -> None:
    pulse = parse_pulse(answer(1000, quicknet.SIGNATURES[1000]))
    assert pulse.randomness == quicknet.RANDOMNESS[1000]
