"""
The miners that the chain lists, asked by signed requests.

The messages are those of the text-generation subnet. Gateway and subnets don't import each other,
so both spell them; a test holds the two spellings to one JSON.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Literal

import structlog

from taonet.gateway.miners import (
    Candidate,
    Chunk,
    GenerationRequest,
    MinerError,
    MinerMisbehaved,
    MinerRefused,
    MinerTimedOut,
    MinerUnreachable,
    ModelNotServed,
    PromptTooLong,
)
from taonet.neuron.chain import Chain, Metagraph, Neuron
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.errors import (
    Interrupted,
    InvalidReply,
    QueryFailed,
    RefusedByMiner,
    ReplyTooLarge,
    TimedOut,
    Unreachable,
)
from taonet.neuron.follower import follow
from taonet.neuron.message import Items, Length, Message, Range
from taonet.neuron.releases import Release
from taonet.neuron.subnet import Stream, Subnet
from taonet.primitives.units import NetUid

SUBNET = "text-generation"
"""The subnet's name on every axon."""
PROMPT_TOO_LONG = "PromptTooLong"
"""What a miner calls a prompt that its model can't read."""
MODEL_NOT_SERVED = "ModelNotServed"
"""What a miner says that does not serve the model it is asked for."""
REFRESH_S = 2.0
"""At most so often the metagraph is read."""
GRACE_S = 2.0
"""What the dendrite waits beyond the request's deadline, so that the router's own limits bite."""
QUERY_BYTES_MAX = 1 << 20
REPLY_BYTES_MAX = 4 << 20
"""Of a whole stream; the router's limits on text are narrower."""

log = structlog.get_logger("taonet.gateway")


class Turn(Message):
    """One message of a chat."""

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Length(400_000)]


class Generation(Message):
    """The query: go on with a chat, or with a text."""

    model: Annotated[str, Length(256)]
    messages: Annotated[tuple[Turn, ...], Items(512)]
    prompt: Annotated[str, Length(400_000)]
    max_tokens: Annotated[int, Range(1, 4096)]
    temperature: Annotated[float, Range(0, 2)]
    top_p: Annotated[float, Range(0, 1)]
    seed: int | None
    stop: Annotated[tuple[str, ...], Items(4)]
    logprobs: bool


class Generated(Message):
    """One piece of the reply."""

    text: str
    token_ids: tuple[int, ...] = ()
    logprobs: tuple[float, ...] = ()
    finish_reason: Literal["stop", "length"] | None = None
    prompt_tokens: int | None = None


TEXT_GENERATION = Subnet(
    SUBNET,
    query=Generation,
    reply=Stream(Generated),
    query_bytes_max=QUERY_BYTES_MAX,
    reply_bytes_max=REPLY_BYTES_MAX,
)


class NetworkMiners:
    """
    Every neuron of a subnet that serves an axon, but for the gateway's own hotkey.

    `follow` keeps the list fresh and has to run beside the gateway.
    """

    def __init__(self, *, dendrite: Dendrite, chain: Chain, netuid: NetUid, model: str) -> None:
        self._dendrite = dendrite
        self._chain = chain
        self._netuid = netuid
        self._model = model
        self._released: str | None = None
        self._neurons: dict[str, Neuron] = {}
        self._candidates: tuple[Candidate, ...] = ()

    def candidates(self) -> Sequence[Candidate]:
        """As of the newest metagraph that was read."""
        return self._candidates

    async def follow(self) -> None:
        """Reads the metagraph now and after new blocks, until cancelled."""
        async for metagraph in follow(self._chain, self._netuid, every_s=REFRESH_S):
            self.update(metagraph)

    def update(self, metagraph: Metagraph) -> None:
        """Takes a metagraph's neurons over."""
        self._neurons = {
            hotkey: neuron
            for hotkey, neuron in metagraph.by_hotkey.items()
            if neuron.endpoint is not None and hotkey != self._chain.hotkey
        }
        if self._list():
            log.info("miners_changed", block=metagraph.block, miners=len(self._neurons))

    async def follow_releases(self, releases: AsyncIterable[Release | None]) -> None:
        """Offers what is released beside the model that all miners serve, as long as it comes."""
        async for release in releases:
            self.release(release)

    def release(self, release: Release | None) -> None:
        """Every miner may serve this release, which one asks to find out; none for no release."""
        self._released = None if release is None else release.name
        if self._list():
            log.info("release_offered", model=self._released)

    def _list(self) -> bool:
        """Make the candidates anew; whether they are others than before."""
        models = [self._model, *([self._released] if self._released else [])]
        before = self._candidates
        self._candidates = tuple(
            _candidate(neuron, model) for neuron in self._neurons.values() for model in models
        )
        return self._candidates != before

    async def generate(
        self, candidate: Candidate, request: GenerationRequest, deadline_s: float
    ) -> AsyncGenerator[Chunk, None]:
        """The candidate's pieces as chunks; raises `MinerError`."""
        neuron = self._neurons.get(candidate.hotkey)
        if neuron is None:
            raise MinerUnreachable("the miner serves no more")
        subnet = replace(TEXT_GENERATION, timeout_s=deadline_s + GRACE_S)
        try:
            async with aclosing(self._dendrite.stream(neuron, subnet, to_query(request))) as pieces:
                async for piece in pieces:
                    assert isinstance(piece.message, Generated)
                    yield to_chunk(piece.message)
        except QueryFailed as error:
            lacking = isinstance(error, RefusedByMiner) and error.name == MODEL_NOT_SERVED
            if lacking and candidate.model != self._model:
                raise ModelNotServed(str(error)) from error
            raise to_miner_error(error) from error


def _candidate(neuron: Neuron, model: str) -> Candidate:
    assert neuron.endpoint is not None, "only neurons that serve are candidates"
    return Candidate(
        uid=int(neuron.uid),
        hotkey=neuron.hotkey,
        url=neuron.endpoint.url,
        incentive=neuron.incentive,
        model=model,
    )


def to_query(request: GenerationRequest) -> Generation:
    """
    What goes to the miner.

    Log-probabilities are always asked for, as validators do: a miner that could tell people's
    requests from validators' could answer only the latter well.
    """
    return Generation(
        model=request.model,
        messages=tuple(
            Turn.from_plain({"role": message.role, "content": message.content})
            for message in request.messages
        ),
        prompt=request.prompt,
        max_tokens=request.max_tokens,
        temperature=request.temperature,
        top_p=request.top_p,
        seed=request.seed,
        stop=request.stop,
        logprobs=True,
    )


def to_chunk(piece: Generated) -> Chunk:
    """What came from the miner."""
    return Chunk(
        text=piece.text,
        token_ids=piece.token_ids,
        logprobs=piece.logprobs,
        finish_reason=piece.finish_reason,
        prompt_tokens=piece.prompt_tokens,
    )


def to_miner_error(error: QueryFailed) -> MinerError:
    """The dendrite's reason by the router's name for it."""
    if isinstance(error, RefusedByMiner):
        too_long = error.name == PROMPT_TOO_LONG
        return PromptTooLong(str(error)) if too_long else MinerRefused(str(error))
    if isinstance(error, TimedOut):
        return MinerTimedOut(str(error))
    if isinstance(error, InvalidReply | ReplyTooLarge):
        return MinerMisbehaved(str(error))
    assert isinstance(error, Unreachable | Interrupted), f"a reason without a name: {error!r}"
    return MinerUnreachable(str(error))
