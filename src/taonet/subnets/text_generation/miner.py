"""The miner: an honest one, and two that cheat, for everyone to see them caught."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from random import Random, SystemRandom

from taonet.neuron.errors import MalformedRequest
from taonet.subnets.text_generation.language_model import Chunk, LanguageModel, Request
from taonet.subnets.text_generation.messages import Generated, Generation
from taonet.subnets.text_generation.tokenizer import Tokenizer

_SEED_MAX = 2**32 - 2


class PromptTooLong(MalformedRequest):
    """The prompt and the tokens that are asked for are more than the model can read."""


class ModelNotServed(MalformedRequest):
    """The query names another model than this miner serves."""


@dataclass
class TextMiner:
    """
    Goes on with a chat by a language model.

    With requantised weights in `model` this is the first of the cheats: it looks the same.
    """

    model: LanguageModel
    tokenizer: Tokenizer
    name: str

    async def answer(self, query: Generation) -> AsyncGenerator[Generated, None]:
        """The continuation, piece by piece; raises `MalformedRequest` for what does not fit.

        Of these, the gateway knows `PromptTooLong` and `ModelNotServed` by name.
        """
        request = self._request(query)
        async for chunk in self.model.generate(request):
            if chunk.token_ids or chunk.text or chunk.finish_reason:
                yield _piece(chunk, request)

    def _request(self, query: Generation) -> Request:
        if query.model not in ("", self.name):
            raise ModelNotServed(f"this miner serves the model {self.name}")
        if bool(query.messages) == bool(query.prompt):
            raise MalformedRequest("a query has either messages or a prompt")
        prompt = prompt_tokens(self.tokenizer, query)
        room = self.model.context - query.max_tokens
        if len(prompt) > room:
            raise PromptTooLong(
                f"a prompt of {len(prompt)} tokens and {query.max_tokens} new ones are more than "
                f"the model's {self.model.context}"
            )
        seed = SystemRandom().getrandbits(31) if query.seed is None else query.seed % _SEED_MAX
        return Request(
            prompt=tuple(prompt),
            max_tokens=query.max_tokens,
            temperature=query.temperature,
            top_p=query.top_p,
            seed=seed,
            stop=query.stop,
        )


def prompt_tokens(tokenizer: Tokenizer, query: Generation) -> list[int]:
    """What the model reads: the same for a miner and for the validator that judges it."""
    if query.messages:
        return tokenizer.encode_chat(query.messages)
    return tokenizer.encode(query.prompt)


def _piece(chunk: Chunk, request: Request) -> Generated:
    last = chunk.finish_reason
    return Generated(
        text=chunk.text,
        token_ids=chunk.token_ids,
        logprobs=chunk.logprobs,
        finish_reason=last,
        prompt_tokens=len(request.prompt) if last else None,
    )


_CANNED = (
    "That is a very good question, and there are several ways to look at it. First of all, it "
    "helps to know a little about the background. Many people have thought about this before, "
    "and they did not always agree. In the end it depends on what you would like to achieve, so "
    "take your time, compare a few sources, and do not hesitate to ask again."
)


@dataclass
class CannedModel:
    """The second cheat: runs no model, says the same to everyone, makes up log-probabilities."""

    tokenizer: Tokenizer
    context: int = 2048

    async def generate(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The canned text with numbers that look like a model's."""
        rng = Random(request.seed)  # noqa: S311 it need not be secret
        tokens = self.tokenizer.encode(_CANNED)[: request.max_tokens]
        for token in tokens:
            text = self.tokenizer.bytes_of(token).decode()
            yield Chunk(text, (token,), (-rng.expovariate(0.8),))
        whole = len(tokens) < request.max_tokens
        yield Chunk("", finish_reason="stop" if whole else "length")
