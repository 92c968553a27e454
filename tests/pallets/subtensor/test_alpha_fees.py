"""Fees in alpha: which calls may pay so, and what is taken."""

from typing import Any

import pytest

from taonet.frame.call import Call
from taonet.pallets.subtensor.alpha_fees import AlphaFee, AlphaFees
from taonet.pallets.subtensor.events.stake import TransactionFeePaidWithAlpha
from taonet.pallets.subtensor.module import subtensor_spec
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao
from tests.pallets.subtensor.chain import AUTHOR, NETUID, Chain, account

ALICE, HOT = account("alice"), account("hot")
FEE = Rao(1_000_000)
CALLS = {spec.name: spec for spec in subtensor_spec().calls}


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.own(account("bob"), HOT)
    chain.stake("alice", "hot", 10)
    return chain


@pytest.fixture
def fees(chain: Chain) -> AlphaFees:
    return AlphaFees(chain.subtensor, chain.staking, lambda: AUTHOR)


def a_call(name: str, *arguments: Any) -> Call:
    """A call of the module."""
    return Call(CALLS[name], "SubtensorModule", 7, arguments)


def test_calls_that_take_alpha_may_pay_with_it(fees: AlphaFees) -> None:
    assert fees.source(ALICE, a_call("remove_stake", HOT, NETUID, Alpha(1))) == (HOT, NETUID)
    moving = a_call("move_stake", HOT, account("warm"), NETUID, ROOT, Alpha(1))
    assert fees.source(ALICE, moving) == (HOT, NETUID)
    assert fees.source(ALICE, a_call("add_stake", HOT, NETUID, Rao(1))) is None
    other = Call(CALLS["remove_stake"], "Balances", 5, (HOT, NETUID, Alpha(1)))
    assert fees.source(ALICE, other) is None


def test_several_subnets_at_once_may_not(chain: Chain, fees: AlphaFees) -> None:
    everything = a_call("unstake_all", HOT)
    assert fees.source(ALICE, everything) == (HOT, NETUID)

    chain.add_subnet(NetUid(2))
    chain.stake("alice", "hot", 1, NetUid(2))
    assert fees.source(ALICE, everything) is None


def test_the_author_is_paid_what_the_alpha_is_sold_for(chain: Chain, fees: AlphaFees) -> None:
    before = chain.stake_of("alice", "hot"), int(chain.balances.free(AUTHOR))
    worth = chain.swap.alpha_for_tao(NETUID, FEE)
    assert fees.can_pay(ALICE, (HOT, NETUID), FEE)
    paid = fees.charge(ALICE, (HOT, NETUID), FEE)
    fees.report(ALICE, paid)

    assert paid.alpha == worth
    assert before[0] - chain.stake_of("alice", "hot") == pytest.approx(int(worth), abs=1)
    assert int(chain.balances.free(AUTHOR)) - before[1] == int(paid.tao)
    assert int(paid.tao) == pytest.approx(int(FEE), rel=1e-3)
    assert chain.events(TransactionFeePaidWithAlpha) == [
        TransactionFeePaidWithAlpha(
            who=ALICE, netuid=NETUID, alpha_fee=paid.alpha, tao_amount=paid.tao
        )
    ]


def test_more_than_the_stake_is_worth_cannot_be_paid(chain: Chain, fees: AlphaFees) -> None:
    assert not fees.can_pay(ALICE, (HOT, NETUID), Rao(20 * 10**9))


def test_without_an_author_nothing_is_taken(chain: Chain) -> None:
    nobody = AlphaFees(chain.subtensor, chain.staking, lambda: None)
    before = chain.stake_of("alice", "hot")
    assert nobody.charge(ALICE, (HOT, NETUID), FEE) == AlphaFee(ROOT, Alpha(0), Rao(0))
    assert chain.stake_of("alice", "hot") == before
