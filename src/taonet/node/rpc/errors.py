"""
What a client is told when a request fails.

RpcError
├── ParseError             -32700  not JSON
├── InvalidRequest         -32600  JSON, but not a request
├── MethodNotFound         -32601
├── InvalidParams          -32602  `data` says which parameter, and what it should be
├── InternalError          -32603  a bug of ours; the log has it
├── ClientError              4003  the block, its state or the runtime API is not there
├── LimitExceeded                  each with the code that clients know it by
└── NeedsWebSocket         -32000  a subscription over plain HTTP

Whatever else has a code, a message and data is an answer too: `Refusal`.
"""

from typing import Protocol, runtime_checkable

UNKNOWN_BLOCK_TEXT = "Api called for an unknown Block"
"""What clients look for when a block, or its state, is not there."""

TOO_MANY_SUBSCRIPTIONS_CODE = -32006
TOO_BIG_REQUEST_CODE = -32007
TOO_BIG_RESPONSE_CODE = -32008
TOO_LARGE_BATCH_CODE = -32010
TOO_MANY_KEYS_CODE = 4002
TOO_MANY_FOLLOWS_CODE = -32800
INVALID_BLOCK_CODE = -32801
SERVER_ERROR_CODE = -32000
RUNTIME_ERROR_CODE = 1
"""Of the methods that wrap one runtime API."""


@runtime_checkable
class Refusal(Protocol):
    """An exception that a client is told as it is."""

    code: int
    message: str
    data: str | None


class RpcError(Exception):
    """A refusal with the three parts of JSON-RPC's error object."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message if data is None else f"{message}: {data}")
        self.code = code
        self.message = message
        self.data = data


class ParseError(RpcError):
    """The message isn't JSON."""

    def __init__(self, reason: str) -> None:
        super().__init__(-32700, "Parse error", reason)


class InvalidRequest(RpcError):
    """The message is JSON, but not a request."""

    def __init__(self, reason: str) -> None:
        super().__init__(-32600, "Invalid request", reason)


class MethodNotFound(RpcError):
    """No method has this name."""

    def __init__(self) -> None:
        super().__init__(-32601, "Method not found")


class InvalidParams(RpcError):
    """A parameter is missing or wrong; the text says which and what it should be."""

    def __init__(self, reason: str) -> None:
        super().__init__(-32602, "Invalid params", reason)


class InternalError(RpcError):
    """A bug of ours: the client learns no more than that."""

    def __init__(self) -> None:
        super().__init__(-32603, "Internal error")


class ClientError(RpcError):
    """The block, its state or the runtime API is not there; clients match the text."""

    def __init__(self, reason: str) -> None:
        super().__init__(4003, f"Client error: {reason}")


class LimitExceeded(RpcError):
    """A limit of `RpcLimits`; `data` names it and its value."""

    def __init__(self, code: int, message: str, name: str, limit: int) -> None:
        super().__init__(code, message, f"{name} is {limit}")


class NeedsWebSocket(RpcError):
    """A method that notifies, asked for where nothing can be sent later."""

    def __init__(self) -> None:
        super().__init__(SERVER_ERROR_CODE, "Notifications need a WebSocket connection")
