"""What the books allow, and what they don't."""

import pytest

from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.units import ROOT, Alpha, Rao
from tests.pallets.subtensor.chain import NETUID, Chain, account

STAKE = 10**9


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.own(account("cold"), account("hot"))
    return chain


def unstake_all_but(chain: Chain, left: int) -> None:
    amount = Alpha(chain.stake_of("cold", "hot", ROOT) - left)
    chain.staking.remove(account("hot"), account("cold"), ROOT, amount)


def test_an_account_that_is_nearly_emptied_loses_its_dust_each_time(chain: Chain) -> None:
    """As on the real chain: its account ends, the pool still says what it held."""
    lost = 0
    for left in (499, 499, 300):
        chain.stake("cold", "hot", 1, ROOT)
        held = int(chain.balances.free(subnet_account(ROOT)))
        lost = int(chain.subtensor.pools.subnet_tao[ROOT]) - held
        unstake_all_but(chain, lost + left)
        assert int(chain.balances.free(subnet_account(ROOT))) == 0
        assert int(chain.subtensor.pools.subnet_tao[ROOT]) == lost + left
        chain.subtensor.block_step.try_state()
    assert lost == 499 + 499


def test_more_than_dust_may_not_be_missing(chain: Chain) -> None:
    chain.add_subnet()
    chain.subtensor.pools.subnet_tao[NETUID] += Rao(100 * 500 + 1)
    with pytest.raises(AssertionError, match="subnet 1 holds"):
        chain.subtensor.block_step.try_state()


def test_alpha_that_nobody_minted_is_found(chain: Chain) -> None:
    chain.add_subnet()
    chain.stake("cold", "hot", 1)
    outside = chain.subtensor.pools.subnet_alpha_out
    outside[NETUID] = Alpha(int(outside[NETUID]) - 1)
    with pytest.raises(AssertionError, match="alpha of subnet 1"):
        chain.subtensor.block_step.try_state()
