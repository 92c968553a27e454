"""
The miner's end of a request: an HTTP server that admits, decodes, asks the author's `answer`.

    POST /<subnet>    the query as JSON, with btauth/1 headers
      200 application/json       the reply
      200 application/x-ndjson   {"piece": …} lines, then {"end": count} or {"error": {…}}
      4xx, 5xx                   {"error": {"name": …, "message": …}}, named in `errors`
    GET /health       {"subnet": …, "hotkey": …}
    GET /metrics      counters, for callers on this machine

Cheap checks come first: a stranger who is not registered costs neither a body nor a signature.
"""

import asyncio
import ipaddress
import math
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, cast

import orjson
import structlog
from aiohttp import web

from taonet.neuron.admission import Admission
from taonet.neuron.chain import Endpoint
from taonet.neuron.errors import (
    AnswerTooSlow,
    Busy,
    InvalidMessage,
    MalformedRequest,
    MinerFailed,
    NotServed,
    Refused,
    RequestTooLarge,
    RequestTooSlow,
)
from taonet.neuron.message import Message
from taonet.neuron.metrics import Metrics
from taonet.neuron.signing import HEADER_HOTKEY, NonceCache, Verifier
from taonet.neuron.subnet import AnyMiner, Miner, Stream, StreamingMiner, Subnet

BODY_S_MAX = 5.0
"""From the headers' arrival to the body's last byte."""
CONCURRENCY_MAX = 32
"""Requests under way at once."""
SHUTDOWN_S = 5.0
"""Requests under way may finish for this long."""
NDJSON = "application/x-ndjson"

log = structlog.get_logger("taonet.axon")


@dataclass(frozen=True)
class AxonLimits:
    """What one axon takes on at once."""

    concurrency: int = CONCURRENCY_MAX
    body_s: float = BODY_S_MAX


class Axon:
    """Serves one miner's `answer` on one subnet to the hotkeys that `admission` lets in."""

    def __init__(
        self,
        subnet: Subnet[Any, Any],
        miner: AnyMiner,
        *,
        hotkey: str,
        admission: Admission,
        limits: AxonLimits | None = None,
        metrics: Metrics | None = None,
        verifier: Verifier | None = None,
    ) -> None:
        self._subnet = subnet
        self._miner = miner
        self._hotkey = hotkey
        self._admission = admission
        self._limits = limits or AxonLimits()
        self._verifier = verifier or Verifier(hotkey, NonceCache())
        self._under_way = 0
        self.metrics = metrics or Metrics()

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[Endpoint]:
        """Serve on `host` and `port` (0 picks a free one) within the block; raises `OSError`."""
        application = web.Application(client_max_size=self._subnet.query_bytes_max)
        application.router.add_get("/health", self._health)
        application.router.add_get("/metrics", self._metrics)
        application.router.add_post("/{subnet}", self._answer)
        runner = web.AppRunner(
            application,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_S,
            handle_signals=False,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            bound = runner.addresses[0]
            log.info("axon_listening", subnet=self._subnet.name, host=bound[0], port=bound[1])
            yield Endpoint(bound[0], bound[1])
        finally:
            await runner.cleanup()

    async def _health(self, request: web.Request) -> web.Response:
        del request
        return _json({"subnet": self._subnet.name, "hotkey": self._hotkey})

    async def _metrics(self, request: web.Request) -> web.Response:
        if not ipaddress.ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104
            return _refusal(NotServed("metrics are for callers on this machine"))
        return web.Response(text=self.metrics.render())

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            with self._slot():
                query = await self._admit(request)
                if isinstance(self._subnet.reply, Stream):
                    return await self._stream(request, query)
                return await self._reply(query)
        except Refused as refused:
            self.metrics.add("taonet_axon_requests_total", outcome=type(refused).__name__)
            log.debug("request_refused", reason=type(refused).__name__)
            return _refusal(refused)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._under_way >= self._limits.concurrency:
            raise Busy(f"{self._limits.concurrency} requests at once are the limit")
        self._under_way += 1
        self.metrics.set("taonet_axon_under_way", self._under_way)
        try:
            yield
        finally:
            self._under_way -= 1
            self.metrics.set("taonet_axon_under_way", self._under_way)

    async def _admit(self, request: web.Request) -> Message:
        """The query of an admitted caller; raises `Refused`."""
        if request.match_info["subnet"] != self._subnet.name:
            raise NotServed(f"this axon serves {self._subnet.name}")
        claimed = request.headers.get(HEADER_HOTKEY)
        if not claimed:
            raise MalformedRequest(f"missing {HEADER_HOTKEY}")
        self._admission.check_member(claimed)
        body = await self._body(request)
        caller = self._verifier.verify(request.headers, path=request.path_qs, body=body)
        assert caller == claimed
        self._admission.charge(caller)
        try:
            return cast(Message, self._subnet.query.from_json(body))
        except InvalidMessage as error:
            raise MalformedRequest(str(error)) from error

    async def _body(self, request: web.Request) -> bytes:
        limit = self._subnet.query_bytes_max
        if (request.content_length or 0) > limit:
            raise RequestTooLarge(f"a query has at most {limit} bytes")
        try:
            async with asyncio.timeout(self._limits.body_s):
                return await request.read()
        except web.HTTPRequestEntityTooLarge as error:
            raise RequestTooLarge(f"a query has at most {limit} bytes") from error
        except TimeoutError as error:
            raise RequestTooSlow(f"the body took over {self._limits.body_s:g} s") from error

    async def _reply(self, query: Message) -> web.Response:
        miner = cast(Miner[Any, Any], self._miner)
        try:
            async with asyncio.timeout(self._subnet.timeout_s):
                reply = await miner.answer(query)
                body = reply.to_json()
        except TimeoutError as error:
            raise AnswerTooSlow(f"no answer within {self._subnet.timeout_s:g} s") from error
        except Refused:
            raise
        except Exception as error:
            log.exception("miner_failed", subnet=self._subnet.name)
            raise MinerFailed(type(error).__name__) from error
        self.metrics.add("taonet_axon_requests_total", outcome="answered")
        return web.Response(body=body, content_type="application/json")

    async def _stream(self, request: web.Request, query: Message) -> web.StreamResponse:
        """Write pieces as they come; a failure before the first one is an ordinary refusal."""
        miner = cast(StreamingMiner[Any, Any], self._miner)
        response = web.StreamResponse(headers={"Content-Type": NDJSON})
        count = 0
        try:
            async with asyncio.timeout(self._subnet.timeout_s), _closing(miner, query) as pieces:
                async for piece in pieces:
                    line = b'{"piece":' + piece.to_json() + b"}\n"
                    if count == 0:
                        await response.prepare(request)
                    await response.write(line)
                    count += 1
                if count == 0:
                    await response.prepare(request)
                await response.write(orjson.dumps({"end": count}) + b"\n")
        except ConnectionError:
            self.metrics.add("taonet_axon_requests_total", outcome="CallerLeft")
            return response
        except Exception as error:  # the author's code: named, counted and logged
            refused = self._named(error)
            if count == 0 and not response.prepared:
                raise refused from error
            self.metrics.add("taonet_axon_requests_total", outcome=type(refused).__name__)
            await response.write(orjson.dumps(_described(refused)) + b"\n")
            return response
        self.metrics.add("taonet_axon_requests_total", outcome="answered")
        self.metrics.add("taonet_axon_pieces_total", count)
        return response

    def _named(self, error: Exception) -> Refused:
        if isinstance(error, TimeoutError):
            return AnswerTooSlow(f"no end within {self._subnet.timeout_s:g} s")
        if isinstance(error, Refused):
            return error
        log.error("miner_failed", subnet=self._subnet.name, exc_info=error)
        return MinerFailed(type(error).__name__)


def _closing(miner: StreamingMiner[Any, Any], query: Message) -> Any:
    """The author's generator, closed at the end whatever happens."""
    pieces = miner.answer(query)
    assert isinstance(pieces, AsyncGenerator), "a streaming miner's answer is an async generator"
    return aclosing(pieces)


def _described(refused: Refused) -> dict[str, dict[str, str]]:
    return {"error": {"name": type(refused).__name__, "message": str(refused)}}


def _json(value: object, *, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


def _refusal(refused: Refused) -> web.Response:
    response = _json(_described(refused), status=refused.status)
    if refused.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(refused.retry_after_s))
    # The rest of a refused body is not worth reading.
    response.force_close()
    return response
