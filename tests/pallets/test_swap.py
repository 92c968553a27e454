"""Swaps against a subnet's pool: what is stored, and how the pool says no."""

import pytest

from taonet.economy.balancer import WEIGHT_ONE
from taonet.economy.swap import PRICE_LIMIT_BUY
from taonet.frame.config import RuntimeConfig
from taonet.frame.dispatch_error import BadOrigin, ModuleError
from taonet.frame.origin import Root, Signed
from taonet.frame.overlay import EmptyState
from taonet.frame.pallet import merge
from taonet.frame.state import State
from taonet.pallets import swap
from taonet.pallets.swap import Swap
from taonet.primitives.fixed_point import u64f64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao, to_rao

DYNAMIC = NetUid(1)
EMPTY = NetUid(2)
MISSING = NetUid(3)
STRANGER = AccountId(bytes([1]) * 32)


class Subnets:
    """The root, a subnet with 1000 TAO and 2000 alpha, one without any, and no more."""

    def exists(self, netuid: NetUid) -> bool:
        return netuid in (ROOT, DYNAMIC, EMPTY)

    def is_dynamic(self, netuid: NetUid) -> bool:
        return netuid in (DYNAMIC, EMPTY)

    def tao_reserve(self, netuid: NetUid) -> Rao:
        return to_rao(1_000) if netuid == DYNAMIC else Rao(0)

    def alpha_reserve(self, netuid: NetUid) -> Alpha:
        return Alpha(2_000 * 10**9) if netuid == DYNAMIC else Alpha(0)


@pytest.fixture
def pallet() -> Swap:
    return Swap(State(EmptyState(), RuntimeConfig()), Subnets())


def test_the_price_is_the_ratio_of_the_reserves(pallet: Swap) -> None:
    assert pallet.price(DYNAMIC) == u64f64.from_ratio(1, 2)
    assert pallet.price(EMPTY) == 0
    assert pallet.price(ROOT) == u64f64.one


def test_a_buy_pays_a_fee_and_initialises_the_pool(pallet: Swap) -> None:
    bought = pallet.buy(DYNAMIC, to_rao(10))

    assert int(bought.fee_paid) == 10 * 10**9 * 33 // 65535
    assert int(bought.paid_in) + int(bought.fee_paid) == 10 * 10**9
    assert 19 * 10**9 < int(bought.paid_out) < 20 * 10**9
    assert pallet.pal_swap_initialized[DYNAMIC]
    assert DYNAMIC in pallet.swap_balancer


def test_a_simulation_answers_the_same_and_writes_nothing(pallet: Swap) -> None:
    simulated = pallet.simulate_sell(DYNAMIC, Alpha(10**9))
    assert not pallet.state.overlay.changes()

    sold = pallet.sell(DYNAMIC, Alpha(10**9))

    assert (sold.paid_out, sold.fee_paid) == (simulated.paid_out, simulated.fee_paid)


def test_a_subnet_without_a_price_exchanges_one_for_one_if_it_exists(pallet: Swap) -> None:
    assert int(pallet.simulate_buy(ROOT, Rao(7)).paid_out) == 7
    assert int(pallet.simulate_buy(MISSING, Rao(7)).paid_out) == 0
    assert int(pallet.simulate_sell(MISSING, Alpha(7)).paid_out) == 0


@pytest.mark.parametrize(
    ("netuid", "tao", "limit", "refusal"),
    [
        (DYNAMIC, to_rao(1_001_000), PRICE_LIMIT_BUY, swap.SwapInputTooLarge),
        (EMPTY, Rao(0), PRICE_LIMIT_BUY, swap.ReservesTooLow),
        (DYNAMIC, to_rao(1), Rao(500_000_000), swap.PriceLimitExceeded),
        (DYNAMIC, Rao(1), PRICE_LIMIT_BUY, None),
    ],
)
def test_refusals_are_the_pallets_errors(
    pallet: Swap, netuid: NetUid, tao: Rao, limit: Rao, refusal: type[ModuleError] | None
) -> None:
    if refusal is None:
        assert int(pallet.buy(netuid, tao, limit).paid_out) == 2
        return
    with pytest.raises(refusal):
        pallet.buy(netuid, tao, limit)

    assert not pallet.state.overlay.changes()


def test_a_price_gives_the_first_weights(pallet: Swap) -> None:
    pallet.initialize_pool(DYNAMIC, u64f64.one)

    # y / (p * x + y) = 1000 / 3000
    assert pallet.swap_balancer[DYNAMIC].quote._0 == WEIGHT_ONE // 3
    assert abs(pallet.price(DYNAMIC) - u64f64.one) < 1 << 10

    pallet.initialize_pool(EMPTY, u64f64.one)
    assert not pallet.pal_swap_initialized[EMPTY]


def test_a_cleared_pool_forgets_weights_and_fee(pallet: Swap) -> None:
    pallet.set_fee_rate(Root(), DYNAMIC, 100)
    pallet.initialize_pool(DYNAMIC)
    pallet.clear_pool(DYNAMIC)

    assert pallet.fee_rate[DYNAMIC] == 33
    assert not pallet.pal_swap_initialized[DYNAMIC]


def test_only_root_sets_a_fee_rate_and_within_bounds(pallet: Swap) -> None:
    with pytest.raises(BadOrigin):
        pallet.set_fee_rate(Signed(STRANGER), DYNAMIC, 1)
    with pytest.raises(swap.MechanismDoesNotExist):
        pallet.set_fee_rate(Root(), MISSING, 1)
    with pytest.raises(swap.FeeRateTooHigh):
        pallet.set_fee_rate(Root(), DYNAMIC, 10_001)

    pallet.set_fee_rate(Root(), DYNAMIC, 10_000)
    assert pallet.fee_rate[DYNAMIC] == 10_000
    assert [d.event for d in pallet.state.events] == [swap.FeeRateSet(DYNAMIC, 10_000)]


def test_calls_of_former_versions_say_so(pallet: Swap) -> None:
    assert [(c.index, c.name) for c in merge(28, [Swap]).calls] == [
        (0, "set_fee_rate"),
        (1, "add_liquidity"),
        (2, "remove_liquidity"),
        (3, "modify_position"),
        (4, "toggle_user_liquidity"),
        (5, "disable_lp"),
    ]
    with pytest.raises(swap.Deprecated):
        pallet.disable_lp(Signed(STRANGER))
