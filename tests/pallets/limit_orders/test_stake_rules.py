"""
What stakers may not do, orders may not do for them.

The cases are those of subtensor runtime/tests/limit_orders.rs @ 14bc6f9.
"""

from collections.abc import Callable
from typing import Any

import pytest

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Signed
from taonet.pallets.limit_orders.events import OrderSkipped
from taonet.pallets.limit_orders.orders import OrderType
from taonet.pallets.subtensor.errors import (
    AmountTooLow,
    HotKeyAccountNotExists,
    NotEnoughStakeToWithdraw,
    StakeUnavailable,
    SubnetNotExists,
    SubtokenDisabled,
)
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid
from tests.pallets.limit_orders.trading import (
    HOTKEY,
    NETUID,
    RELAYER,
    TAO,
    batch,
    execute,
    market,
    signed,
    stake,
    status,
)
from tests.runtime.assertions import refuses
from tests.runtime.chain import BOB, Chain, call_of

NOBODYS = AccountId(b"nobody's".ljust(32, b"."))
BUY, SALE = OrderType.LIMIT_BUY, OrderType.TAKE_PROFIT


def close(chain: Chain) -> None:
    chain.runtime.subtensor.networks.subtoken_enabled[NETUID] = False


def lock(chain: Chain) -> None:
    held = stake(chain, BOB.account)
    locks = chain.runtime.subtensor.lock_calls
    locks.lock_stake(Signed(BOB.account), HOTKEY, NETUID, Alpha(held - TAO))


def nothing(chain: Chain) -> None:
    del chain


CASES: list[tuple[OrderType, Callable[[Chain], None], dict[str, Any], type[DispatchError]]] = [
    (BUY, nothing, {"netuid": NetUid(99)}, SubnetNotExists),
    (SALE, nothing, {"netuid": NetUid(99)}, SubnetNotExists),
    (BUY, close, {}, SubtokenDisabled),
    (SALE, close, {}, SubtokenDisabled),
    (BUY, nothing, {"hotkey": NOBODYS}, HotKeyAccountNotExists),
    (SALE, nothing, {"amount": 1_000}, AmountTooLow),
    (SALE, lock, {}, StakeUnavailable),
]


@pytest.fixture
def chain() -> Chain:
    return market()


@pytest.mark.parametrize(("kind", "prepare", "changed", "error"), CASES)
def test_an_order_is_skipped_for_it(
    chain: Chain,
    kind: OrderType,
    prepare: Callable[[Chain], None],
    changed: dict[str, Any],
    error: type[DispatchError],
) -> None:
    prepare(chain)
    order = signed(BOB, kind, **changed)
    (event,) = execute(chain, order)
    assert isinstance(event, OrderSkipped)
    assert event.reason == chain.runtime.failure_of(error())
    assert status(chain, order) is None


@pytest.mark.parametrize(("kind", "prepare", "changed", "error"), CASES)
def test_a_batch_is_refused_for_it(
    chain: Chain,
    kind: OrderType,
    prepare: Callable[[Chain], None],
    changed: dict[str, Any],
    error: type[DispatchError],
) -> None:
    prepare(chain)
    order = signed(BOB, kind, **changed)
    call = call_of("LimitOrders", "execute_batched_orders", order.inner.netuid, (order,))
    refuses(chain.runtime, call, Signed(RELAYER.account), error)


def test_nobody_sells_more_than_there_is(chain: Chain) -> None:
    too_much = signed(BOB, SALE, amount=10**6 * TAO)
    for name, arguments, error in (
        ("execute_orders", ((too_much,), True), NotEnoughStakeToWithdraw),
        # A batch asks first what is not locked.
        ("execute_batched_orders", (NETUID, (too_much,)), StakeUnavailable),
    ):
        call = call_of("LimitOrders", name, *arguments)
        refuses(chain.runtime, call, Signed(RELAYER.account), error)


def test_batches_follow_each_other_in_one_block(chain: Chain) -> None:
    """The batches' account trades as often as it is asked to."""
    for number in range(3):
        assert len(batch(chain, signed(BOB, BUY, expiry=2**50 + number))) == 2
