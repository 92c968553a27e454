"""
HTTP POST and WebSocket on the same ports: the one place of the RPC that knows sockets.

Several ports lead to one chain. A client's requests are answered in the order of their coming;
while one waits, that client's next ones aren't read, so that what a client can make the node hold
is one request and one reply, and what it subscribed to up to a limit. Pages of other origins than
those allowed are refused: a browser lets any page talk to loopback.
"""

import asyncio
import ipaddress
import os
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import orjson
import structlog
from aiohttp import ClientConnectionError, WSCloseCode, WSMsgType, web
from aiohttp.web_protocol import RequestHandler

from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.connection import TURN_S, Connection
from taonet.node.rpc.errors import TOO_BIG_REQUEST_CODE
from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.namespaces import Rpc

log = structlog.get_logger()

ALLOWED_ORIGINS = frozenset({"https://polkadot.js.org", "https://dev.papi.how"})
"""Pages that may talk to a node, besides those that loopback serves; `*` allows every page."""

CLOSE_S = 5.0
"""How long a client that is dropped has to read why."""

KEEP_ALIVE_S = 75.0
"""How long an HTTP connection may stay without a request."""

BODY_CHUNK_BYTES = 1 << 16

BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    b"Content-Length: %d\r\n\r\n%s"
)


class CannotListen(Exception):
    """An address or a port that the server cannot have; the text names it and says why."""


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches `host`."""
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


class RpcServer:
    """
    Serves one chain at some ports while it is open: `async with RpcServer(chain, ports=(9944,))`.

    Port 0 takes a free one; `ports` then says which. Raises `CannotListen`.
    """

    def __init__(
        self,
        backend: ChainBackend,
        *,
        host: str = "127.0.0.1",
        ports: Sequence[int] = (9944,),
        limits: RpcLimits | None = None,
        allowed_origins: frozenset[str] = ALLOWED_ORIGINS,
    ) -> None:
        self.ports: tuple[int, ...] = tuple(ports)
        self.rpc = Rpc(backend, limits, offer_dev=is_loopback(host))
        self._host = host
        self._allowed_origins = allowed_origins
        self._peers: set[_Peer] = set()
        self._runner: web.ServerRunner | None = None

    @property
    def client_count(self) -> int:
        """Open WebSockets."""
        return len(self._peers)

    async def __aenter__(self) -> Self:
        """Listen at every port, or at none."""
        server = _LimitedServer(
            self._serve,
            self.rpc.limits.connections_max,
            access_log=None,
            keepalive_timeout=KEEP_ALIVE_S,
        )
        runner = web.ServerRunner(server, shutdown_timeout=CLOSE_S)
        await runner.setup()
        self._runner = runner
        try:
            self.ports = tuple([await self._listen(runner, port) for port in self.ports])
        except BaseException:
            await runner.cleanup()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection, then the ports."""
        self.rpc.close()
        for peer in list(self._peers):
            # Bittensor's SDK 11 loses its session over "going away"; over this it connects again.
            peer.drop(WSCloseCode.SERVICE_RESTART, "the node is stopping")
        assert self._runner is not None
        await self._runner.cleanup()

    async def _listen(self, runner: web.ServerRunner, port: int) -> int:
        site = web.TCPSite(runner, self._host, port)
        try:
            await site.start()
        except OSError as error:
            # asyncio's own text names the address again; a name that isn't found has no errno.
            number = error.errno or 0
            reason = os.strerror(number) if number > 0 else error.strerror
            raise CannotListen(f"cannot listen at {self._host}:{port}: {reason}") from error
        except OverflowError as error:
            raise CannotListen(f"{port} is not a port") from error
        return port or int(runner.addresses[-1][1])

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if origin is not None and not self._allows(origin):
            return web.Response(status=403, text=f"pages of {origin[:200]} are not allowed here")
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._serve_socket(request)
        headers = {} if origin is None else {"Access-Control-Allow-Origin": origin}
        if request.method == "POST":
            return await self._serve_post(request, headers)
        if request.method == "OPTIONS":
            allowed = {
                "Access-Control-Allow-Methods": "POST",
                "Access-Control-Allow-Headers": "Content-Type",
            }
            return web.Response(status=204, headers=headers | allowed)
        return web.Response(
            status=405,
            headers=headers | {"Allow": "POST, OPTIONS"},
            text="JSON-RPC: send a POST request or open a WebSocket",
        )

    def _allows(self, origin: str) -> bool:
        if "*" in self._allowed_origins or origin in self._allowed_origins:
            return True
        with suppress(ValueError):
            return is_loopback(urlsplit(origin).hostname or "")
        return False

    async def _serve_post(
        self, request: web.BaseRequest, headers: dict[str, str]
    ) -> web.StreamResponse:
        limits = self.rpc.limits
        try:
            async with asyncio.timeout(limits.body_read_s_max):
                body = await _read_body(request, limits.message_bytes_max)
        except TimeoutError:
            reason = f"body_read_s_max is {limits.body_read_s_max:g}"
            return web.Response(status=408, headers=headers, text=reason)
        if body is None:
            return web.Response(
                status=413,
                headers=headers,
                body=_too_big(limits.message_bytes_max),
                content_type="application/json",
            )
        reply = await self.rpc.handle(body)
        if reply is None:
            return web.Response(status=204, headers=headers)
        return web.Response(body=reply, content_type="application/json", headers=headers)

    async def _serve_socket(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(
            compress=False,
            # aiohttp refuses what is as long as its limit.
            max_msg_size=self.rpc.limits.message_bytes_max + 1,
            decode_text=False,
        )
        try:
            await socket.prepare(request)
        except web.HTTPException as refusal:
            return web.Response(status=refusal.status, text=refusal.text)
        peer = _Peer(socket, request, self.rpc)
        self._peers.add(peer)
        try:
            await peer.run()
        finally:
            self._peers.discard(peer)
        return socket


class _LimitedServer(web.Server):
    """Refuses sockets beyond a limit before it reads from them."""

    def __init__(self, handler: Any, connections_max: int, **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._connections_max = connections_max

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self.connections) > self._connections_max:
            reason = b"connections_max is %d" % self._connections_max
            transport.write(BUSY % (len(reason), reason))
            transport.close()


async def _read_body(request: web.BaseRequest, bytes_max: int) -> bytes | None:
    """The body, None above the limit; whatever length it declares."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.content.iter_chunked(BODY_CHUNK_BYTES):
        size += len(chunk)
        if size > bytes_max:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _too_big(bytes_max: int) -> bytes:
    error = {
        "code": TOO_BIG_REQUEST_CODE,
        "message": "Request is too big",
        "data": f"message_bytes_max is {bytes_max}",
    }
    return orjson.dumps({"jsonrpc": "2.0", "error": error, "id": None})


class _Peer:
    """
    One WebSocket: a loop that reads and answers, and a writer of what doesn't fit the moment.

    A message goes to the socket at once while nothing is queued. Replies wait for the client to
    read; notifications queue, and a client that leaves too many is dropped.
    """

    def __init__(self, socket: web.WebSocketResponse[Any], request: web.BaseRequest, rpc: Rpc):
        self._socket = socket
        self._request = request
        self._limits = rpc.limits
        self._connection: Connection = rpc.connect(self._notify)
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._queued = asyncio.Event()
        self._sent = asyncio.Event()
        self._dropped: tuple[int, str] | None = None
        self._dropping = asyncio.Event()

    async def run(self) -> None:
        """Until either side closes."""
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write())
                closer = tasks.create_task(self._close())
                await self._read()
                writer.cancel()
                if self._dropped is None:
                    closer.cancel()
        except* (ClientConnectionError, ConnectionError):
            # The client went away without a word: there is nobody to tell.
            log.debug("rpc_client_reset")
        finally:
            self._connection.close()

    def drop(self, code: int, reason: str) -> None:
        """Close the connection with a reason that the client is told, if it still reads."""
        if self._dropped is None:
            self._dropped = (code, reason)
            self._connection.close()
            self._queue.clear()
            self._sent.set()
            self._dropping.set()

    async def _read(self) -> None:
        spent_s = 0.0
        async for message in self._socket:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                break
            began = perf_counter()
            outcome = self._connection.begin(message.data)
            if outcome is not None:
                reply = outcome if isinstance(outcome, bytes) else await outcome
                if reply is not None:
                    await self._reply(reply)
            spent_s += perf_counter() - began
            if spent_s > TURN_S:
                # Messages that are here already would be answered without a turn for others.
                spent_s = 0.0
                await asyncio.sleep(0)

    async def _reply(self, message: bytes) -> None:
        if not self._queue:
            await self._socket.send_frame(message, WSMsgType.TEXT)
            return
        self._enqueue(message)
        while self._queue:
            self._sent.clear()
            await self._sent.wait()

    def _enqueue(self, message: bytes) -> None:
        self._queue.append(message)
        self._queued_bytes += len(message)
        self._queued.set()

    def _notify(self, message: bytes) -> None:
        self._enqueue(message)
        limits = self._limits
        if len(self._queue) > limits.queued_notifications_max:
            limit = limits.queued_notifications_max
            self._drop_slow(f"queued_notifications_max is {limit}")
        elif self._queued_bytes > limits.queued_bytes_max:
            self._drop_slow(f"queued_bytes_max is {limits.queued_bytes_max}")

    def _drop_slow(self, limit: str) -> None:
        log.info("rpc_slow_reader_dropped", client=self._request.remote, limit=limit)
        # 1013 asks to try again; clients take 1008 as being banned.
        self.drop(WSCloseCode.TRY_AGAIN_LATER, f"slow reader: {limit}")

    async def _write(self) -> None:
        while True:
            await self._queued.wait()
            self._queued.clear()
            while self._queue:
                message = self._queue.popleft()
                self._queued_bytes -= len(message)
                await self._socket.send_frame(message, WSMsgType.TEXT)
            self._sent.set()

    async def _close(self) -> None:
        await self._dropping.wait()
        assert self._dropped is not None
        code, reason = self._dropped
        transport = self._request.transport
        if transport is not None:
            # A client that doesn't read would keep the socket and what is buffered for it.
            asyncio.get_running_loop().call_later(CLOSE_S, transport.abort)
        await self._socket.close(code=code, message=reason.encode(), drain=False)
