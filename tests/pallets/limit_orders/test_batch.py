"""Batches: who gets what, that nothing is lost, and that nothing half-done stays."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Signed
from taonet.pallets.balances import EXISTENTIAL_DEPOSIT
from taonet.pallets.limit_orders import errors
from taonet.pallets.limit_orders.batch import Netting
from taonet.pallets.limit_orders.events import GroupExecutionSummary, OrderExecuted
from taonet.pallets.limit_orders.orders import (
    Fulfilled,
    OrderSide,
    OrderType,
    PartiallyFilled,
    Perbill,
    SignedOrder,
)
from taonet.pallets.subtensor.errors import SlippageTooHigh
from taonet.pallets.swap import ReservesTooLow
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.units import ROOT, NetUid
from tests.pallets.limit_orders.trading import (
    FEE,
    NETUID,
    RELAYER,
    TAO,
    batch,
    free,
    left_with_trader,
    market,
    order,
    reserves,
    sign,
    signed,
    stake,
    status,
    wealth,
)
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, Chain, call_of

TRADERS = (ALICE, BOB, CHARLIE)
HALF_PRICE = U64F64(1 << 63)


@pytest.fixture
def chain() -> Chain:
    return market()


def refuse(
    chain: Chain, error: type[DispatchError], *orders: SignedOrder, netuid: NetUid = NETUID
) -> None:
    call = call_of("LimitOrders", "execute_batched_orders", netuid, orders)
    refuses(chain.runtime, call, Signed(RELAYER.account), error)


def executed(events: list[object]) -> list[OrderExecuted]:
    return [event for event in events if isinstance(event, OrderExecuted)]


def test_buyers_share_the_pools_alpha_and_the_sellers(chain: Chain) -> None:
    before = {who: stake(chain, who.account) for who in (ALICE, BOB)}
    paid = free(chain, CHARLIE.account)
    *done, summary = batch(
        chain,
        signed(ALICE, amount=30 * TAO),
        signed(BOB, amount=10 * TAO),
        signed(CHARLIE, OrderType.TAKE_PROFIT, amount=20 * TAO),
    )
    assert isinstance(summary, GroupExecutionSummary)
    assert summary.net_side == OrderSide.BUY
    assert summary.executed_count == 3
    first, second, sale = executed(list(done))
    assert first.amount_out == pytest.approx(3 * second.amount_out, abs=3)
    assert first.amount_out + second.amount_out <= summary.actual_out + 20 * TAO
    assert stake(chain, ALICE.account) - before[ALICE] == pytest.approx(first.amount_out, abs=2)
    assert free(chain, CHARLIE.account) - paid == sale.amount_out
    assert summary.net_amount == 40 * TAO - sale.amount_out


def test_sellers_share_the_pools_tao_and_the_buyers(chain: Chain) -> None:
    before = {who: free(chain, who.account) for who in (ALICE, BOB)}
    *done, summary = batch(
        chain,
        signed(ALICE, OrderType.STOP_LOSS, amount=30 * TAO),
        signed(BOB, OrderType.TAKE_PROFIT, amount=10 * TAO),
        signed(CHARLIE, amount=5 * TAO),
    )
    assert isinstance(summary, GroupExecutionSummary)
    assert summary.net_side == OrderSide.SELL
    bought, first, second = executed(list(done))
    assert first.amount_out == pytest.approx(3 * second.amount_out, abs=3)
    assert first.amount_out + second.amount_out <= summary.actual_out + 5 * TAO
    assert free(chain, ALICE.account) - before[ALICE] == first.amount_out
    assert summary.net_amount == 40 * TAO - bought.amount_out


def test_orders_that_offset_each_other_leave_the_pool_alone(chain: Chain) -> None:
    price = chain.runtime.swap.price(NETUID)
    worth = u64f64.to_int_floor(u64f64.mul_floor(price, u64f64.from_int(20 * TAO)))
    before = reserves(chain)
    *_, summary = batch(
        chain, signed(ALICE, amount=worth), signed(BOB, OrderType.TAKE_PROFIT, amount=20 * TAO)
    )
    assert isinstance(summary, GroupExecutionSummary)
    assert (summary.net_amount, summary.actual_out) == (0, 0)
    assert reserves(chain) == before
    assert left_with_trader(chain) == (0, 0)


def test_fees_go_to_their_recipients_at_once(chain: Chain) -> None:
    before = free(chain, RELAYER.account)
    buy, sale = 10 * TAO, 10 * TAO
    *done, _ = batch(
        chain,
        signed(ALICE, amount=buy, fee_rate=FEE),
        signed(BOB, OrderType.TAKE_PROFIT, amount=sale, fee_rate=FEE),
    )
    _, sold = executed(list(done))
    got = free(chain, RELAYER.account) - before
    assert got - buy // 100 == pytest.approx(sold.amount_out / 99, abs=1)


def test_an_order_may_be_executed_in_part(chain: Chain) -> None:
    parts = order(relayer=(RELAYER.account,), partial_fills_enabled=True)
    batch(chain, sign(ALICE, parts, 4 * TAO))
    assert status(chain, sign(ALICE, parts)) == PartiallyFilled(4 * TAO)
    batch(chain, sign(ALICE, parts, 6 * TAO))
    assert status(chain, sign(ALICE, parts)) == Fulfilled()


def test_one_bad_order_stops_the_batch(chain: Chain) -> None:
    good = signed()
    refuse(chain, errors.DuplicateOrderInBatch, good, good)
    refuse(chain, errors.OrderNetUidMismatch, good, netuid=NetUid(1))
    refuse(chain, errors.RootNetUidNotAllowed, signed(netuid=ROOT), netuid=ROOT)
    refuse(chain, errors.OrderExpired, good, signed(BOB, expiry=1))
    refuse(chain, errors.ZeroShareInBatch, good, signed(BOB, amount=0))


def test_the_strictest_of_the_stronger_side_holds_the_price(chain: Chain) -> None:
    price = int(chain.runtime.swap.price(NETUID) * 10**9 >> 64) + 1
    strict = signed(BOB, limit_price=price, max_slippage=Perbill(0))
    refuse(chain, SlippageTooHigh, signed(amount=50 * TAO), strict)


def test_an_empty_batch_does_nothing(chain: Chain) -> None:
    assert batch(chain) == []


def test_sums_are_netted_at_the_price() -> None:
    assert Netting(HALF_PRICE, 10, 20).side == OrderSide.BUY
    assert Netting(HALF_PRICE, 10, 20).rest == 0
    assert Netting(HALF_PRICE, 11, 20).rest == 1
    sellers = Netting(HALF_PRICE, 10, 30)
    assert (sellers.side, sellers.rest, sellers.bought()) == (OrderSide.SELL, 10, 20)
    assert Netting(U64F64(0), 10, 30).bought() == 0
    with pytest.raises(errors.ArithmeticOverflow):
        Netting(U64F64(1), 2**63, 0).bought()


LEGS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(list(OrderType)),
        st.integers(TAO, 15 * TAO),
        st.integers(0, 10**8),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(legs=LEGS)
def test_whatever_is_traded_nothing_appears_or_vanishes(
    chain: Chain, legs: list[tuple[int, OrderType, int, int]]
) -> None:
    orders = [
        signed(TRADERS[who], kind, amount=amount, fee_rate=Perbill(fee), expiry=2**50 + number)
        for number, (who, kind, amount, fee) in enumerate(legs)
    ]
    with chain.runtime.state.discarded():
        whole = wealth(chain)
        tao, alpha = left_with_trader(chain)
        try:
            batch(chain, *orders)
        except DispatchError:
            return
        left = wealth(chain)
        # The batches' account may be left with less than an account must hold.
        assert 0 <= whole[0] - left[0] < EXISTENTIAL_DEPOSIT
        assert whole[1] == left[1]
        dust_tao, dust_alpha = left_with_trader(chain)
        assert 0 <= dust_tao - tao <= EXISTENTIAL_DEPOSIT + len(legs)
        assert 0 <= dust_alpha - alpha <= 3 * len(legs)
        assert all(status(chain, signed) == Fulfilled() for signed in orders)


def test_a_rest_that_the_pool_pays_nothing_for_stops_the_batch() -> None:
    dear = market(tao=4_000, alpha=2_000)
    price = dear.runtime.swap.price(NETUID)
    worth = u64f64.to_int_floor(u64f64.mul_floor(price, u64f64.from_int(5 * TAO)))
    sale = signed(BOB, OrderType.TAKE_PROFIT, amount=5 * TAO)
    refuse(dear, ReservesTooLow, signed(ALICE, amount=worth + 1), sale)
    assert len(batch(dear, signed(ALICE, amount=worth), sale)) == 3
