"""
The seam between the gateway and whoever answers.

The gateway knows miners only through `Miners`: who there is, and a stream of chunks from one of
them. `network.NetworkMiners` is the implementation over the chain; tests bring servers of their
own. What comes through here is a stranger's: `checked` holds it to its limits.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

from taonet.gateway.limits import MinerLimits

FINISH_REASONS = frozenset({"stop", "length"})
"""Why a generation ends: the model (or a stop sequence) ended it, or `max_tokens` did."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A miner that can be asked: one uid's served address and what the chain says of it."""

    uid: int
    hotkey: str
    """SS58 address."""
    url: str
    """Where it serves, `http://host:port`."""
    incentive: float
    """Share of the subnet's incentive, 0 to 1."""
    model: str
    """Name of the model that it serves."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a chat; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """What a miner is asked: either `messages` of a chat or a `prompt` to go on with."""

    model: str
    messages: tuple[ChatMessage, ...]
    """Empty for a plain completion."""
    prompt: str
    """Empty for a chat."""
    max_tokens: int
    temperature: float
    """0 (greedy) to 2."""
    top_p: float
    """Above 0, to 1."""
    seed: int | None
    stop: tuple[str, ...]
    logprobs: bool

    @property
    def characters(self) -> int:
        """Length of everything that the model has to read."""
        return len(self.prompt) + sum(len(message.content) for message in self.messages)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of an answer: new text, the tokens that it came from, and the end when it is there."""

    text: str
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    """One for each of `token_ids`, natural logarithm, at most 0; or none at all."""
    finish_reason: str | None = None
    """One of `FINISH_REASONS` on the last chunk."""
    token_texts: tuple[str, ...] = ()
    """One for each of `token_ids`, where the miner says them."""
    prompt_tokens: int | None = None
    """Length of the prompt by the miner's count, on any chunk; the gateway has no tokeniser."""

    @property
    def token_count(self) -> int:
        """Tokens in this chunk; text without ids counts as one."""
        return len(self.token_ids) or int(bool(self.text))


class MinerError(Exception):
    """
    A miner didn't answer as it should; the text may be shown to an operator.

        MinerError
        ├── MinerUnreachable    no connection, or it broke
        ├── MinerRefused        an error instead of an answer
        │   ├── PromptTooLong   more than the model can read
        │   └── ModelNotServed  not the model that all are asked for on a chance
        ├── MinerTimedOut       silence
        └── MinerMisbehaved     an answer that can't be one: flood, nonsense, no end
    """

    reason = "failed"


class MinerUnreachable(MinerError):
    """No connection, or it broke."""

    reason = "unreachable"


class MinerRefused(MinerError):
    """An error instead of an answer."""

    reason = "refused"


class PromptTooLong(MinerRefused):
    """The miner says that prompt and answer are more than its model can read."""


class ModelNotServed(MinerRefused):
    """The miner does not serve a model of which the gateway knows only that miners may."""


class MinerTimedOut(MinerError):
    """Silence for longer than the limit."""

    reason = "timed_out"


class MinerMisbehaved(MinerError):
    """An answer that can't be one: a flood, nonsense, or no end."""

    reason = "misbehaved"


class Miners(Protocol):
    """Who can be asked, and how."""

    def candidates(self) -> Sequence[Candidate]:
        """Everyone who serves now. Called for each request: answers from memory."""
        ...

    def generate(
        self, candidate: Candidate, request: GenerationRequest, deadline_s: float
    ) -> AsyncGenerator[Chunk, None]:
        """
        The candidate's answer as it comes; raises `MinerError`.

        `deadline_s` is the time left for the whole answer, to be passed on to the miner. Closing
        the generator ends the request and frees its connection.
        """
        ...


def check_chunk(chunk: Chunk) -> None:
    """Raises `MinerMisbehaved` for a chunk that no honest model yields."""
    count = len(chunk.token_ids)
    if chunk.finish_reason is not None and chunk.finish_reason not in FINISH_REASONS:
        raise MinerMisbehaved("unknown finish reason")
    if chunk.logprobs and len(chunk.logprobs) != count:
        raise MinerMisbehaved(f"{len(chunk.logprobs)} log-probabilities for {count} tokens")
    if chunk.token_texts and len(chunk.token_texts) != count:
        raise MinerMisbehaved(f"{len(chunk.token_texts)} texts for {count} tokens")
    if not all(isfinite(logprob) and logprob <= 0.0 for logprob in chunk.logprobs):
        raise MinerMisbehaved("a log-probability that is none")
    try:
        chunk.text.encode()
        "".join(chunk.token_texts).encode()
    except UnicodeEncodeError:
        raise MinerMisbehaved("text that is not Unicode") from None


class Restraint:
    """Holds one answer to its limits, chunk by chunk."""

    def __init__(self, request: GenerationRequest, limits: MinerLimits) -> None:
        self._logprobs = request.logprobs
        self._tokens_max = request.max_tokens
        self.tokens = 0
        """Tokens admitted so far."""
        self._characters_left = request.max_tokens * limits.characters_per_token_max
        self._silent_left = limits.silent_chunks_max
        self._limits = limits

    def admit(self, chunk: Chunk) -> None:
        """Counts a chunk; raises `MinerMisbehaved` where the answer exceeds what was asked."""
        check_chunk(chunk)
        if self._logprobs and chunk.token_ids and not chunk.logprobs:
            raise MinerMisbehaved("no log-probabilities, though asked for")
        self.tokens += chunk.token_count
        self._characters_left -= max(len(chunk.text), sum(map(len, chunk.token_texts)))
        silent = not chunk.text and chunk.finish_reason is None
        self._silent_left = self._silent_left - 1 if silent else self._limits.silent_chunks_max
        if self.tokens > self._tokens_max:
            raise MinerMisbehaved("more tokens than asked for")
        if self._characters_left < 0:
            raise MinerMisbehaved("more text than so many tokens can be")
        if self._silent_left < 0:
            raise MinerMisbehaved("chunks without text")
