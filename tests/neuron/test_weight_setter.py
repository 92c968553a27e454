"""Weights reach the chain once they are due, however often something fails."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.neuron.errors import ChainUnreachable
from taonet.neuron.memory_chain import MemoryChain, MemorySubnet
from taonet.neuron.state_file import StateUnreadable
from taonet.neuron.weight_setter import U16_MAX, WeightSetter, quantise
from taonet.primitives.units import NetUid, Uid

SHARES = {"good": 0.75, "fair": 0.25}


def subnet(*, tempo: int = 10, weights_rate_limit: int = 0) -> MemorySubnet:
    state = MemorySubnet(tempo=tempo, weights_rate_limit=weights_rate_limit)
    state.register("validator", "good", "fair")
    return state


class Flaky(MemoryChain):
    """A chain whose node is away for some calls, or dies after taking one."""

    def __init__(self, state: MemorySubnet, *, fails: int = 0, dies_after: bool = False) -> None:
        super().__init__(state, "validator")
        self.fails = fails
        self.dies_after = dies_after

    async def set_weights(
        self, netuid: NetUid, weights: Mapping[Uid, int], version_key: int
    ) -> None:
        if self.fails:
            self.fails -= 1
            raise ChainUnreachable("away")
        await super().set_weights(netuid, weights, version_key)
        if self.dies_after:
            raise KeyboardInterrupt


def test_the_largest_share_becomes_65535_and_nothing_becomes_nothing() -> None:
    shares = {Uid(0): 0.5, Uid(1): 0.25, Uid(2): 0.0, Uid(3): 1e-9}
    assert quantise(shares) == {Uid(0): 65535, Uid(1): 32768}
    assert quantise({Uid(0): 0.0}) == {}
    assert quantise({}) == {}


@settings(max_examples=100)
@given(st.dictionaries(st.integers(0, 300).map(Uid), st.floats(0, 1e9), max_size=40))
def test_quantised_weights_are_lawful_and_keep_their_order(shares: dict[Uid, float]) -> None:
    weights = quantise(shares)
    assert all(1 <= weight <= U16_MAX for weight in weights.values())
    if weights:
        assert max(weights.values()) == U16_MAX
    ordered = sorted(weights, key=lambda uid: shares[uid])
    values = [weights[uid] for uid in ordered]
    assert values == sorted(values)


async def test_weights_are_set_at_once_and_then_once_a_tempo() -> None:
    state = subnet(tempo=10)
    chain = MemoryChain(state, "validator")
    setter = WeightSetter(chain, None)
    set_at = []
    for _ in range(30):
        before = state.neuron("validator").last_update
        await setter.tick(await chain.metagraph(state.netuid), SHARES)
        if state.neuron("validator").last_update != before:
            set_at.append(state.block)
        await state.mine()
    assert set_at == [1, 11, 21]
    assert state.weights["validator"] == {1: 65535, 2: 21845}


async def test_the_rate_limit_is_never_broken() -> None:
    state = subnet(tempo=1, weights_rate_limit=7)
    chain = MemoryChain(state, "validator")
    setter = WeightSetter(chain, None)
    set_at = []
    for _ in range(22):
        await setter.tick(await chain.metagraph(state.netuid), SHARES)
        assert setter.outbox is None or not setter.outbox.refusal
        if state.neuron("validator").last_update == state.block:
            set_at.append(state.block)
        await state.mine()
    # At block 1 nothing was ever set, but fewer than seven blocks have passed.
    assert set_at == [7, 14, 21]


async def test_a_refused_decision_is_tried_again_later_with_the_present_wish(
    tmp_path: Path,
) -> None:
    state = subnet()
    chain = Flaky(state, fails=2)
    setter = WeightSetter(chain, tmp_path / "outbox.json")
    for shares in (SHARES, SHARES, {"fair": 1.0}, {"fair": 1.0}):
        await setter.tick(await chain.metagraph(state.netuid), shares)
        await state.mine()
    assert state.weights["validator"] == {2: 65535}
    assert setter.outbox is not None
    assert setter.outbox.attempts == 3
    assert setter.outbox.refusal == ""


async def test_a_decision_outlives_the_process(tmp_path: Path) -> None:
    state, path = subnet(), tmp_path / "outbox.json"
    away = Flaky(state, fails=1)
    await WeightSetter(away, path).tick(await away.metagraph(state.netuid), SHARES)
    await state.mine()
    # The new process has scored nothing yet, and still brings what was decided to the chain.
    chain = MemoryChain(state, "validator")
    await WeightSetter(chain, path).tick(await chain.metagraph(state.netuid), {})
    assert state.weights["validator"] == {1: 65535, 2: 21845}


async def test_weights_that_arrived_unseen_are_not_sent_twice(tmp_path: Path) -> None:
    state, path = subnet(), tmp_path / "outbox.json"
    dying = Flaky(state, dies_after=True)
    with pytest.raises(KeyboardInterrupt):
        await WeightSetter(dying, path).tick(await dying.metagraph(state.netuid), SHARES)
    await state.mine()
    chain = MemoryChain(state, "validator")
    setter = WeightSetter(chain, path)
    await setter.tick(await chain.metagraph(state.netuid), {"fair": 1.0})
    assert state.weights["validator"] == {1: 65535, 2: 21845}
    assert setter.outbox is not None
    assert setter.outbox.on_chain_at == 1


async def test_a_uid_that_changed_hands_gets_nothing(tmp_path: Path) -> None:
    state, path = subnet(), tmp_path / "outbox.json"
    away = Flaky(state, fails=1)
    await WeightSetter(away, path).tick(await away.metagraph(state.netuid), SHARES)
    state.replace(1, "newcomer")
    await state.mine()
    chain = MemoryChain(state, "validator")
    await WeightSetter(chain, path).tick(await chain.metagraph(state.netuid), {})
    assert state.weights["validator"] == {2: 65535}


def test_an_outbox_that_is_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "outbox.json"
    path.write_text('{"colour": "red"}')
    with pytest.raises(StateUnreadable, match=r"outbox\.json"):
        WeightSetter(MemoryChain(subnet(), "validator"), path)
