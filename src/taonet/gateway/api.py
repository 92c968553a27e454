"""
The HTTP surface: OpenAI's paths, and two for operators.

    POST /v1/chat/completions   POST /v1/completions
    GET  /v1/models             GET  /v1/models/{model}
    GET  /health                GET  /metrics             without a key

Cheap refusals come first: a key, a free slot and a request of the minute's quota are needed
before a byte of the body is read.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from math import isfinite
from typing import Any

import orjson
import structlog
from aiohttp import web

from taonet.gateway.breaker import Circuit
from taonet.gateway.errors import ApiError, InvalidRequest, RateLimited, ServiceFailed
from taonet.gateway.exchange import Exchange
from taonet.gateway.limits import CallerLimits
from taonet.gateway.miners import MinerError
from taonet.gateway.questions import Question, read_chat, read_completion
from taonet.gateway.quota import Key, KeyRing, Quota
from taonet.gateway.receipts import Receipts
from taonet.gateway.replies import ChatShape, CompletionShape, Shape
from taonet.gateway.router import Answer, Journey, Router
from taonet.gateway.service_levels import ServiceLevels

HEADER_MINER = "x-taonet-miner"
HEADER_REQUEST_ID = "x-request-id"
HEADER_CLIENT_TIMEOUT = "x-stainless-read-timeout"
"""How OpenAI's clients say how long they wait, in seconds."""
CLIENT_CLOSED_REQUEST = 499
RETRY_AFTER_BUSY_S = 1.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger("taonet.gateway")


def chat_shape(question: Question) -> Shape:
    """The form of `/v1/chat/completions`' answers."""
    return ChatShape(logprobs=question.generation.logprobs)


def completion_shape(question: Question) -> Shape:
    """The form of `/v1/completions`' answers."""
    generation = question.generation
    return CompletionShape(logprobs=generation.logprobs, prompt_characters=len(generation.prompt))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How one path reads bodies and spells answers."""

    read: Callable[[bytes, CallerLimits], Question]
    shape: Callable[[Question], Shape]


CHAT = Endpoint(read_chat, chat_shape)
COMPLETION = Endpoint(read_completion, completion_shape)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Time, as an argument: seconds that never go back, and seconds since 1970."""

    monotonic: Callable[[], float]
    wall: Callable[[], float]


class Api:
    """The gateway's handlers over the parts that do the work."""

    def __init__(
        self,
        *,
        router: Router,
        keys: KeyRing,
        quota: Quota,
        receipts: Receipts,
        levels: ServiceLevels,
        limits: CallerLimits,
        clocks: Clocks,
    ) -> None:
        self._router = router
        self._keys = keys
        self._quota = quota
        self._receipts = receipts
        self._levels = levels
        self._limits = limits
        self._clocks = clocks
        self._under_way_by_key: Counter[str] = Counter()

    def application(self) -> web.Application:
        """The aiohttp application, to be run with `handler_cancellation=True`."""
        application = web.Application(
            client_max_size=self._limits.body_bytes_max, middlewares=[_shape_errors]
        )
        application.router.add_post("/v1/chat/completions", self._chat)
        application.router.add_post("/v1/completions", self._completion)
        application.router.add_get("/v1/models", self._models)
        application.router.add_get("/v1/models/{model:.+}", self._model)
        application.router.add_get("/health", self._health)
        application.router.add_get("/metrics", self._metrics)
        return application

    async def _chat(self, http: web.Request) -> web.StreamResponse:
        return await self._generate(http, CHAT)

    async def _completion(self, http: web.Request) -> web.StreamResponse:
        return await self._generate(http, COMPLETION)

    async def _models(self, http: web.Request) -> web.Response:
        self._keys.identify(http.headers.get("Authorization"))
        data = [_model_object(model) for model in self._router.models()]
        return _json({"object": "list", "data": data})

    async def _model(self, http: web.Request) -> web.Response:
        self._keys.identify(http.headers.get("Authorization"))
        model = http.match_info["model"]
        if model not in self._router.models():
            raise InvalidRequest(
                f"The model `{model[:64]}` does not exist.",
                param="model",
                code="model_not_found",
                status=404,
            )
        return _json(_model_object(model))

    async def _health(self, http: web.Request) -> web.Response:  # noqa: ARG002
        candidates = self._router.miners()
        ready = [c for c in candidates if self._router.circuit(c) is not Circuit.OPEN]
        status = "ok" if ready else "no_miner_available"
        body = {
            "status": status,
            "miners": len(candidates),
            "miners_ready": len(ready),
            "models": self._router.models(),
        }
        return _json(body, status=200 if ready else 503)

    async def _metrics(self, http: web.Request) -> web.Response:  # noqa: ARG002
        text = self._levels.render(self._router, receipts_lost=self._receipts.lost)
        return web.Response(text=text, content_type="text/plain", charset="utf-8")

    async def _generate(self, http: web.Request, endpoint: Endpoint) -> web.StreamResponse:
        arrived = self._clocks.monotonic()
        try:
            key = self._keys.identify(http.headers.get("Authorization"))
            with self._slot(key):
                self._quota.take_request(key)
                question = endpoint.read(await self._body(http), self._limits)
                exchange = self._exchange(http, key, question, endpoint.shape(question), arrived)
                async with self._accounted(exchange):
                    return await self._answer(http, exchange)
        except ApiError as error:
            self._levels.tell(error.code)
            raise

    @contextmanager
    def _slot(self, key: Key) -> Iterator[None]:
        """One of the requests that may be under way; raises where there are too many."""
        limits, by_key = self._limits, self._under_way_by_key
        if self._levels.under_way >= limits.concurrent_requests_max:
            raise ServiceFailed(
                f"The gateway is overloaded: {limits.concurrent_requests_max} requests are under "
                "way (concurrent_requests_max).",
                code="overloaded",
                status=503,
                retry_after_s=RETRY_AFTER_BUSY_S,
            )
        if by_key[key.name] >= limits.concurrent_requests_per_key_max:
            raise RateLimited(
                f"Rate limit reached: {limits.concurrent_requests_per_key_max} requests at once "
                "(concurrent_requests_per_key_max).",
                resource="requests",
                retry_after_s=RETRY_AFTER_BUSY_S,
            )
        self._levels.under_way += 1
        by_key[key.name] += 1
        try:
            yield
        finally:
            self._levels.under_way -= 1
            by_key[key.name] -= 1
            if not by_key[key.name]:
                del by_key[key.name]

    async def _body(self, http: web.Request) -> bytes:
        limits = self._limits
        try:
            if (http.content_length or 0) > limits.body_bytes_max:
                raise web.HTTPRequestEntityTooLarge(limits.body_bytes_max, http.content_length or 0)
            async with asyncio.timeout(limits.body_read_s_max):
                return await http.read()
        except web.HTTPRequestEntityTooLarge:
            raise InvalidRequest(
                f"The body is longer than {limits.body_bytes_max} bytes (body_bytes_max).",
                code="request_too_large",
                status=413,
            ) from None
        except TimeoutError:
            raise InvalidRequest(
                f"The body took longer than {limits.body_read_s_max:g} s (body_read_s_max).",
                code="request_too_slow",
                status=408,
            ) from None

    def _exchange(
        self, http: web.Request, key: Key, question: Question, shape: Shape, arrived: float
    ) -> Exchange:
        answer_s = self._limits.answer_s_max
        if not question.stream:
            answer_s = min(answer_s, _client_timeout_s(http))
        return Exchange(
            id=shape.id_prefix + secrets.token_hex(12),
            key=key,
            question=question,
            shape=shape,
            journey=Journey(question.generation, arrived + answer_s),
            arrived=arrived,
            time=self._clocks.wall(),
            monotonic=self._clocks.monotonic,
        )

    @asynccontextmanager
    async def _accounted(self, exchange: Exchange) -> AsyncIterator[None]:
        """Sets the quota's tokens aside, and settles and receipts whatever happens."""
        generation = exchange.question.generation
        reservation = self._quota.reserve(
            exchange.key, exchange.scribe.prompt_tokens + generation.max_tokens
        )
        try:
            yield
        except ApiError as error:
            exchange.status = error.code
            raise
        except (asyncio.CancelledError, ConnectionError):
            exchange.status = "cancelled"
            raise
        except BaseException:
            exchange.status = "internal_error"
            raise
        finally:
            receipt = exchange.receipt()
            reservation.settle(receipt.tokens)
            self._levels.record(receipt)
            await self._receipts.append(receipt)

    async def _answer(self, http: web.Request, exchange: Exchange) -> web.StreamResponse:
        if exchange.question.stream:
            return await self._stream(http, exchange)
        answer, piece = await exchange.collect(self._router)
        body = exchange.shape.whole(exchange.head(answer), piece, exchange.scribe.usage())
        return _json(body, headers=self._headers(exchange, answer.candidate.hotkey))

    def _headers(self, exchange: Exchange, hotkey: str) -> dict[str, str]:
        return {
            HEADER_MINER: hotkey,
            HEADER_REQUEST_ID: exchange.id,
            **self._quota.headers(exchange.key),
        }

    async def _stream(self, http: web.Request, exchange: Exchange) -> web.StreamResponse:
        """Server-sent events; once they have begun, a failure is an event too."""
        answer = await self._router.open(exchange.journey)
        try:
            response = web.StreamResponse(
                headers={
                    "Content-Type": "text/event-stream; charset=utf-8",
                    "Cache-Control": "no-cache",
                    "X-Accel-Buffering": "no",
                    **self._headers(exchange, answer.candidate.hotkey),
                }
            )
            await response.prepare(http)
            await self._write_events(response, exchange, answer)
        finally:
            await answer.aclose()
        return response

    async def _write_events(
        self, response: web.StreamResponse, exchange: Exchange, answer: Answer
    ) -> None:
        head, shape, first = exchange.head(answer), exchange.shape, True
        include_usage = exchange.question.include_usage
        try:
            async with aclosing(exchange.pieces(answer)) as pieces:
                async for piece in pieces:
                    event = shape.event(head, piece, first=first)
                    if include_usage:
                        event["usage"] = None
                    await self._write(response, exchange, _event(event))
                    first = False
        except (MinerError, ApiError) as error:
            told = exchange.fail(error)
            await self._write(response, exchange, _event(told.body()))
            return
        closing = b"data: [DONE]\n\n"
        if include_usage:
            closing = _event(shape.closing(head, exchange.scribe.usage())) + closing
        await self._write(response, exchange, closing)

    async def _write(self, response: web.StreamResponse, exchange: Exchange, data: bytes) -> None:
        """Writes within the request's time: a caller that doesn't read is let go."""
        left_s = exchange.journey.deadline - self._clocks.monotonic()
        try:
            async with asyncio.timeout(max(left_s, 1.0)):
                await response.write(data)
        except TimeoutError:
            raise ConnectionAbortedError("the caller doesn't read its answer") from None


@web.middleware
async def _shape_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every refusal in OpenAI's shape, with a request id; a bug of ours is a 500 and is logged."""
    try:
        return await handler(request)
    except ApiError as error:
        return _error(error)
    except web.HTTPException as error:
        path = f"{request.method} {request.path[:128]}"
        return _error(
            InvalidRequest(f"Invalid URL ({path})", code="unknown_url", status=error.status)
        )
    except ConnectionError:
        _abort(request)
        return web.Response(status=CLIENT_CLOSED_REQUEST)
    except Exception:
        log.exception("request_failed", path=request.path[:128])
        return _error(
            ServiceFailed("The gateway failed; this is a bug.", code="internal_error", status=500)
        )


def _abort(http: web.Request) -> None:
    if http.transport is not None:
        http.transport.abort()


def _error(error: ApiError) -> web.Response:
    headers = {HEADER_REQUEST_ID: "req-" + secrets.token_hex(12), **error.headers()}
    return _json(error.body(), status=error.status, headers=headers)


def _json(
    body: dict[str, Any], *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    return web.Response(
        body=orjson.dumps(body), status=status, content_type="application/json", headers=headers
    )


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + orjson.dumps(body) + b"\n\n"


def _model_object(model: str) -> dict[str, Any]:
    """OpenAI's `model`; when it was made is nothing that the chain says."""
    return {"id": model, "object": "model", "created": 0, "owned_by": "taonet"}


def _client_timeout_s(http: web.Request) -> float:
    """How long the client waits, or infinity where it doesn't say."""
    try:
        seconds = float(http.headers.get(HEADER_CLIENT_TIMEOUT, "inf"))
    except ValueError:
        return float("inf")
    return seconds if isfinite(seconds) and seconds > 0 else float("inf")
