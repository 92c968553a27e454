"""
What a subnet's author writes: messages, a miner's `answer`, a validator's `sample` and `score`.

`Miner` and `Validator` are protocols. There is nothing to inherit and nothing to override: an
object with the right methods is one. Signing, admission, the choice of uids, timeouts, moving
averages, weights and resuming belong to the framework.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from taonet.neuron.chain import Neuron
from taonet.neuron.message import Message
from taonet.neuron.score import Score, Standing

__all__ = [
    "Everyone",
    "Message",
    "Miner",
    "Pick",
    "Score",
    "Standing",
    "Stream",
    "Streamed",
    "StreamingMiner",
    "Subnet",
    "Validator",
    "WithJudgement",
]

REPLY_BYTES_MAX = 1 << 20
"""Of a whole reply, and of all pieces of a stream together, unless the subnet says otherwise."""
QUERY_BYTES_MAX = 1 << 18
"""Of a query, unless the subnet says otherwise."""
PIECES_MAX = 8192
"""Of one stream, unless the subnet says otherwise."""

Q = TypeVar("Q", bound=Message)
R = TypeVar("R", bound=Message)
Q_contra = TypeVar("Q_contra", bound=Message, contravariant=True)
R_co = TypeVar("R_co", bound=Message, covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)


@dataclass(frozen=True)
class Stream(Generic[R]):
    """As a subnet's `reply`: the reply is many messages of the type `piece`, in order."""

    piece: type[R]


@dataclass(frozen=True)
class Streamed(Generic[R]):
    """
    A whole streamed reply as the caller saw it.

    `arrivals_s` holds, for each piece, the seconds between sending the query and its arrival,
    measured by the caller; `duration_s` those until the stream's end.
    """

    pieces: tuple[R, ...]
    arrivals_s: tuple[float, ...]
    duration_s: float


class Pick(Protocol):
    """Which miners a round asks."""

    def __call__(self, neurons: Sequence[Neuron], rng: Random) -> Sequence[Neuron]:
        """Some of `neurons`, all of which serve an axon."""
        ...


@dataclass(frozen=True)
class Everyone:
    """Every miner that serves, or `limit` of them at random when there are more."""

    limit: int = 64

    def __call__(self, neurons: Sequence[Neuron], rng: Random) -> Sequence[Neuron]:
        """All, or a sample without order."""
        return neurons if len(neurons) <= self.limit else rng.sample(neurons, self.limit)


@dataclass(frozen=True)
class Subnet(Generic[Q, R]):
    """
    The name of a subnet and the types of its messages.

    `name` is a path on every axon: lower-case letters, digits, `-` and `_`. A query takes at most
    `timeout_s` from first byte sent to last byte received.
    """

    name: str
    query: type[Q]
    reply: type[R] | Stream[R]
    timeout_s: float = 12.0
    pick: Pick = Everyone()
    query_bytes_max: int = QUERY_BYTES_MAX
    reply_bytes_max: int = REPLY_BYTES_MAX
    pieces_max: int = PIECES_MAX

    def __post_init__(self) -> None:
        allowed = self.name.replace("-", "").replace("_", "")
        if not (allowed.isascii() and allowed.isalnum() and self.name == self.name.lower()):
            raise ValueError(
                f"{self.name!r}: a subnet's name has lower-case letters, digits, - and _ only"
            )

    @property
    def piece(self) -> type[R]:
        """The type of one message of the reply, streamed or not."""
        return self.reply.piece if isinstance(self.reply, Stream) else self.reply


class Miner(Protocol[Q_contra, R_co]):
    """Answers a query with one message."""

    async def answer(self, query: Q_contra, /) -> R_co:
        """The reply; whatever this raises becomes `MinerFailed` for the caller."""
        ...


class StreamingMiner(Protocol[Q_contra, R_co]):
    """Answers a query with messages as they come."""

    def answer(self, query: Q_contra, /) -> AsyncIterator[R_co]:
        """The pieces of the reply, in order."""
        ...


class Validator(Protocol[Q, T_contra]):
    """Asks and judges; `T` is the reply type, or `Streamed` of the piece type."""

    def sample(self, rng: Random, /) -> Q:
        """A query; all randomness comes from `rng`, so that a round can be replayed."""
        ...

    async def score(
        self, query: Q, replies: Sequence[T_contra | None], /
    ) -> Sequence[float | Score]:
        """One score within 0 and 1 per reply, in order; `None` is a miner that failed to reply."""
        ...


@runtime_checkable
class WithJudgement(Protocol):
    """A validator whose weights look at all that is known of a hotkey, not only its average."""

    def judge(self, standing: Standing, /) -> Score:
        """What `standing` deserves, 0 to 1, in place of its moving average, and why."""
        ...


AnyMiner = Miner[Any, Any] | StreamingMiner[Any, Any]
"""What an axon can serve."""
