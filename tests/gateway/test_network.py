"""The miners that the chain lists, over real axons and a real dendrite."""

import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Any, get_type_hints

import pytest
from bittensor_core import Keypair

from taonet.gateway.limits import CallerLimits
from taonet.gateway.miners import (
    ChatMessage,
    Chunk,
    GenerationRequest,
    MinerMisbehaved,
    MinerRefused,
    MinerTimedOut,
    MinerUnreachable,
    PromptTooLong,
)
from taonet.gateway.network import (
    TEXT_GENERATION,
    Generated,
    Generation,
    NetworkMiners,
    Turn,
    to_miner_error,
    to_query,
)
from taonet.neuron import errors
from taonet.neuron.admission import Admission
from taonet.neuron.axon import Axon
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet
from taonet.subnets.text_generation import messages

REQUEST = GenerationRequest(
    model="small",
    messages=(ChatMessage("user", "Where is Paris?"),),
    prompt="",
    max_tokens=8,
    temperature=0.5,
    top_p=0.9,
    seed=3,
    stop=("\n",),
    logprobs=False,
)


class Echo:
    """A miner by the subnet's own messages: says the last message, a token a word."""

    def __init__(self) -> None:
        self.asked: list[messages.Generation] = []

    async def answer(self, query: messages.Generation) -> AsyncGenerator[messages.Generated, None]:
        """Streams the words."""
        self.asked.append(query)
        words = query.messages[-1].content.split()
        for number, word in enumerate(words):
            last = number + 1 == len(words)
            yield messages.Generated(
                text=word,
                token_ids=(number,),
                logprobs=(-1.5,),
                finish_reason="stop" if last else None,
                prompt_tokens=4 if last else None,
            )


class World:
    """One axon on a subnet, and the gateway's dendrite."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack
        self.own = Keypair.create_from_uri("//Gateway")
        self.subnet = MemorySubnet()
        self.chain = MemoryChain(self.subnet, self.own.ss58_address)
        self.miner = Echo()

    async def start(self, *, admitted: bool = True) -> NetworkMiners:
        """Registers both, serves the axon and reads the metagraph."""
        hotkey = Keypair.create_from_uri("//Miner").ss58_address
        if admitted:
            self.subnet.register(self.own.ss58_address)
        self.subnet.register(hotkey)
        admission = Admission(now_s=time.monotonic)
        admission.update(await self.chain.metagraph(self.subnet.netuid))
        axon = Axon(messages.subnet, self.miner, hotkey=hotkey, admission=admission)
        endpoint = await self._stack.enter_async_context(axon.listening("127.0.0.1", 0))
        self.subnet.change(replace(self.subnet.neuron(hotkey), endpoint=endpoint))
        dendrite = await self._stack.enter_async_context(Dendrite(self.own, attempts=1))
        miners = NetworkMiners(
            dendrite=dendrite, chain=self.chain, netuid=self.subnet.netuid, model="small"
        )
        miners.update(await self.chain.metagraph(self.subnet.netuid))
        return miners


async def answer(miners: NetworkMiners) -> list[Chunk]:
    """What the one candidate says to `REQUEST`."""
    (candidate,) = miners.candidates()
    async with aclosing(miners.generate(candidate, REQUEST, 10.0)) as chunks:
        return [chunk async for chunk in chunks]


async def test_an_axon_answers_a_signed_request() -> None:
    async with AsyncExitStack() as stack:
        world = World(stack)
        miners = await world.start()
        chunks = await answer(miners)
    assert [chunk.text for chunk in chunks] == ["Where", "is", "Paris?"]
    assert [chunk.token_ids for chunk in chunks] == [(0,), (1,), (2,)]
    assert chunks[-1].finish_reason == "stop"
    assert chunks[-1].prompt_tokens == 4
    assert world.miner.asked[0].messages[0].content == "Where is Paris?"
    assert world.miner.asked[0].logprobs


async def test_a_gateway_that_is_not_registered_is_refused() -> None:
    async with AsyncExitStack() as stack:
        miners = await World(stack).start(admitted=False)
        with pytest.raises(MinerRefused, match="NotRegistered"):
            await answer(miners)


async def test_candidates_are_the_others_that_serve() -> None:
    async with AsyncExitStack() as stack:
        world = World(stack)
        miners = await world.start()
        world.subnet.register(Keypair.create_from_uri("//Idle").ss58_address)
        own = world.subnet.neuron(world.own.ss58_address)
        (served,) = [n.endpoint for n in world.subnet.neurons if n.endpoint is not None]
        world.subnet.change(replace(own, endpoint=served))
        miners.update(await world.chain.metagraph(world.subnet.netuid))
        (candidate,) = miners.candidates()
        assert candidate.hotkey == Keypair.create_from_uri("//Miner").ss58_address
        assert candidate.url == served.url
        assert candidate.uid == 1


async def test_a_miner_that_left_the_chain_is_unreachable() -> None:
    async with AsyncExitStack() as stack:
        world = World(stack)
        miners = await world.start()
        (candidate,) = miners.candidates()
        world.subnet.replace(1, Keypair.create_from_uri("//Heir").ss58_address)
        miners.update(await world.chain.metagraph(world.subnet.netuid))
        assert miners.candidates() == ()
        with pytest.raises(MinerUnreachable):
            await anext(miners.generate(candidate, REQUEST, 1.0))


def hints(message: type[Any]) -> dict[str, str]:
    """Fields with their types and limits, the messages within by name."""
    return {
        name: repr(hint)
        .replace("taonet.gateway.network.", "")
        .replace("taonet.subnets.text_generation.messages.", "")
        for name, hint in get_type_hints(message, include_extras=True).items()
    }


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Turn, messages.Turn),
        (Generation, messages.Generation),
        (Generated, messages.Generated),
    ],
)
def test_both_spellings_of_a_message_are_one(ours: type[Any], theirs: type[Any]) -> None:
    assert hints(ours) == hints(theirs)


def test_the_wire_form_is_the_subnets() -> None:
    raw = to_query(REQUEST).to_json()
    assert messages.Generation.from_json(raw).to_json() == raw
    piece = messages.Generated("hi", (1,), (-0.5,), "stop", 3).to_json()
    assert Generated.from_json(piece).to_json() == piece
    assert TEXT_GENERATION.name == messages.subnet.name
    assert TEXT_GENERATION.query_bytes_max == messages.subnet.query_bytes_max
    assert TEXT_GENERATION.reply_bytes_max == messages.subnet.reply_bytes_max


def test_what_callers_may_ask_fits_the_message() -> None:
    """Else a caller could make honest miners refuse."""
    limits = CallerLimits()
    assert limits.tokens_max <= messages.MAX_TOKENS_MAX
    assert limits.prompt_characters_max <= messages.TEXT_CHARACTERS_MAX
    assert limits.body_bytes_max <= messages.QUERY_BYTES_MAX
    assert limits.answer_s_max <= messages.TIMEOUT_S


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.Unreachable("x"), MinerUnreachable),
        (errors.Interrupted("x"), MinerUnreachable),
        (errors.TimedOut("x"), MinerTimedOut),
        (errors.RefusedByMiner(503, "Busy", "x"), MinerRefused),
        (errors.RefusedByMiner(400, "PromptTooLong", "x"), PromptTooLong),
        (errors.ReplyTooLarge("x"), MinerMisbehaved),
        (errors.InvalidReply("x"), MinerMisbehaved),
    ],
)
def test_each_reason_has_its_name(error: errors.QueryFailed, expected: type[Exception]) -> None:
    assert type(to_miner_error(error)) is expected


def test_every_reason_of_a_dendrite_is_known() -> None:
    reasons = {kind.__name__ for kind in errors.QueryFailed.__subclasses__()}
    assert reasons == {
        "Unreachable",
        "TimedOut",
        "RefusedByMiner",
        "Interrupted",
        "ReplyTooLarge",
        "InvalidReply",
    }
