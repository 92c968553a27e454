"""Root dividends, told to clients that know them as baskets."""

from taonet.primitives.units import Alpha
from tests.runtime.runtime_apis.small_chain import (
    ALICE,
    APEX,
    BOB,
    HOTKEYS,
    UNIT,
    SmallChain,
    ss58,
)

TRAIT = "BetaBasketRuntimeApi"


def test_nobody_is_owed_anything_at_first(chain: SmallChain) -> None:
    assert chain.ask(TRAIT, "get_root_basket_owed", ss58(ALICE)) == 0
    assert chain.ask(TRAIT, "get_root_basket_positions", ss58(ALICE)) == []


def test_dividends_are_worth_what_they_sell_for(chain: SmallChain) -> None:
    assert chain.runtime.subtensor.staking.root.credit(HOTKEYS[1], APEX, Alpha(2 * UNIT))
    owed = chain.ask(TRAIT, "get_root_basket_owed", ss58(ALICE))
    sold = chain.ask("SwapRuntimeApi", "sim_swap_alpha_for_tao", 1, 2 * UNIT - 1)

    assert abs(owed - sold["tao_amount"]) <= 100
    assert chain.ask(TRAIT, "get_basket_payout", ss58(HOTKEYS[1]), ss58(ALICE)) == owed
    assert chain.ask(TRAIT, "get_root_basket_positions", ss58(ALICE)) == [
        (ss58(HOTKEYS[1]), 0, owed)
    ]
    assert chain.ask(TRAIT, "get_root_basket_owed", ss58(BOB)) == 0
