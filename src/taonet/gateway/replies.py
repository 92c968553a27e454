"""
Answers in OpenAI's shapes: whole, or as the events of a stream.

`Scribe` turns a miner's chunks into text that ends where a stop sequence begins, with what was
used; `ChatShape` and `CompletionShape` say how the two endpoints spell it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from taonet.gateway.miners import Chunk, GenerationRequest

CHARACTERS_PER_TOKEN = 4
"""Estimate of a prompt's tokens where the miner says nothing."""
TEMPLATE_TOKENS_MAX = 256
"""What a chat template may add to a prompt, beside a few tokens a message."""
TEMPLATE_TOKENS_PER_MESSAGE = 16


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer as `logprobs` shows it."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes out at once."""

    text: str
    tokens: tuple[Token, ...] = ()
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What every event of one answer repeats."""

    id: str
    created: int
    """Seconds since 1970."""
    model: str
    miner: str
    """Hotkey, shown as `system_fingerprint`."""


class StopFilter:
    """Lets text through up to the first stop sequence, holding back what might be its beginning."""

    def __init__(self, sequences: Sequence[str]) -> None:
        self._sequences = tuple(sequences)
        self._held = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """The text that is safe to show now."""
        if not self._sequences:
            return text
        text = self._held + text
        found = [at for at in (text.find(stop) for stop in self._sequences) if at >= 0]
        if found:
            self.stopped = True
            self._held = ""
            return text[: min(found)]
        keep = max(_overlap(text, stop) for stop in self._sequences)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]

    def flush(self) -> str:
        """What was held back, once no more text can come."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Length of the longest end of `text` that begins `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if stop.startswith(text[-n:])), 0)


class Scribe:
    """Follows one answer: cuts it at a stop sequence and counts its tokens."""

    def __init__(self, request: GenerationRequest) -> None:
        self._request = request
        self._filter = StopFilter(request.stop)
        self._claimed_prompt_tokens: int | None = None
        self.completion_tokens = 0

    def take(self, chunk: Chunk) -> Piece:
        """What of a chunk goes out; a piece with a finish reason is the last."""
        self.completion_tokens += chunk.token_count
        if chunk.prompt_tokens is not None:
            self._claimed_prompt_tokens = chunk.prompt_tokens
        text = self._filter.feed(chunk.text)
        if self._filter.stopped:
            return Piece(text, finish_reason="stop")
        if chunk.finish_reason is not None:
            text += self._filter.flush()
        tokens = _tokens(chunk) if self._request.logprobs else ()
        return Piece(text, tokens, chunk.finish_reason)

    @property
    def prompt_tokens(self) -> int:
        """The miner's count, within what so many characters can be; an estimate without one."""
        characters = self._request.characters
        if self._claimed_prompt_tokens is None:
            return -(-characters // CHARACTERS_PER_TOKEN)
        return max(0, min(self._claimed_prompt_tokens, prompt_tokens_max(self._request)))

    def usage(self) -> dict[str, int]:
        """OpenAI's `usage` object."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
        }


def prompt_tokens_max(request: GenerationRequest) -> int:
    """The most tokens that a prompt can be: one for each byte, and the chat template's."""
    texts = [request.prompt, *(message.content for message in request.messages)]
    template = TEMPLATE_TOKENS_PER_MESSAGE * len(request.messages) + TEMPLATE_TOKENS_MAX
    return sum(len(text.encode()) for text in texts) + template


def _tokens(chunk: Chunk) -> tuple[Token, ...]:
    """A token whose text the miner doesn't say is shown as `token_id:…`, as vLLM does."""
    texts: Iterable[str] = chunk.token_texts
    if not texts:
        ids = chunk.token_ids
        texts = (chunk.text,) if len(ids) == 1 else (f"token_id:{token}" for token in ids)
    return tuple(Token(text, logprob) for text, logprob in zip(texts, chunk.logprobs, strict=False))


def merge(pieces: Sequence[Piece]) -> Piece:
    """All pieces of an answer as one."""
    return Piece(
        "".join(piece.text for piece in pieces),
        tuple(token for piece in pieces for token in piece.tokens),
        pieces[-1].finish_reason,
    )


class Shape(Protocol):
    """How one endpoint spells an answer."""

    @property
    def id_prefix(self) -> str:
        """How ids of answers begin."""
        ...

    def whole(self, head: Head, piece: Piece, usage: dict[str, int]) -> dict[str, Any]:
        """The body of an answer that isn't streamed."""
        ...

    def event(self, head: Head, piece: Piece, *, first: bool) -> dict[str, Any]:
        """One event of a stream."""
        ...

    def closing(self, head: Head, usage: dict[str, int]) -> dict[str, Any]:
        """The event without choices that ends a stream with `include_usage`."""
        ...


@dataclass(frozen=True, slots=True)
class ChatShape:
    """`/v1/chat/completions`."""

    logprobs: bool
    id_prefix: str = "chatcmpl-"

    def whole(self, head: Head, piece: Piece, usage: dict[str, int]) -> dict[str, Any]:
        """A `chat.completion`."""
        message = {"role": "assistant", "content": piece.text, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": self._logprobs(piece),
            "finish_reason": piece.finish_reason,
        }
        return {**_head(head, "chat.completion"), "choices": [choice], "usage": usage}

    def event(self, head: Head, piece: Piece, *, first: bool) -> dict[str, Any]:
        """A `chat.completion.chunk`; the first one names the role."""
        delta: dict[str, str] = {"role": "assistant"} if first else {}
        if piece.text or first:
            delta["content"] = piece.text
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": self._logprobs(piece) if piece.tokens else None,
            "finish_reason": piece.finish_reason,
        }
        return {**_head(head, "chat.completion.chunk"), "choices": [choice]}

    def closing(self, head: Head, usage: dict[str, int]) -> dict[str, Any]:
        """A chunk with usage and no choices."""
        return {**_head(head, "chat.completion.chunk"), "choices": [], "usage": usage}

    def _logprobs(self, piece: Piece) -> dict[str, Any] | None:
        if not self.logprobs:
            return None
        content = [
            {
                "token": token.text,
                "bytes": list(token.text.encode()),
                "logprob": token.logprob,
                "top_logprobs": [],
            }
            for token in piece.tokens
        ]
        return {"content": content, "refusal": None}


class CompletionShape:
    """`/v1/completions`; keeps count of characters for `text_offset`, so one for each answer."""

    id_prefix = "cmpl-"

    def __init__(self, *, logprobs: bool, prompt_characters: int) -> None:
        self._logprobs = logprobs
        self._offset = prompt_characters

    def whole(self, head: Head, piece: Piece, usage: dict[str, int]) -> dict[str, Any]:
        """A `text_completion`."""
        return {**self.event(head, piece, first=True), "usage": usage}

    def event(self, head: Head, piece: Piece, *, first: bool) -> dict[str, Any]:  # noqa: ARG002
        """A `text_completion` too: streams have no type of their own here."""
        choice = {
            "index": 0,
            "text": piece.text,
            "logprobs": self._tokens(piece) if self._logprobs else None,
            "finish_reason": piece.finish_reason,
        }
        return {**_head(head, "text_completion"), "choices": [choice]}

    def closing(self, head: Head, usage: dict[str, int]) -> dict[str, Any]:
        """An event with usage and no choices."""
        return {**_head(head, "text_completion"), "choices": [], "usage": usage}

    def _tokens(self, piece: Piece) -> dict[str, Any]:
        offsets = []
        for token in piece.tokens:
            offsets.append(self._offset)
            self._offset += len(token.text)
        return {
            "tokens": [token.text for token in piece.tokens],
            "token_logprobs": [token.logprob for token in piece.tokens],
            "top_logprobs": None,
            "text_offset": offsets,
        }


def _head(head: Head, kind: str) -> dict[str, Any]:
    return {
        "id": head.id,
        "object": kind,
        "created": head.created,
        "model": head.model,
        "system_fingerprint": head.miner,
    }
