"""
llama.cpp's own server in this process (`xllamacpp`): the default back-end.

It listens on a free port of the loopback address under a random key. One thread a model: with
more, threads that wait for a busy core slow everything down many times; raise it on a machine of
its own.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import aiohttp
import orjson

from taonet.subnets.text_generation.language_model import BackendFailed, Chunk, Request
from taonet.subnets.text_generation.tokenizer import Tokenizer, unfinished

CONTEXT = 2048
"""Tokens of one conversation, prompt and answer."""
SLOTS = 4
"""Conversations at once; more wait."""
THREADS = 1
SILENCE_S_MAX = 60.0
"""Between two events of the server."""
EVENT_BYTES_MAX = 1 << 16


class LlamaServer:
    """A running server; see `LlamaServer.running`."""

    def __init__(
        self, url: str, key: str, tokenizer: Tokenizer, context: int, session: aiohttp.ClientSession
    ) -> None:
        self._url = url
        self._key = key
        self._tokenizer = tokenizer
        self._session = session
        self.context = context

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        path: Path,
        tokenizer: Tokenizer,
        *,
        context: int = CONTEXT,
        slots: int = SLOTS,
        threads: int = THREADS,
    ) -> AsyncIterator["LlamaServer"]:
        """The model at `path`, loaded, within the block; raises `BackendFailed`."""
        key = secrets.token_hex(16)
        server = await asyncio.to_thread(_start, path, key, context * slots, slots, threads)
        timeout = aiohttp.ClientTimeout(total=None, sock_read=SILENCE_S_MAX)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session:
                yield cls(server.listening_address, key, tokenizer, context, session)
        finally:
            # The server stops when it is collected, and joins its threads, which takes a moment.
            await asyncio.to_thread(_stop, [server])
            del server

    async def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The continuation as it comes; raises `BackendFailed`."""
        body = {
            "prompt": list(request.prompt),
            "n_predict": request.max_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "seed": request.seed,
            "stop": list(request.stop),
            # Only what the query names shapes the distribution: validators test it.
            "samplers": ["top_p", "temperature"],
            "n_probs": 1,
            "post_sampling_probs": False,
            "return_tokens": True,
            "cache_prompt": True,
            "stream": True,
        }
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            async with self._session.post(
                f"{self._url}/completion", json=body, headers=headers
            ) as response:
                if response.status != 200:
                    said = (await response.content.read(500)).decode(errors="replace")
                    raise BackendFailed(f"the model's server answered {response.status}: {said}")
                async for event in _events(response):
                    yield self._chunk(event)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BackendFailed(f"the model's server: {type(error).__name__}") from error

    def _chunk(self, event: dict[str, Any]) -> Chunk:
        """
        One event as a chunk.

        The server holds a token back until its characters are whole and then names only the last
        one; those before it are found again from the bytes that it does not account for.
        """
        reason: Literal["stop", "length"] | None = None
        if event.get("stop"):
            reason = "length" if event.get("stop_type") == "limit" else "stop"
        text = str(event.get("content", ""))
        named = [
            (int(entry["id"]), float(entry["logprob"]))
            for entry in event.get("completion_probabilities", ())
        ]
        if reason and not named:
            # Nothing of what ended the text is shown; that it ended, `finish_reason` says.
            return Chunk(text, finish_reason=reason)
        shown = b"".join(self._tokenizer.bytes_of(token) for token, _ in named)
        raw = text.encode()
        held: list[int] = []
        if len(raw) > len(shown) and raw.endswith(shown):
            held = self._held(raw[: len(raw) - len(shown)])
        return Chunk(
            text,
            (*held, *(token for token, _ in named)),
            (*(0.0 for _ in held), *(logprob for _, logprob in named)),
            reason,
        )

    def _held(self, raw: bytes) -> list[int]:
        """The tokens of `raw`, all of which end within a character; else they are unknown."""
        tokens = self._tokenizer.encode_bytes(raw)
        seen = b""
        for token in tokens:
            seen += self._tokenizer.bytes_of(token)
            if not unfinished(seen):
                return []
        return tokens


def _start(path: Path, key: str, context: int, slots: int, threads: int) -> Any:
    # OpenMP reads its environment when the library is loaded.
    os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.n_ctx = context
    parameters.n_parallel = slots
    parameters.verbosity = -1
    parameters.port = 0
    parameters.hostnames = ["127.0.0.1"]
    parameters.api_keys = [key]
    try:
        return xllamacpp.Server(parameters)
    except (RuntimeError, ValueError) as error:
        raise BackendFailed(f"{path} does not load: {error}") from error


def _stop(server: list[Any]) -> None:
    server.clear()


async def _events(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    pending = b""
    async for data in response.content.iter_any():
        *lines, pending = (pending + data).split(b"\n")
        if len(pending) > EVENT_BYTES_MAX:
            raise BackendFailed(f"an event of the model's server is over {EVENT_BYTES_MAX} bytes")
        for line in lines:
            if line.startswith(b"data: ") and line != b"data: [DONE]":
                yield orjson.loads(line[6:])
