"""
Any server with OpenAI's completions API, as long as it says token ids: vLLM, llama.cpp, and kin.

The prompt goes as tokens, so that the server's own template cannot differ from the validator's.
llama.cpp says ids in `logprobs.content`; vLLM in `logprobs.tokens`, as `token_id:<id>`, when asked.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Literal

import aiohttp
import orjson

from taonet.subnets.text_generation.language_model import BackendFailed, Chunk, Request

SILENCE_S_MAX = 60.0
"""Between two events of the server."""
EVENT_BYTES_MAX = 1 << 16
_TOKEN_ID = "token_id:"  # noqa: S105 a prefix of vLLM's, no secret


class OpenAIServer:
    """A model behind a URL that ends with `/v1`; see `OpenAIServer.connected`."""

    def __init__(
        self, url: str, model: str, key: str, context: int, session: aiohttp.ClientSession
    ) -> None:
        self._url = url.rstrip("/")
        self._model = model
        self._key = key
        self._session = session
        self.context = context

    @classmethod
    @asynccontextmanager
    async def connected(
        cls, url: str, *, model: str, key: str = "", context: int = 2048
    ) -> AsyncIterator["OpenAIServer"]:
        """A client within the block; nothing is sent yet."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=SILENCE_S_MAX)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield cls(url, model, key, context, session)

    async def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The continuation as it comes; raises `BackendFailed`."""
        body = {
            "model": self._model,
            "prompt": list(request.prompt),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
            "stop": list(request.stop),
            "logprobs": 1,
            "stream": True,
            # Not OpenAI's own: nothing but the query may shape the distribution, and ids are due.
            "top_k": -1,
            "min_p": 0.0,
            "return_tokens_as_token_ids": True,
        }
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            async with self._session.post(
                f"{self._url}/completions", json=body, headers=headers
            ) as response:
                if response.status != 200:
                    said = (await response.content.read(300)).decode(errors="replace")
                    raise BackendFailed(f"{self._url} answered {response.status}: {said}")
                async for event in _events(response):
                    if (chunk := _chunk(event)) is not None:
                        yield chunk
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BackendFailed(f"{self._url}: {type(error).__name__}") from error


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    pending = b""
    async for data in response.content.iter_any():
        *lines, pending = (pending + data).split(b"\n")
        if len(pending) > EVENT_BYTES_MAX:
            raise BackendFailed(f"an event is over {EVENT_BYTES_MAX} bytes")
        for line in lines:
            payload = line.removeprefix(b"data:").strip()
            if not line.startswith(b"data:") or payload == b"[DONE]":
                continue
            try:
                event = orjson.loads(payload)
            except orjson.JSONDecodeError as error:
                raise BackendFailed("an event is not JSON") from error
            if not isinstance(event, dict) or "error" in event:
                raise BackendFailed("the server sent an error within its stream")
            yield event


def _chunk(event: Mapping[str, Any]) -> Chunk | None:
    """One event as a chunk; `None` for one without a choice, such as the usage at the end."""
    choices = event.get("choices") or ()
    if not choices:
        return None
    choice = choices[0]
    ended = choice.get("finish_reason")
    reason: Literal["stop", "length"] | None = None
    if ended is not None:
        reason = "length" if ended == "length" else "stop"
    text = str(choice.get("text") or "")
    named = _named(choice.get("logprobs") or {})
    if text and not named:
        raise BackendFailed("the server does not say the ids of its tokens; see the documentation")
    return Chunk(text, tuple(token for token, _ in named), tuple(each for _, each in named), reason)


def _named(logprobs: Mapping[str, Any]) -> list[tuple[int, float]]:
    """Tokens with their log-probabilities, in whichever of the two forms."""
    content = logprobs.get("content")
    if content:
        return [(int(entry["id"]), float(entry["logprob"])) for entry in content if "id" in entry]
    tokens, values = logprobs.get("tokens") or (), logprobs.get("token_logprobs") or ()
    return [
        (int(token.removeprefix(_TOKEN_ID)), float(value))
        for token, value in zip(tokens, values, strict=True)
        if token.startswith(_TOKEN_ID)
    ]
