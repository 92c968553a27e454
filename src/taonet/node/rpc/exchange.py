"""
One client's subscriptions, and the order in which it hears of things.

A notification never comes before the reply that names its subscription: a subscription holds
what it has to say until the reply has been handed to the transport. The transport hands a reply
on in the same step of the event loop in which it gets it, so whatever is scheduled on the loop by
the time of the reply comes after.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

import orjson

from taonet.node.rpc.backend import Stop
from taonet.node.rpc.errors import TOO_MANY_SUBSCRIPTIONS_CODE, LimitExceeded, NeedsWebSocket
from taonet.node.rpc.limits import RpcLimits

Sink = Callable[[bytes], None]
"""Takes a message for the client, at any time, without waiting."""


class Session:
    """What one client has open. Without a sink nothing can be sent to it but replies."""

    def __init__(self, limits: RpcLimits, sink: Sink | None = None) -> None:
        self.limits = limits
        self.closed = False
        self.follows: dict[str, Any] = {}
        """`chainHead_v1` followers by subscription."""
        self.broadcasts: set[str] = set()
        """`transaction_v1` operations that were not stopped."""
        self._sink = sink
        self._subscriptions: dict[str, Subscription] = {}

    @property
    def subscription_count(self) -> int:
        """Live subscriptions."""
        return len(self._subscriptions)

    def open_subscription(self, notifies: str) -> "Subscription":
        """A subscription that holds its notifications; raises `RpcError` at a limit."""
        if self._sink is None:
            raise NeedsWebSocket
        if len(self._subscriptions) >= self.limits.subscriptions_max:
            raise LimitExceeded(
                TOO_MANY_SUBSCRIPTIONS_CODE,
                "Too many subscriptions on the connection",
                "subscriptions_max",
                self.limits.subscriptions_max,
            )
        opened = Subscription(self, notifies)
        self._subscriptions[opened.id] = opened
        return opened

    def end_subscription(self, identifier: str) -> bool:
        """Whether there was one."""
        found = self._subscriptions.get(identifier)
        if found is None:
            return False
        found.end()
        return True

    def forget(self, identifier: str) -> None:
        """A subscription has ended."""
        self._subscriptions.pop(identifier, None)

    def send(self, message: bytes) -> None:
        """Send a notification, unless the client has gone."""
        if self._sink is not None and not self.closed:
            self._sink(message)

    def close(self) -> None:
        """The client has gone: everything it had open ends."""
        self.closed = True
        for subscription in list(self._subscriptions.values()):
            subscription.end()
        self.broadcasts.clear()


class Subscription:
    """One stream of notifications; `push` what happens, `end` it from either side."""

    __slots__ = ("_ended", "_head", "_held", "_stop", "id", "session")

    def __init__(self, session: Session, notifies: str) -> None:
        self.id = secrets.token_hex(8)
        self.session = session
        self._head = (
            f'{{"jsonrpc":"2.0","method":"{notifies}","params":{{"subscription":"{self.id}",'
            '"result":'
        ).encode()
        self._held: list[bytes] | None = []
        self._stop: Stop | None = None
        self._ended = False

    @property
    def ended(self) -> bool:
        """Whether nothing is sent any more."""
        return self._ended

    def push(self, result: Any) -> None:
        """Notify of a JSON value."""
        self.push_json(orjson.dumps(result))

    def push_json(self, result: bytes) -> None:
        """Notify of a value that is encoded already."""
        if self._ended:
            return
        message = self._head + result + b"}}"
        if self._held is None:
            self.session.send(message)
        else:
            self._held.append(message)

    def release(self) -> None:
        """The reply is on its way: what was held follows it."""
        held, self._held = self._held, None
        for message in held or ():
            self.session.send(message)

    def stop_with(self, stop: Stop) -> None:
        """What is called when the subscription ends: at once, if it has."""
        if self._ended:
            stop()
        else:
            self._stop = stop

    async def started_by(self, starting: Coroutine[Any, Any, Stop]) -> str:
        """The id, once what feeds the subscription runs; it ends if that fails."""
        try:
            self.stop_with(await starting)
        except BaseException:
            self.end()
            raise
        return self.id

    def end(self) -> None:
        """Send nothing more but what is still held; again is not an error."""
        if self._ended:
            return
        self._ended = True
        self.session.forget(self.id)
        if self._stop is not None:
            self._stop()


class Exchange:
    """One message of a client and its reply."""

    __slots__ = ("_after", "session")

    def __init__(self, session: Session) -> None:
        self.session = session
        self._after: list[Callable[[], None]] | None = None

    def open_subscription(self, notifies: str) -> Subscription:
        """A subscription whose notifications follow this exchange's reply."""
        opened = self.session.open_subscription(notifies)
        self.after_reply(opened.release)
        return opened

    def after_reply(self, action: Callable[[], None]) -> None:
        """Do something once the reply is on its way."""
        if self._after is None:
            self._after = []
        self._after.append(action)

    def replied(self) -> None:
        """The reply is about to be handed to the transport."""
        if self._after is not None:
            loop = asyncio.get_running_loop()
            for action in self._after:
                loop.call_soon(action)
