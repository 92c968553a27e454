"""Prices, and swaps that are only tried."""

import pytest

from taonet.primitives.units import Alpha, Rao
from tests.runtime.runtime_apis.small_chain import APEX, UNIT, SmallChain

TRAIT = "SwapRuntimeApi"
NO_SWAP = {
    "tao_amount": 0,
    "alpha_amount": 0,
    "tao_fee": 0,
    "alpha_fee": 0,
    "tao_slippage": 0,
    "alpha_slippage": 0,
}


def test_prices_are_in_rao_per_alpha(chain: SmallChain) -> None:
    assert chain.ask(TRAIT, "current_alpha_price", 1) == UNIT // 4
    assert chain.ask(TRAIT, "current_alpha_price_all") == [
        {"netuid": 0, "price": UNIT},
        {"netuid": 1, "price": UNIT // 4},
        {"netuid": 2, "price": UNIT // 4},
    ]


def test_a_tried_purchase_says_what_the_real_one_pays(chain: SmallChain) -> None:
    tried = chain.ask(TRAIT, "sim_swap_tao_for_alpha", 1, UNIT)
    bought = chain.runtime.swap.buy(APEX, Rao(UNIT))

    assert tried["tao_amount"] + tried["tao_fee"] == UNIT
    assert tried["alpha_amount"] == int(bought.paid_out)
    assert tried["alpha_slippage"] == 4 * UNIT - tried["alpha_amount"]
    assert (tried["alpha_fee"], tried["tao_slippage"]) == (0, 0)


def test_a_tried_sale_says_what_the_real_one_pays(chain: SmallChain) -> None:
    tried = chain.ask(TRAIT, "sim_swap_alpha_for_tao", 1, 4 * UNIT)
    sold = chain.runtime.swap.sell(APEX, Alpha(4 * UNIT))

    assert tried["alpha_amount"] + tried["alpha_fee"] == 4 * UNIT
    assert tried["tao_amount"] == int(sold.paid_out)
    assert tried["tao_slippage"] == UNIT - tried["tao_amount"]
    assert (tried["tao_fee"], tried["alpha_slippage"]) == (0, 0)


def test_trying_changes_nothing(chain: SmallChain) -> None:
    before = dict(chain.runtime.state.overlay.changes())
    chain.ask(TRAIT, "sim_swap_tao_for_alpha", 1, UNIT)
    chain.ask(TRAIT, "sim_swap_alpha_for_tao", 1, UNIT)

    assert chain.runtime.state.overlay.changes() == before


def test_the_root_swaps_one_for_one(chain: SmallChain) -> None:
    tried = chain.ask(TRAIT, "sim_swap_tao_for_alpha", 0, UNIT)

    assert tried == {**NO_SWAP, "tao_amount": UNIT, "alpha_amount": UNIT}


@pytest.mark.parametrize("method", ["sim_swap_tao_for_alpha", "sim_swap_alpha_for_tao"])
def test_a_swap_that_the_pool_refuses_moves_nothing(chain: SmallChain, method: str) -> None:
    pools = chain.runtime.subtensor.pools
    pools.subnet_tao[APEX], pools.subnet_alpha_in[APEX] = Rao(999), Alpha(999)

    assert chain.ask(TRAIT, method, 1, UNIT) == NO_SWAP
