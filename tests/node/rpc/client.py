"""A client in process: what it says, and everything it hears, in order."""

import asyncio
from typing import Any

import orjson
import pytest

from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.namespaces import Rpc
from tests.node.rpc.memory_chain import MemoryChain


class RpcFailed(Exception):
    """An error that the client was answered with."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(str(error))
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.data: str | None = error.get("data")


class Client:
    """One connection; `heard` holds replies and notifications as a socket would carry them."""

    def __init__(self, rpc: Rpc) -> None:
        self.rpc = rpc
        self.heard: list[Any] = []
        self.connection = rpc.connect(lambda message: self.heard.append(orjson.loads(message)))

    async def say(self, message: Any) -> Any:
        """Send anything; the reply, None for none, once all that follows it is there."""
        raw = message if isinstance(message, bytes) else orjson.dumps(message)
        reply = await self.connection.handle(raw)
        decoded = None if reply is None else orjson.loads(reply)
        if reply is not None:
            self.heard.append(decoded)
        await settle()
        return decoded

    async def call(self, method: str, *params: Any, **named: Any) -> Any:
        """A method's result; raises `RpcFailed`."""
        sent = named or list(params)
        reply = await self.say({"jsonrpc": "2.0", "id": 7, "method": method, "params": sent})
        assert reply["id"] == 7
        if "error" in reply:
            raise RpcFailed(reply["error"])
        return reply["result"]

    def notified(self, subscription: str) -> list[Any]:
        """The results of a subscription's notifications."""
        return [
            message["params"]["result"]
            for message in self.heard
            if "method" in message and message["params"]["subscription"] == subscription
        ]


async def settle() -> None:
    """Let everything that is scheduled already happen."""
    for _ in range(3):
        await asyncio.sleep(0)


def connect(chain: MemoryChain, limits: RpcLimits | None = None, *, dev: bool = True) -> Client:
    """A client of a chain."""
    return Client(Rpc(chain, limits, offer_dev=dev))


def to_hex(raw: bytes) -> str:
    """With 0x."""
    return f"0x{raw.hex()}"


async def refused(client: Client, code: int, method: str, *params: Any, **named: Any) -> RpcFailed:
    """The error of a call that has to fail with this code."""
    with pytest.raises(RpcFailed) as failure:
        await client.call(method, *params, **named)
    assert failure.value.code == code
    return failure.value
