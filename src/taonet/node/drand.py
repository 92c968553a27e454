"""
Pulses of drand for the chain: fetched from public servers, checked, and brought as transactions.

Each round has its time, so the node asks when the next one is due; a server that fails is asked
less and less often. What the chain missed is brought in the order of the rounds, so many at a time.

Source: subtensor pallets/drand/src/lib.rs `fetch_drand_pulse_and_send_unsigned` @ 14bc6f9.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import bittensor_core
import orjson
import structlog

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.multi_address import Sr25519
from taonet.node.chain import Chain
from taonet.node.clock import Clock
from taonet.node.tx_pool import PoolRefused
from taonet.pallets.drand.payloads import (
    HASH_BYTES_MAX,
    SIGNATURE_BYTES_MAX,
    BeaconConfiguration,
    Pulse,
    PulsesPayload,
    Sr25519Signer,
)
from taonet.pallets.drand.verification import is_of_beacon
from taonet.primitives.bls12_381 import NotAPoint
from taonet.runtime.extrinsic import encode_bare
from taonet.runtime.pallets import CALLS
from taonet.runtime.pulse_validity import PULSE_LONGEVITY
from taonet.scale.codec import codec

log = structlog.get_logger()

PUBLIC_ENDPOINTS: Final = (
    "https://api.drand.sh",
    "https://api2.drand.sh",
    "https://api3.drand.sh",
    "https://drand.cloudflare.com",
    "https://api.drand.secureweb3.com:6875",
)
"""Where the real chain's nodes ask."""

OFF: Final = "off"
PUBLIC: Final = "public"

ENDPOINTS_MAX: Final = 16
"""All are asked at once."""

PULSES_AT_ONCE_MAX: Final = 50
"""What one look brings at most: the real chain's limit."""

RESPONSE_BYTES_MAX: Final = 4_096
"""A pulse of quicknet takes some 250."""

ANSWER_TIMEOUT_S: Final = 5.0
PAUSE_S_MIN: Final = 1.0
"""Between two looks, even if the next round seems overdue: clocks differ."""

PAUSE_S_MAX: Final = 60.0
"""Between two looks, however often they failed."""

SEED_BYTES: Final = 32

Pause = Callable[[float], Awaitable[None]]


class BadEndpoints(ValueError):
    """A list of servers that cannot be asked."""


class PulseUnavailable(Exception):
    """No server gave a pulse that the beacon signed; the text says what each said."""


def parse_endpoints(text: str) -> tuple[str, ...]:
    """The servers that `off`, `public` or URLs with commas between them name."""
    if text in ("", OFF):
        return ()
    if text == PUBLIC:
        return PUBLIC_ENDPOINTS
    endpoints = tuple(part.strip().rstrip("/") for part in text.split(","))
    for endpoint in endpoints:
        parts = urlsplit(endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadEndpoints(
                f"{endpoint!r} is no server: say {OFF}, {PUBLIC}, or URLs with commas between them"
            )
    if len(endpoints) > ENDPOINTS_MAX:
        raise BadEndpoints(f"{len(endpoints)} servers, where {ENDPOINTS_MAX} are the most")
    return endpoints


def parse_pulse(body: bytes) -> Pulse:
    """A pulse as drand's servers say it; raises `PulseUnavailable`."""
    try:
        document: Any = orjson.loads(body)
        round_ = document["round"]
        randomness, signature = (
            bytes.fromhex(document[name]) for name in ("randomness", "signature")
        )
    except (ValueError, KeyError, TypeError) as error:
        raise PulseUnavailable(f"the answer is no pulse: {error}") from error
    if type(round_) is not int or not 0 < round_ < 2**64:
        raise PulseUnavailable("the answer has no round")
    if len(randomness) > HASH_BYTES_MAX or len(signature) > SIGNATURE_BYTES_MAX:
        raise PulseUnavailable("the answer's pulse is too long")
    return Pulse(round_, randomness, signature)


class PulseServers:
    """drand's HTTP interface; the first server that answers well is believed."""

    def __init__(self, session: aiohttp.ClientSession, endpoints: Sequence[str]) -> None:
        self._session = session
        self._endpoints = endpoints

    async def latest(self, beacon: BeaconConfiguration) -> Pulse:
        """The newest pulse; raises `PulseUnavailable`."""
        return await self._first(beacon, None)

    async def at(self, beacon: BeaconConfiguration, round_: int) -> Pulse:
        """A round's pulse; raises `PulseUnavailable`."""
        return await self._first(beacon, round_)

    async def _first(self, beacon: BeaconConfiguration, round_: int | None) -> Pulse:
        asked = [
            asyncio.create_task(self._ask(endpoint, beacon, round_)) for endpoint in self._endpoints
        ]
        refusals = []
        try:
            for answer in asyncio.as_completed(asked):
                try:
                    return await answer
                except PulseUnavailable as refusal:
                    refusals.append(str(refusal))
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        raise PulseUnavailable("; ".join(refusals))

    async def _ask(self, endpoint: str, beacon: BeaconConfiguration, round_: int | None) -> Pulse:
        which = "latest" if round_ is None else str(round_)
        url = f"{endpoint}/{beacon.hash.hex()}/public/{which}"
        try:
            async with self._session.get(url, allow_redirects=False) as response:
                if response.status != 200:
                    raise PulseUnavailable(f"{endpoint} answered {response.status}")
                body = b""
                async for chunk in response.content.iter_chunked(RESPONSE_BYTES_MAX):
                    body += chunk
                    if len(body) > RESPONSE_BYTES_MAX:
                        raise PulseUnavailable(f"{endpoint} said over {RESPONSE_BYTES_MAX} bytes")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise PulseUnavailable(f"{endpoint}: {error or type(error).__name__}") from error
        pulse = parse_pulse(body)
        if round_ is not None and pulse.round_ != round_:
            raise PulseUnavailable(f"{endpoint} gave round {pulse.round_} for {round_}")
        if not await asyncio.to_thread(_is_signed, pulse, beacon):
            raise PulseUnavailable(f"{endpoint} gave a pulse that the beacon did not sign")
        return pulse


def _is_signed(pulse: Pulse, beacon: BeaconConfiguration) -> bool:
    try:
        return is_of_beacon(pulse, beacon)
    except NotAPoint:
        return False


class PulseBringer:
    """Brings what the chain does not know yet, for ever."""

    def __init__(
        self,
        chain: Chain,
        endpoints: Sequence[str],
        clock: Clock,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._chain = chain
        self._endpoints = endpoints
        self._clock = clock
        self._pause = pause
        self._key = bittensor_core.Keypair.create_from_seed(os.urandom(SEED_BYTES))
        self._brought = 0
        self._brought_at = 0
        """The newest round in the pool, and the head that it was brought to."""

    async def run(self) -> None:
        """Look whenever a round is due; longer and longer after each failure."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S)
        failures = 0
        async with aiohttp.ClientSession(timeout=timeout) as session:
            servers = PulseServers(session, self._endpoints)
            while True:
                try:
                    await self.bring(servers)
                except PulseUnavailable as reason:
                    failures += 1
                    pause_s = min(PAUSE_S_MIN * 2**failures, PAUSE_S_MAX)
                    log.warning("pulse_unavailable", reason=str(reason), pause_s=pause_s)
                else:
                    failures = 0
                    pause_s = self._until_next()
                await self._pause(pause_s)

    async def bring(self, servers: PulseServers) -> int:
        """Bring what is missing, so much as one look may; how many. Raises `PulseUnavailable`."""
        beacon = self._known.beacon_config
        latest = await servers.latest(beacon)
        newest = self._newest() or latest.round_ - 1
        end = min(latest.round_, newest + PULSES_AT_ONCE_MAX)
        for round_ in range(newest + 1, end + 1):
            await self._submit(
                latest if round_ == latest.round_ else await servers.at(beacon, round_)
            )
        return max(end - newest, 0)

    @property
    def _known(self) -> Any:
        return self._chain.executor.runtime.pulses

    def _newest(self) -> int:
        """The newest round that the chain knows or the pool holds."""
        stored: int = self._known.last_stored_round
        waited = self._chain.executor.head.number - self._brought_at
        if self._brought > stored and not 0 <= waited <= PULSE_LONGEVITY:
            # The pool has dropped it, or the chain went back.
            self._brought = stored
        return max(stored, self._brought)

    async def _submit(self, pulse: Pulse) -> None:
        number = self._chain.executor.head.number
        payload = PulsesPayload(number, (pulse,), Sr25519Signer(bytes(self._key.public_key)))
        signature = bytes(self._key.sign(codec(PulsesPayload).encode(payload)))
        call = Call(*CALLS["Drand", "write_pulse"], (payload, Sr25519(signature)))
        encode = self._chain.executor.runtime.codecs.of(RUNTIME_CALL).encode
        try:
            await self._chain.submit(encode_bare(encode(call)))
        except PoolRefused as refusal:
            log.info("pulse_refused", round=pulse.round_, reason=str(refusal))
            return
        self._brought, self._brought_at = pulse.round_, number
        log.debug("pulse_brought", round=pulse.round_)

    def _until_next(self) -> float:
        """Seconds until the round after the newest one is due."""
        beacon: BeaconConfiguration = self._known.beacon_config
        due_ms = (beacon.genesis_time + self._newest() * beacon.period) * 1_000
        until_s = (due_ms - self._clock.now_ms()) / 1_000
        return min(max(until_s, PAUSE_S_MIN), PAUSE_S_MAX)
