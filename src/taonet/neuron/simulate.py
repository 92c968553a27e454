"""
A subnet in one process: the real validator loop, the real book and weights, no sockets, no waiting.

Every message crosses its JSON, within the subnet's limits and its time, which is virtual. The same
arguments give the same result, as far as the author's own code does.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, cast

from taonet.neuron.chain import Endpoint, Neuron
from taonet.neuron.errors import (
    InvalidMessage,
    InvalidReply,
    QueryFailed,
    RefusedByMiner,
    ReplyTooLarge,
    TimedOut,
    Unreachable,
)
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet
from taonet.neuron.message import Message
from taonet.neuron.score_book import HALF_LIFE_ROUNDS, ScoreBook
from taonet.neuron.subnet import (
    AnyMiner,
    Miner,
    Stream,
    Streamed,
    StreamingMiner,
    Subnet,
    Validator,
)
from taonet.neuron.validator_loop import Place, Round, ValidatorLoop
from taonet.neuron.virtual_time import run_virtually
from taonet.neuron.weight_setter import WeightSetter

ROUNDS = 20
VALIDATOR = "validator"


@dataclass(frozen=True)
class Simulation:
    """
    What came of it.

    `weights` are by miner, as the chain had them at the end, summing to 1, 0 for a miner that got
    none; `rounds` every round with its scores and their reasons.
    """

    weights: Mapping[str, float]
    rounds: tuple[Round, ...]


def simulate(
    subnet: Subnet[Any, Any],
    validator: Validator[Any, Any],
    miners: Sequence[AnyMiner] | Mapping[str, AnyMiner],
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
    half_life_rounds: float = HALF_LIFE_ROUNDS,
) -> Simulation:
    """
    Let `validator` judge `miners` for so many rounds.

    Miners without names are called miner-0, miner-1 and so on. Not from within an event loop.
    """
    named = dict(miners) if isinstance(miners, Mapping) else _named(miners)
    return run_virtually(_simulate(subnet, validator, named, rounds, seed, half_life_rounds))


def _named(miners: Sequence[AnyMiner]) -> dict[str, AnyMiner]:
    return {f"miner-{index}": miner for index, miner in enumerate(miners)}


async def _simulate(
    subnet: Subnet[Any, Any],
    validator: Validator[Any, Any],
    miners: Mapping[str, AnyMiner],
    rounds: int,
    seed: int,
    half_life_rounds: float,
) -> Simulation:
    state = MemorySubnet(tempo=1)
    state.register(VALIDATOR, *miners)
    for number, hotkey in enumerate(miners, start=1):
        endpoint = Endpoint("192.0.2.1", number)
        state.change(replace(state.neuron(hotkey), endpoint=endpoint))
    chain = MemoryChain(state, VALIDATOR)
    done = []
    with ScoreBook.open(None, half_life_rounds=half_life_rounds, seed=str(seed)) as book:
        loop = ValidatorLoop(
            subnet,
            validator,
            Place(chain, state.netuid, InProcess(miners)),
            book=book,
            setter=WeightSetter(chain, None),
        )
        for _ in range(rounds):
            done.append(await loop.round())
            await state.mine()
    set_weights = state.weights.get(VALIDATOR, {})
    total = sum(set_weights.values())
    weights = {
        hotkey: set_weights.get(uid, 0) / total if total else 0.0
        for uid, hotkey in enumerate(miners, start=1)
    }
    return Simulation(weights, tuple(each for each in done if each is not None))


class InProcess:
    """Asks miners by calling them, under the limits that a dendrite keeps."""

    def __init__(self, miners: Mapping[str, AnyMiner]) -> None:
        self._miners = miners

    async def ask(
        self, neuron: Neuron, subnet: Subnet[Any, Any], query: Message
    ) -> Message | Streamed[Any]:
        """The reply of the miner of this hotkey; raises `QueryFailed`."""
        miner = self._miners.get(neuron.hotkey)
        if miner is None:
            raise Unreachable("no miner of that hotkey")
        received = cast(Message, subnet.query.from_json(query.to_json()))
        try:
            async with asyncio.timeout(subnet.timeout_s):
                if isinstance(subnet.reply, Stream):
                    return await _streamed(cast(StreamingMiner[Any, Any], miner), subnet, received)
                return _checked(await cast(Miner[Any, Any], miner).answer(received), subnet)
        except TimeoutError as error:
            raise TimedOut(f"no complete reply within {subnet.timeout_s:g} s") from error
        except QueryFailed:
            raise
        except Exception as error:
            raise RefusedByMiner(500, "MinerFailed", type(error).__name__) from error


def _checked(message: Message, subnet: Subnet[Any, Any]) -> Message:
    raw = message.to_json()
    if len(raw) > subnet.reply_bytes_max:
        raise ReplyTooLarge(f"a reply has at most {subnet.reply_bytes_max} bytes")
    try:
        return cast(Message, subnet.piece.from_json(raw))
    except InvalidMessage as error:
        raise InvalidReply(str(error)) from error


async def _streamed(
    miner: StreamingMiner[Any, Any], subnet: Subnet[Any, Any], query: Message
) -> Streamed[Any]:
    clock = asyncio.get_running_loop()
    started_s = clock.time()
    pieces: list[Message] = []
    arrivals_s: list[float] = []
    answer = miner.answer(query)
    assert isinstance(answer, AsyncGenerator), "a streaming miner's answer is an async generator"
    async with aclosing(answer):
        async for piece in answer:
            pieces.append(_checked(piece, subnet))
            arrivals_s.append(clock.time() - started_s)
            if len(pieces) > subnet.pieces_max:
                raise ReplyTooLarge(f"a stream has at most {subnet.pieces_max} pieces")
    return Streamed(tuple(pieces), tuple(arrivals_s), clock.time() - started_s)
