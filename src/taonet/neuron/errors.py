"""
What can go wrong between two neurons, by name.

    NeuronError
    ├── InvalidMessage            a message that does not fit its type
    ├── Refused                   an axon's answer to a request that it does not serve
    │   ├── MalformedRequest      400    no such header, not JSON, does not fit the query's type
    │   ├── NotAuthentic          401    the btauth/1 signature, receiver or time is wrong
    │   ├── Replayed              401    this nonce was used before
    │   ├── NotRegistered         403    the caller has no uid on this subnet
    │   ├── TooLittleStake        403    the caller holds less than this miner asks for
    │   ├── NotServed             404    no subnet of that name here
    │   ├── RequestTooSlow        408    the body did not arrive in time
    │   ├── RequestTooLarge       413    the body is over the limit
    │   ├── RateLimited           429    the caller asks too often
    │   ├── MinerFailed           500    the author's `answer` raised
    │   ├── Busy                  503    as many requests as the axon takes are under way
    │   └── AnswerTooSlow         504    the author's `answer` took longer than the subnet allows
    ├── QueryFailed               why a dendrite has no reply
    │   ├── Unreachable           nobody listens there
    │   ├── TimedOut              no complete reply in the subnet's time
    │   ├── RefusedByMiner        the axon answered with one of the names above
    │   ├── Interrupted           the stream broke off
    │   ├── ReplyTooLarge         the reply is over the limit
    │   └── InvalidReply          the reply does not fit its type
    └── ChainError
        ├── ChainUnreachable      the node does not answer
        └── ChainRefused          the chain refused a call; `code` is the chain's name for why
"""

from typing import ClassVar


class NeuronError(Exception):
    """The root of this package's errors."""


class InvalidMessage(NeuronError):
    """A message that does not fit its type; the text names the field."""


class Refused(NeuronError):
    """A request that an axon does not serve; `status` is the HTTP status."""

    status: ClassVar[int] = 400
    retry_after_s: float | None = None


class MalformedRequest(Refused):
    """The request cannot be read."""


class NotAuthentic(Refused):
    """The request does not prove who sent it, to whom and when."""

    status = 401


class Replayed(Refused):
    """The request's nonce was accepted before."""

    status = 401


class NotRegistered(Refused):
    """The caller has no uid on this subnet."""

    status = 403


class TooLittleStake(Refused):
    """The caller holds less stake than this miner asks for."""

    status = 403


class NotServed(Refused):
    """No subnet of that name is served here."""

    status = 404


class RequestTooSlow(Refused):
    """The body did not arrive in time."""

    status = 408


class RequestTooLarge(Refused):
    """The body is over the axon's limit."""

    status = 413


class RateLimited(Refused):
    """The caller asks too often; `retry_after_s` says when to come back."""

    status = 429

    def __init__(self, message: str, retry_after_s: float) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class MinerFailed(Refused):
    """The miner's own code raised; its log has the traceback."""

    status = 500


class Busy(Refused):
    """As many requests as the axon takes are under way."""

    status = 503
    retry_after_s = 1.0


class AnswerTooSlow(Refused):
    """The miner took longer than the subnet allows."""

    status = 504


class QueryFailed(NeuronError):
    """Why there is no reply; the class's name is the reason that a score book keeps."""


class Unreachable(QueryFailed):
    """Nobody listens at the address that the miner serves."""


class TimedOut(QueryFailed):
    """No complete reply within the subnet's time."""


class RefusedByMiner(QueryFailed):
    """The axon refused; `status` and `name` are what it said."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(f"{name} ({status}): {message}")
        self.status = status
        self.name = name


class Interrupted(QueryFailed):
    """The connection broke off within the reply."""


class ReplyTooLarge(QueryFailed):
    """The reply is over the dendrite's limit; the rest was not read."""


class InvalidReply(QueryFailed):
    """The reply does not fit the subnet's reply type."""


class ChainError(NeuronError):
    """The chain did not do what was asked."""


class ChainUnreachable(ChainError):
    """The node does not answer; try again."""


class ChainRefused(ChainError):
    """The chain refused a call; `code` is its reason in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
