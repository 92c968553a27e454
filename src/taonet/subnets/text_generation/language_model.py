"""The seam between a miner and whatever runs its model."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol


class BackendFailed(RuntimeError):
    """The server that runs the model did not do as asked; the text says what it answered."""


@dataclass(frozen=True)
class Request:
    """Go on after `prompt`, in tokens. `seed` makes sampling repeatable on one machine."""

    prompt: tuple[int, ...]
    max_tokens: int
    temperature: float
    top_p: float
    seed: int
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chunk:
    """
    Some of the continuation. `logprobs`, one a token, are the model's own, before temperature;
    0.0 for a token that ends within a character. `finish_reason` is stop or length on the last.
    """

    text: str
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    finish_reason: Literal["stop", "length"] | None = None


class LanguageModel(Protocol):
    """Continues token sequences, several at once."""

    @property
    def context(self) -> int:
        """Tokens of prompt and continuation together, at most."""
        ...

    def generate(self, request: Request, /) -> AsyncGenerator[Chunk, None]:
        """The continuation as it comes; raises `BackendFailed`. Closing it ends the work."""
        ...
