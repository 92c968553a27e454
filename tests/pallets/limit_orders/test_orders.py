"""Orders one by one: which are executed, at which price, and what they pay."""

from dataclasses import replace
from typing import Any

import pytest

from taonet.frame.dispatch_error import BadOrigin, DispatchError
from taonet.frame.multi_address import Ed25519, Sr25519
from taonet.frame.origin import Root, Signed, Unsigned
from taonet.pallets.limit_orders import LIMIT_ORDERS_INDEX, errors
from taonet.pallets.limit_orders.events import (
    LimitOrdersPalletStatusChanged,
    OrderCancelled,
    OrderExecuted,
    OrderSkipped,
)
from taonet.pallets.limit_orders.market import TRADER, TRADER_HOTKEY
from taonet.pallets.limit_orders.orders import (
    ORDERS_MAX,
    V1,
    Cancelled,
    Fulfilled,
    OrderType,
    PartiallyFilled,
    Perbill,
    SignedOrder,
    order_id_of,
    signed_bytes,
)
from taonet.pallets.subtensor.errors import AmountTooLow, NotEnoughStakeToWithdraw, SlippageTooHigh
from taonet.primitives.units import ROOT
from taonet.scale.codec import codec
from tests.pallets.limit_orders.trading import (
    FEE,
    RELAYER,
    TAO,
    dispatch,
    execute,
    free,
    market,
    order,
    sign,
    signed,
    stake,
    status,
    wealth,
)
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, BOB, CHARLIE, START_MS, Chain, call_of

HALF = 500_000_000
"""The price at first: rao for one alpha, a little less than what stakes made of it."""


@pytest.fixture
def chain() -> Chain:
    return market()


def refuse(chain: Chain, error: type[DispatchError], *orders: SignedOrder) -> None:
    """The orders are refused as a whole."""
    call = call_of("LimitOrders", "execute_orders", orders, True)
    refuses(chain.runtime, call, Signed(RELAYER.account), error)


def test_a_buy_stakes_what_the_fee_leaves(chain: Chain) -> None:
    before, relayed = stake(chain, ALICE.account), free(chain, RELAYER.account)
    spent, whole = free(chain, ALICE.account), wealth(chain)
    buy = signed(fee_rate=FEE)
    (event,) = execute(chain, buy)
    got = stake(chain, ALICE.account) - before
    assert isinstance(event, OrderExecuted)
    assert event.amount_in == 10 * TAO - TAO // 10
    assert abs(event.amount_out - got) <= 1
    assert spent - free(chain, ALICE.account) == 10 * TAO
    assert free(chain, RELAYER.account) - relayed == TAO // 10
    assert status(chain, buy) == Fulfilled()
    assert wealth(chain) == whole


@pytest.mark.parametrize("kind", [OrderType.TAKE_PROFIT, OrderType.STOP_LOSS])
def test_a_sale_pays_its_fee_of_what_it_got(chain: Chain, kind: OrderType) -> None:
    before, relayed = free(chain, BOB.account), free(chain, RELAYER.account)
    held, whole = stake(chain, BOB.account), wealth(chain)
    (event,) = execute(chain, signed(BOB, kind, fee_rate=FEE))
    assert isinstance(event, OrderExecuted)
    fee = free(chain, RELAYER.account) - relayed
    assert event.amount_in == 10 * TAO
    assert event.amount_out == free(chain, BOB.account) - before
    assert fee == (event.amount_out + fee) // 100
    assert 0 <= held - stake(chain, BOB.account) - 10 * TAO <= 1
    assert wealth(chain) == whole


@pytest.mark.parametrize(
    ("kind", "limit", "executed"),
    [
        (OrderType.LIMIT_BUY, HALF * 2, True),
        (OrderType.LIMIT_BUY, HALF // 2, False),
        (OrderType.TAKE_PROFIT, HALF // 2, True),
        (OrderType.TAKE_PROFIT, HALF * 2, False),
        (OrderType.STOP_LOSS, HALF * 2, True),
        (OrderType.STOP_LOSS, HALF // 2, False),
    ],
)
def test_the_price_decides(chain: Chain, kind: OrderType, limit: int, *, executed: bool) -> None:
    (event,) = execute(chain, signed(BOB, kind, limit_price=limit))
    assert isinstance(event, OrderExecuted if executed else OrderSkipped)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"netuid": ROOT}, errors.RootNetUidNotAllowed),
        ({"chain_id": 1}, errors.ChainIdMismatch),
        ({"expiry": START_MS}, errors.OrderExpired),
        ({"limit_price": 1}, errors.PriceConditionNotMet),
        ({"relayer": (BOB.account,)}, errors.RelayerMissMatch),
        ({"amount": 1}, AmountTooLow),
        ({"amount": 0}, AmountTooLow),
    ],
)
def test_what_stands_against_an_order(
    chain: Chain, changed: dict[str, Any], error: type[DispatchError]
) -> None:
    refuse(chain, error, signed(**changed))


def test_only_the_owners_own_signature_counts(chain: Chain) -> None:
    good = signed()
    assert isinstance(good.signature, Sr25519)
    other = sign(BOB, order(ALICE))
    changed = replace(good, order=signed(amount=11 * TAO).order)
    wrong_scheme = replace(good, signature=Ed25519(good.signature._0))
    for bad in (other, changed, wrong_scheme, replace(good, signature=Sr25519(bytes(64)))):
        refuse(chain, errors.InvalidSignature, bad)


def test_an_order_is_executed_once(chain: Chain) -> None:
    buy = signed()
    execute(chain, buy)
    refuse(chain, errors.OrderAlreadyProcessed, buy)


def test_an_order_that_cannot_be_executed_is_skipped(chain: Chain) -> None:
    poor = signed(CHARLIE, OrderType.TAKE_PROFIT, amount=10**6 * TAO)
    late = signed(expiry=1)
    good = signed()
    skipped, second, done = execute(chain, poor, late, good)
    assert isinstance(skipped, OrderSkipped)
    assert skipped.order_id == order_id_of(poor.order)
    assert skipped.reason == chain.runtime.failure_of(NotEnoughStakeToWithdraw())
    assert isinstance(second, OrderSkipped)
    assert isinstance(done, OrderExecuted)
    assert (status(chain, poor), status(chain, good)) == (None, Fulfilled())


def test_or_takes_all_others_along(chain: Chain) -> None:
    refuse(chain, errors.OrderExpired, signed(), signed(BOB, expiry=1))


def test_an_order_whose_fee_cannot_be_paid_leaves_no_trace(chain: Chain) -> None:
    all_of_it = free(chain, ALICE.account)
    buy = signed(amount=all_of_it + TAO, fee_rate=FEE)
    (event,) = execute(chain, buy)
    assert isinstance(event, OrderSkipped)
    assert free(chain, ALICE.account) == all_of_it
    assert status(chain, buy) is None


@pytest.mark.parametrize(("kind", "above"), [(OrderType.LIMIT_BUY, 1), (OrderType.TAKE_PROFIT, 0)])
def test_slippage_holds_the_price(chain: Chain, kind: OrderType, above: int) -> None:
    price = int(chain.runtime.swap.price(order().netuid) * 10**9 >> 64)
    near = replace(order(BOB, kind), limit_price=price + above, max_slippage=Perbill(0))
    refuse(chain, SlippageTooHigh, sign(BOB, near))
    wide = replace(near, max_slippage=Perbill(100_000_000))
    (event,) = execute(chain, sign(BOB, wide))
    assert isinstance(event, OrderExecuted)


def test_limits_widen_by_the_slippage() -> None:
    tenth = Perbill(100_000_000)
    assert order(limit_price=1_000, max_slippage=tenth).swap_limit == 1_100
    assert order(limit_price=2**64 - 1, max_slippage=tenth).swap_limit == 2**64 - 1
    sale = order(kind=OrderType.TAKE_PROFIT, limit_price=1_000, max_slippage=tenth)
    assert sale.swap_limit == 900
    assert order().swap_limit == 2**64 - 1
    assert order(kind=OrderType.STOP_LOSS).swap_limit == 0


def test_an_order_may_be_executed_in_parts(chain: Chain) -> None:
    parts = order(relayer=(RELAYER.account,), partial_fills_enabled=True)
    execute(chain, sign(ALICE, parts, 4 * TAO))
    assert status(chain, sign(ALICE, parts)) == PartiallyFilled(4 * TAO)
    refuse(chain, errors.IncorrectPartialFillAmount, sign(ALICE, parts, 7 * TAO))
    refuse(chain, errors.IncorrectPartialFillAmount, sign(ALICE, parts, 0))
    refuse(chain, errors.IncorrectPartialFillAmount, sign(ALICE, parts))
    execute(chain, sign(ALICE, parts, 6 * TAO))
    assert status(chain, sign(ALICE, parts)) == Fulfilled()
    refuse(chain, errors.OrderAlreadyProcessed, sign(ALICE, parts, TAO))


def test_parts_need_a_bringer_and_permission(chain: Chain) -> None:
    alone = order(partial_fills_enabled=True)
    refuse(chain, errors.RelayerRequiredForPartialFill, sign(ALICE, alone, TAO))
    whole = order(relayer=(RELAYER.account,))
    refuse(chain, errors.PartialFillsNotEnabled, sign(ALICE, whole, TAO))


def test_an_owner_cancels_for_good(chain: Chain) -> None:
    buy = signed()
    call = call_of("LimitOrders", "cancel_order", buy.order)
    refuses(chain.runtime, call, Signed(BOB.account), errors.Unauthorized)
    (event,) = dispatch(chain, "cancel_order", buy.order, who=ALICE)
    assert event == OrderCancelled(order_id=order_id_of(buy.order), signer=ALICE.account)
    assert status(chain, buy) == Cancelled()
    refuse(chain, errors.OrderCancelled, buy)
    refuses(chain.runtime, call, Signed(ALICE.account), errors.OrderAlreadyProcessed)


def test_root_switches_orders_off_and_on(chain: Chain) -> None:
    runtime = chain.runtime
    off, on = (call_of("LimitOrders", "set_pallet_status", enabled) for enabled in (False, True))
    for origin in (Signed(ALICE.account), Unsigned()):
        refuses(runtime, off, origin, BadOrigin)
    runtime.apply(off, Root())
    assert runtime.state.events[-1].event == LimitOrdersPalletStatusChanged(enabled=False)
    refuse(chain, errors.LimitOrdersDisabled, signed())
    batched = call_of("LimitOrders", "execute_batched_orders", order().netuid, (signed(),))
    refuses(runtime, batched, Signed(RELAYER.account), errors.LimitOrdersDisabled)
    runtime.apply(on, Root())
    execute(chain, signed())
    runtime.subtensor.accounts.owner[TRADER_HOTKEY] = ALICE.account
    refuses(runtime, on, Root(), errors.PalletHotkeyNotRegistered)


def test_genesis_gives_the_batches_their_hotkey() -> None:
    runtime = Chain().runtime
    assert runtime.order_book.limit_orders_enabled
    assert runtime.subtensor.accounts.owner[TRADER_HOTKEY] == TRADER


def test_a_call_has_room_for_so_many_orders(chain: Chain) -> None:
    (spec,) = [c for c in chain.runtime.limit_orders.calls if c.index == 0]
    orders = codec(spec.fields[0].type)
    assert len(orders.decode(orders.encode((signed(),) * ORDERS_MAX))) == ORDERS_MAX
    with pytest.raises(OverflowError):
        orders.encode((signed(),) * (ORDERS_MAX + 1))
    assert spec.weight_of(((signed(),) * 2, False)).ref_time > spec.weight_of(((), False)).ref_time


def test_the_sdk_encodes_an_order_as_its_owner_signs_it(chain: Chain) -> None:
    """Its codec knows nothing of orders but our metadata."""
    ours = order(relayer=(RELAYER.account,), max_slippage=Perbill(7), fee_rate=FEE)
    fields = {
        "signer": f"0x{ours.signer.hex()}",
        "hotkey": f"0x{ours.hotkey.hex()}",
        "netuid": int(ours.netuid),
        "order_type": "LimitBuy",
        "amount": ours.amount,
        "limit_price": ours.limit_price,
        "expiry": ours.expiry,
        "fee_rate": FEE._0,
        "fee_recipient": f"0x{ours.fee_recipient.hex()}",
        "relayer": [f"0x{RELAYER.account.hex()}"],
        "max_slippage": 7,
        "chain_id": 42,
        "partial_fills_enabled": False,
    }
    call = bytes(chain.sdk.compose_call("LimitOrders", "cancel_order", {"order": {"V1": fields}}))
    assert call == bytes([LIMIT_ORDERS_INDEX, 2]) + signed_bytes(V1(ours))
