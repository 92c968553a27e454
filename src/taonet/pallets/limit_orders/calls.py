"""
The calls of LimitOrders.

Source: subtensor pallets/limit-orders/src/lib.rs, runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.call import Dispatcher
from taonet.frame.dispatch_error import Arithmetic, ArithmeticFailure, DispatchError
from taonet.frame.origin import Origin, ensure_root, ensure_signed
from taonet.frame.pallet import Constant, Pallet, call
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.balances import Balances
from taonet.pallets.limit_orders import errors, events
from taonet.pallets.limit_orders.batch import BatchExecution
from taonet.pallets.limit_orders.checks import OrderBook
from taonet.pallets.limit_orders.market import PALLET_ID, TRADER_HOTKEY, Market
from taonet.pallets.limit_orders.orders import (
    ORDERS_MAX,
    V1,
    Cancelled,
    SignedOrder,
    VersionedOrder,
    order_id_of,
)
from taonet.pallets.pallet_id import PalletId
from taonet.pallets.subtensor.module import Subtensor
from taonet.pallets.subtensor.stake_rules import Place
from taonet.pallets.system import System
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.scale.types import boolean, u32, vec

Orders = Annotated[tuple[SignedOrder, ...], vec(SignedOrder, ORDERS_MAX)]
Bool = Annotated[bool, boolean]


def _each_weight(orders: tuple[SignedOrder, ...], should_fail: bool) -> Weight:  # noqa: ARG001, FBT001
    count = len(orders)
    own = Weight(61_768_457 + 520_180_782 * count, 6_148 + 5_158 * count)
    return own + database_weight(reads=17 + 11 * count, writes=10 + 7 * count)


def _batch_weight(netuid: NetUid, orders: tuple[SignedOrder, ...]) -> Weight:  # noqa: ARG001
    count = len(orders)
    own = Weight(499_718_496 + 259_134_004 * count, 8_727 + 5_158 * count)
    return own + database_weight(reads=25 + 10 * count, writes=15 + 7 * count)


class LimitOrders(Pallet, prefix="LimitOrders"):
    """Executes signed orders."""

    events = (
        events.OrderExecuted,
        events.OrderSkipped,
        events.OrderCancelled,
        events.GroupExecutionSummary,
        events.LimitOrdersPalletStatusChanged,
    )
    errors = (
        errors.InvalidSignature,
        errors.OrderAlreadyProcessed,
        errors.OrderCancelled,
        errors.OrderExpired,
        errors.PriceConditionNotMet,
        errors.Unauthorized,
        errors.SwapReturnedZero,
        errors.RootNetUidNotAllowed,
        errors.OrderNetUidMismatch,
        errors.LimitOrdersDisabled,
        errors.RelayerMissMatch,
        errors.PartialFillsNotEnabled,
        errors.IncorrectPartialFillAmount,
        errors.RelayerRequiredForPartialFill,
        errors.ChainIdMismatch,
        errors.PalletHotkeyNotRegistered,
        errors.ArithmeticOverflow,
        errors.DuplicateOrderInBatch,
        errors.ZeroShareInBatch,
    )

    max_orders_per_batch = Constant(u32, ORDERS_MAX, doc="Orders that one call executes at most.")
    pallet_id = Constant(PalletId, PALLET_ID, doc="Names the account that trades for batches.")
    pallet_hotkey = Constant(
        AccountId, TRADER_HOTKEY, doc="The hotkey that holds the stake of batches meanwhile."
    )

    def __init__(
        self, system: System, balances: Balances, subtensor: Subtensor, dispatcher: Dispatcher
    ) -> None:
        super().__init__(system.state)
        self._dispatcher = dispatcher
        self._book = OrderBook(system.state)
        self._market = Market(subtensor, system, balances)
        self._batches = BatchExecution(system.state, self._book, self._market)

    def found(self) -> None:
        """Prepare the pallet, at genesis."""
        self._market.register_trader()
        self._book.limit_orders_enabled = True

    @call(index=0, weight=_each_weight)
    def execute_orders(self, origin: Origin, orders: Orders, should_fail: Bool) -> None:
        """
        Execute orders one after the other, each with the pool.

        An order that cannot be executed is skipped, unless all should fail with it.
        """
        relayer = ensure_signed(origin)
        self._ensure_enabled()
        for signed in orders:
            order_id = order_id_of(signed.order)
            try:
                self._execute(signed, order_id, relayer)
            except DispatchError as refusal:
                if should_fail:
                    raise
                reason = self._dispatcher.failure_of(refusal)
                self.deposit_event(events.OrderSkipped(order_id=order_id, reason=reason))

    @call(index=1, weight=_batch_weight)
    def execute_batched_orders(self, origin: Origin, netuid: NetUid, orders: Orders) -> None:
        """Execute orders of one subnet against each other, and their rest with the pool."""
        relayer = ensure_signed(origin)
        self._ensure_enabled()
        self._batches.execute(netuid, orders, relayer)

    @call(index=2, weight=Weight(14_822_000, 3522) + database_weight(reads=1, writes=1))
    def cancel_order(self, origin: Origin, order: VersionedOrder) -> None:
        """Cancel an order that you signed and that was not executed yet; for good."""
        who = ensure_signed(origin)
        assert isinstance(order, V1)
        if order._0.signer != who:
            raise errors.Unauthorized
        order_id = order_id_of(order)
        if order_id in self._book.orders:
            raise errors.OrderAlreadyProcessed
        self._book.orders[order_id] = Cancelled()
        self.deposit_event(events.OrderCancelled(order_id=order_id, signer=who))

    @call(index=3, weight=Weight(4_266_000, 0) + database_weight(writes=1))
    def set_pallet_status(self, origin: Origin, enabled: Bool) -> None:
        """Enable or disable limit orders; root only."""
        ensure_root(origin)
        if enabled and not self._market.has_trader:
            raise errors.PalletHotkeyNotRegistered
        self._book.limit_orders_enabled = enabled
        self.deposit_event(events.LimitOrdersPalletStatusChanged(enabled=enabled))

    def _ensure_enabled(self) -> None:
        if not self._book.limit_orders_enabled:
            raise errors.LimitOrdersDisabled

    def _execute(self, signed: SignedOrder, order_id: H256, relayer: AccountId) -> None:
        """Execute one order, or raise `DispatchError` and leave no trace."""
        try:
            with self.state.transaction():
                price = self._market.price(signed.inner.netuid)
                self._book.check(signed, order_id, price, relayer)
                self._trade(signed, order_id)
        except OverflowError as error:
            raise ArithmeticFailure(Arithmetic.OVERFLOW) from error

    def _trade(self, signed: SignedOrder, order_id: H256) -> None:
        order, amount = signed.inner, signed.amount
        place = Place(order.hotkey, order.signer, order.netuid)
        if order.order_type.is_buy:
            fee = order.fee_rate.of(amount)
            amount_in = max(amount - fee, 0)
            amount_out = int(self._market.buy(place, Rao(amount_in), order.swap_limit))
        else:
            amount_in = amount
            paid = int(self._market.sell(place, Alpha(amount), order.swap_limit))
            fee = order.fee_rate.of(paid)
            amount_out = max(paid - fee, 0)
        self._market.pay(order.signer, order.fee_recipient, Rao(fee))
        self._book.note_fill(signed, order_id)
        self.deposit_event(
            events.OrderExecuted(
                order_id=order_id,
                signer=order.signer,
                netuid=order.netuid,
                order_type=order.order_type,
                amount_in=amount_in,
                amount_out=amount_out,
            )
        )


LIMIT_ORDERS_CLASSES: Final[tuple[type[Pallet], ...]] = (OrderBook, LimitOrders)
"""What the pallet is on the wire, joined."""
