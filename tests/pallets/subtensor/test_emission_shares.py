"""What a block's TAO follows under each rule set, on a chain."""

from dataclasses import replace

import pytest

from taonet.frame.config import EmissionSplit
from taonet.primitives.fixed_point import I96F32, u96f32
from taonet.primitives.units import NetUid
from tests.pallets.subtensor.chain import FAST, NETUID, Chain, account

SECOND = NetUid(2)
ONE = I96F32(1 << 32)


def chain_under(split: EmissionSplit) -> Chain:
    """Two subnets: the first has the price, the second the stakers and its miners' emission."""
    chain = Chain(config=replace(FAST, emission_split=split))
    for netuid, price in ((NETUID, 3 * ONE), (SECOND, ONE)):
        chain.add_subnet(netuid, tao=3_000, alpha=3_000)
        chain.subtensor.pools.subnet_moving_price[netuid] = I96F32(price)
    chain.subtensor.emission.miner_burned[NETUID] = u96f32.one
    chain.own(account("cold"), account("hot"))
    chain.stake("cold", "hot", 100, SECOND)
    return chain


def received(chain: Chain) -> list[int]:
    """The TAO that each subnet got in the current block."""
    emission = chain.subtensor.emission
    return [
        int(emission.subnet_tao_in_emission[netuid]) + int(emission.subnet_excess_tao[netuid])
        for netuid in (NETUID, SECOND)
    ]


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        (EmissionSplit.PRICE_BURN, [0, 1e9]),
        (EmissionSplit.PLAIN_PRICE, [0.75e9, 0.25e9]),
        (EmissionSplit.TAO_FLOW, [0, 1e9]),
        (EmissionSplit.NET_FLOW, [0, 1e9]),
    ],
)
def test_a_block_follows_the_rule_set_of_genesis(
    split: EmissionSplit, expected: list[float]
) -> None:
    chain = chain_under(split)

    chain.block()

    assert received(chain) == pytest.approx(expected, rel=1e-3)


def test_a_flow_is_averaged_once_and_then_forgotten() -> None:
    chain = chain_under(EmissionSplit.TAO_FLOW)
    flows = chain.subtensor.flows
    assert flows.subnet_tao_flow[SECOND] > 0

    chain.block(2)

    assert flows.subnet_tao_flow[SECOND] == 0
    first = flows.subnet_ema_tao_flow[SECOND]
    chain.block()
    second = flows.subnet_ema_tao_flow[SECOND]
    assert first is not None
    assert second is not None
    assert second[0] == first[0] + 1
    assert 0 < second[1] < first[1]


def test_net_flow_takes_off_what_the_protocol_brought() -> None:
    chain = chain_under(EmissionSplit.NET_FLOW)

    chain.block(3)

    stakers = chain.subtensor.flows.subnet_ema_tao_flow[SECOND]
    protocol = chain.subtensor.flows.subnet_ema_protocol_flow[SECOND]
    assert stakers is not None
    assert protocol is not None
    assert 0 < protocol[1] < stakers[1]


def test_rules_by_price_leave_flows_as_they_are() -> None:
    chain = chain_under(EmissionSplit.PRICE_BURN)
    before = chain.subtensor.flows.subnet_tao_flow[SECOND]

    chain.block()

    assert chain.subtensor.flows.subnet_tao_flow[SECOND] == before
    assert chain.subtensor.flows.subnet_ema_tao_flow[SECOND] is None
