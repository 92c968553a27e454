"""
Bytes in, bytes out: JSON-RPC 2.0 for one client, whatever carries it.

A request whose method doesn't wait is answered without a detour through the event loop; `begin`
then returns the reply itself. Batches are answered as one message, entry by entry, and give way
to others between entries.
"""

import asyncio
from collections.abc import Coroutine
from time import perf_counter
from typing import Any

import orjson
import structlog

from taonet.node.rpc.errors import (
    TOO_BIG_RESPONSE_CODE,
    TOO_LARGE_BATCH_CODE,
    UNKNOWN_BLOCK_TEXT,
    ClientError,
    InternalError,
    InvalidRequest,
    LimitExceeded,
    ParseError,
    Refusal,
)
from taonet.node.rpc.exchange import Exchange, Session
from taonet.node.rpc.method import MethodTable
from taonet.node.store.errors import StateDiscarded, UnknownBlock

log = structlog.get_logger()

TURN_S = 0.005
"""How long a batch may go on before others have their turn."""

_ID_TYPES = (int, str, float, type(None))

Reply = bytes | None
"""A message for the client; None where JSON-RPC says nothing."""


class Connection:
    """Answers one client's messages, in the order of their coming."""

    def __init__(self, table: MethodTable, session: Session) -> None:
        self.session = session
        self._table = table

    async def handle(self, message: bytes) -> Reply:
        """The reply to one message; the caller passes it on before it waits for anything."""
        outcome = self.begin(message)
        return await outcome if isinstance(outcome, Coroutine) else outcome

    def begin(self, message: bytes) -> Reply | Coroutine[Any, Any, Reply]:
        """As `handle`, but the reply itself where nothing is waited for."""
        try:
            request = orjson.loads(message)
        except orjson.JSONDecodeError as error:
            return _failure(None, ParseError(str(error)))
        exchange = Exchange(self.session)
        if type(request) is list:
            return self._batch(request, exchange)
        outcome = self._one(request, exchange)
        if isinstance(outcome, Coroutine):
            return self._later(outcome, exchange)
        exchange.replied()
        return outcome

    def close(self) -> None:
        """The client has gone."""
        self.session.close()

    async def _later(self, outcome: Coroutine[Any, Any, Reply], exchange: Exchange) -> Reply:
        reply = await outcome
        exchange.replied()
        return reply

    async def _batch(self, requests: list[Any], exchange: Exchange) -> Reply:
        limit = self.session.limits.batch_length_max
        if not requests:
            return _failure(None, InvalidRequest("a batch has at least one request"))
        if len(requests) > limit:
            message = "The batch request was too large"
            return _failure(
                None, LimitExceeded(TOO_LARGE_BATCH_CODE, message, "batch_length_max", limit)
            )
        replies: list[bytes] = []
        bytes_left = self.session.limits.batch_reply_bytes_max
        turn_ends = perf_counter() + TURN_S
        for request in requests:
            reply = await self._entry(request, exchange, bytes_left)
            if reply is not None:
                replies.append(reply)
                bytes_left -= len(reply)
            if perf_counter() > turn_ends:
                await asyncio.sleep(0)
                turn_ends = perf_counter() + TURN_S
        exchange.replied()
        return b"[" + b",".join(replies) + b"]" if replies else None

    async def _entry(self, request: Any, exchange: Exchange, bytes_left: int) -> Reply:
        if bytes_left <= 0:
            limit = self.session.limits.batch_reply_bytes_max
            error = LimitExceeded(
                TOO_BIG_RESPONSE_CODE, "Response is too big", "batch_reply_bytes_max", limit
            )
            return _failure(_id_of(request), error)
        outcome = self._one(request, exchange)
        return await outcome if isinstance(outcome, Coroutine) else outcome

    def _one(self, request: Any, exchange: Exchange) -> Reply | Coroutine[Any, Any, Reply]:
        try:
            name = _checked_name(request)
            method = self._table.find(name)
            result = method.call(request.get("params"), exchange)
            if method.is_async:
                return self._finish(request, result)
            return _success(request, result)
        except Exception as error:  # noqa: BLE001 - one request must not end the connection
            return _refused(request, error)

    async def _finish(self, request: dict[str, Any], result: Coroutine[Any, Any, Any]) -> Reply:
        try:
            return _success(request, await result)
        except Exception as error:  # noqa: BLE001 - one request must not end the connection
            return _refused(request, error)


def _checked_name(request: Any) -> str:
    """The method's name; raises `InvalidRequest` where the request isn't one."""
    if type(request) is not dict:
        raise InvalidRequest("a request is an object")
    if request.get("jsonrpc") != "2.0":
        raise InvalidRequest('jsonrpc is "2.0"')
    if type(request.get("id")) not in _ID_TYPES:
        raise InvalidRequest("an id is a string, a number or null")
    name = request.get("method")
    if not isinstance(name, str):
        raise InvalidRequest("method is a string")
    return name


def _id_of(request: Any) -> Any:
    identifier = request.get("id") if type(request) is dict else None
    return identifier if type(identifier) in _ID_TYPES else None


def _success(request: dict[str, Any], result: Any) -> Reply:
    if "id" not in request:
        return None
    return orjson.dumps({"jsonrpc": "2.0", "result": result, "id": request["id"]})


def _refused(request: Any, error: Exception) -> Reply:
    """The error that a request is answered with; a bug is logged and not shown."""
    refusal = _translated(error)
    if isinstance(refusal, InternalError):
        name = request.get("method") if type(request) is dict else None
        log.error("rpc_request_failed", method=name, exc_info=error)
    is_notification = type(request) is dict and "id" not in request
    if is_notification and not isinstance(refusal, InvalidRequest):
        return None
    return _failure(_id_of(request), refusal)


def _translated(error: Exception) -> Refusal:
    if isinstance(error, StateDiscarded | UnknownBlock):
        return ClientError(f"{UNKNOWN_BLOCK_TEXT}: {error}")
    return error if isinstance(error, Refusal) else InternalError()


def _failure(identifier: Any, error: Refusal) -> bytes:
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        told["data"] = error.data
    return orjson.dumps({"jsonrpc": "2.0", "error": told, "id": identifier})
