"""TAO in and out of subnets and of existence: both counts of the issuance move together."""

import pytest

from taonet.pallets.subtensor.errors import InsufficientBalance, SubnetNotExists
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao, to_rao
from tests.pallets.subtensor.chain import NETUID, Chain, account

ALICE, BOB = account("alice"), account("bob")
BURNED = AccountId(b"modlburntnsr".ljust(32, b"\0"))
MINIMUM = 500
"""The existential deposit, in rao."""


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.fund(ALICE, to_rao(10))
    return chain


def counts_agree(chain: Chain) -> bool:
    """Whether the module counts what Balances does."""
    return chain.subtensor.emission.total_issuance == chain.balances.total_issuance


def test_a_stake_leaves_the_account_alive(chain: Chain) -> None:
    moved = chain.subtensor.tao.transfer_to_subnet(NETUID, ALICE, to_rao(10))

    assert int(moved) == 10 * 10**9 - MINIMUM
    assert int(chain.balances.free(ALICE)) == MINIMUM
    with pytest.raises(InsufficientBalance):
        chain.subtensor.tao.transfer_to_subnet(NETUID, ALICE, Rao(1))
    assert chain.subtensor.tao.transfer_to_subnet(NETUID, ALICE, Rao(0)) == Rao(0)


def test_there_is_no_account_of_a_missing_subnet(chain: Chain) -> None:
    with pytest.raises(SubnetNotExists):
        chain.subtensor.tao.transfer_from_subnet(NetUid(9), ALICE, Rao(1))


def test_dust_that_a_transfer_loses_is_counted(chain: Chain) -> None:
    issued = int(chain.balances.total_issuance)
    chain.subtensor.tao.transfer(ALICE, BOB, Rao(10 * 10**9 - 100))

    assert issued - int(chain.balances.total_issuance) == 100
    assert counts_agree(chain)
    with pytest.raises(InsufficientBalance):
        chain.subtensor.tao.transfer(ALICE, BOB, Rao(1))


def test_everything_can_be_transferred(chain: Chain) -> None:
    chain.subtensor.tao.transfer_all(ALICE, BOB)
    chain.subtensor.tao.transfer_all(ALICE, BOB)

    assert chain.balances.free(BOB) == to_rao(10)


def test_burned_tao_stays_issued_and_recycled_tao_does_not(chain: Chain) -> None:
    issued = int(chain.balances.total_issuance)
    chain.subtensor.tao.burn(ALICE, to_rao(2))
    assert (int(chain.balances.total_issuance), chain.balances.free(BURNED)) == (
        issued,
        to_rao(2),
    )

    chain.subtensor.tao.recycle(ALICE, to_rao(3))
    assert issued - int(chain.balances.total_issuance) == 3 * 10**9
    assert counts_agree(chain)
    with pytest.raises(InsufficientBalance):
        chain.subtensor.tao.recycle(ALICE, to_rao(5))


def test_a_credit_is_spent_or_recycled_and_never_exceeds_the_supply(chain: Chain) -> None:
    tao, issued = chain.subtensor.tao, int(chain.balances.total_issuance)
    assert tao.mint(to_rao(2)) == to_rao(2)
    assert tao.spend(NETUID, to_rao(1))
    tao.recycle_credit(to_rao(1))

    assert int(chain.balances.total_issuance) - issued == 10**9
    assert chain.balances.free(subnet_account(NETUID)) == to_rao(1_001)
    assert counts_agree(chain)
    left = 21_000_000 * 10**9 - int(chain.balances.total_issuance)
    assert int(tao.mint(Rao(left + 1))) == left


def test_too_little_does_not_open_a_subnets_account(chain: Chain) -> None:
    chain.subtensor.networks.networks_added[NetUid(5)] = True

    assert chain.subtensor.tao.spend(NetUid(5), Rao(0))
    assert not chain.subtensor.tao.spend(NetUid(5), Rao(MINIMUM - 1))
