"""
Batches: orders of one subnet that are traded with each other first, and with the pool for the rest.

Everybody on the stronger side gets a share of what the pool pays and of what the other side brings;
the other side is paid at the price of the batch's start. Rounding leaves dust on the batches'
account, as on the real chain.

Source: subtensor pallets/limit-orders/src/lib.rs `do_execute_batched_orders` @ 14bc6f9.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from taonet.frame.state import State
from taonet.pallets.limit_orders.checks import OrderBook
from taonet.pallets.limit_orders.errors import (
    ArithmeticOverflow,
    DuplicateOrderInBatch,
    OrderNetUidMismatch,
    RootNetUidNotAllowed,
    SwapReturnedZero,
    ZeroShareInBatch,
)
from taonet.pallets.limit_orders.events import GroupExecutionSummary, OrderExecuted
from taonet.pallets.limit_orders.market import TRADER, Market
from taonet.pallets.limit_orders.orders import Order, OrderSide, SignedOrder, order_id_of
from taonet.pallets.subtensor.stake_rules import Place
from taonet.primitives.fixed_point import U64F64, saturate_u64, saturate_u128, u64f64
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import ROOT, Alpha, NetUid, Rao


@dataclass(frozen=True)
class Entry:
    """An order of a batch with its hash."""

    signed: SignedOrder
    order_id: H256

    @property
    def order(self) -> Order:
        """The order itself."""
        return self.signed.inner

    @property
    def gross(self) -> int:
        """What its owner brings: rao for a buy, alpha for a sale."""
        return self.signed.amount

    @property
    def net(self) -> int:
        """What of it is traded: the fee of a buy is taken before, that of a sale after."""
        if not self.order.order_type.is_buy:
            return self.gross
        return saturate_u64(self.gross - self.order.fee_rate.of(self.gross))

    @property
    def place(self) -> Place:
        """Whose stake it is about."""
        return Place(self.order.hotkey, self.order.signer, self.order.netuid)


@dataclass(frozen=True)
class Netting:
    """A batch's sums, and what is left to trade with the pool at a price."""

    price: U64F64
    buys: int
    """Rao that buyers trade."""
    sales: int
    """Alpha that sellers trade."""

    @property
    def sales_worth(self) -> int:
        """What the sellers' alpha is worth, in rao."""
        return self.worth(self.sales)

    @property
    def side(self) -> OrderSide:
        """The stronger side."""
        return OrderSide.BUY if self.buys >= self.sales_worth else OrderSide.SELL

    @property
    def rest(self) -> int:
        """What is traded with the pool: rao if buyers are stronger, alpha if sellers are."""
        if self.side is OrderSide.BUY:
            return self.buys - self.sales_worth
        return max(self.sales - self.bought(), 0)

    def worth(self, alpha: int) -> int:
        """Alpha in rao, rounded down."""
        return u64f64.to_int_floor(u64f64.mul_floor(self.price, u64f64.from_int(alpha)))

    def bought(self) -> int:
        """The buyers' rao in alpha, rounded down; raises `ArithmeticOverflow`."""
        if not self.price:
            return 0
        alpha = u64f64.checked_div(u64f64.from_int(self.buys), self.price)
        if alpha is None:
            raise ArithmeticOverflow
        return u64f64.to_int_floor(alpha)


def _share(total: int, part: int, whole: int) -> int:
    """Whose part of the whole is `part` gets so much of `total`; raises `ZeroShareInBatch`."""
    share = saturate_u128(total * part) // whole if whole else 0
    if not share:
        raise ZeroShareInBatch
    return share


class BatchExecution:
    """Executes batches, all of a batch or nothing."""

    def __init__(self, state: State, book: OrderBook, market: Market) -> None:
        self._state = state
        self._book = book
        self._market = market

    def execute(self, netuid: NetUid, orders: Sequence[SignedOrder], relayer: AccountId) -> None:
        """Execute a batch that `relayer` brings; raises what stands against any order of it."""
        if netuid == ROOT:
            raise RootNetUidNotAllowed
        price = self._market.price(netuid)
        entries = self._checked(netuid, orders, price, relayer)
        if not entries:
            return
        buys = [entry for entry in entries if entry.order.order_type.is_buy]
        sales = [entry for entry in entries if not entry.order.order_type.is_buy]
        netting = Netting(price, sum(e.net for e in buys), sum(e.net for e in sales))
        for entry in buys:
            self._market.pay(entry.order.signer, TRADER, Rao(entry.gross))
        for entry in sales:
            self._market.take_stake(entry.place, Alpha(entry.gross))
        paid = self._trade(netuid, netting, buys, sales)
        self._hand_out_alpha(buys, netting, paid)
        fees = self._hand_out_tao(sales, netting, paid)
        for entry in buys:
            fees[entry.order.fee_recipient] += entry.gross - entry.net
        for recipient, fee in fees.items():
            self._market.pay(TRADER, recipient, Rao(fee))
        self._state.deposit(
            GroupExecutionSummary(
                netuid=netuid,
                net_side=netting.side,
                net_amount=netting.rest,
                actual_out=paid,
                executed_count=len(entries),
            )
        )

    def _checked(
        self, netuid: NetUid, orders: Sequence[SignedOrder], price: U64F64, relayer: AccountId
    ) -> list[Entry]:
        entries: dict[H256, Entry] = {}
        for signed in orders:
            order_id = order_id_of(signed.order)
            if order_id in entries:
                raise DuplicateOrderInBatch
            if signed.inner.netuid != netuid:
                raise OrderNetUidMismatch
            self._book.check(signed, order_id, price, relayer)
            entries[order_id] = Entry(signed, order_id)
        return list(entries.values())

    def _trade(
        self, netuid: NetUid, netting: Netting, buys: list[Entry], sales: list[Entry]
    ) -> int:
        """Trade the rest with the pool, at a price that nobody on its side minds."""
        rest = netting.rest
        if not rest:
            return 0
        if netting.side is OrderSide.BUY:
            ceiling = min(entry.order.swap_limit for entry in buys)
            paid = int(self._market.buy_for_batch(netuid, Rao(rest), ceiling))
        else:
            floor = max(entry.order.swap_limit for entry in sales)
            paid = int(self._market.sell_for_batch(netuid, Alpha(rest), floor))
        # No pool gets here, since one that would pay nothing says so itself (`ReservesTooLow`), and
        # a subnet without a pool gives one for one.
        if not paid:
            raise SwapReturnedZero
        return paid

    def _hand_out_alpha(self, buys: list[Entry], netting: Netting, paid: int) -> None:
        if not buys:
            return
        stronger = netting.side is OrderSide.BUY
        total = paid + netting.sales if stronger else netting.bought()
        for entry in buys:
            share = _share(total, entry.net, netting.buys)
            self._market.give_stake(entry.place, Alpha(share))
            self._note(entry, share)

    def _hand_out_tao(self, sales: list[Entry], netting: Netting, paid: int) -> Counter[AccountId]:
        """Pay the sellers; the fees that were kept for each recipient."""
        fees: Counter[AccountId] = Counter()
        whole = netting.sales_worth
        total = whole if netting.side is OrderSide.BUY else paid + netting.buys
        for entry in sales:
            gross = saturate_u128(total * netting.worth(entry.net)) // whole if whole else 0
            fee = entry.order.fee_rate.of(gross)
            if gross <= fee:
                raise ZeroShareInBatch
            fees[entry.order.fee_recipient] += fee
            self._market.pay(TRADER, entry.order.signer, Rao(gross - fee))
            self._note(entry, gross - fee)
        return fees

    def _note(self, entry: Entry, amount_out: int) -> None:
        self._book.note_fill(entry.signed, entry.order_id)
        self._state.deposit(
            OrderExecuted(
                order_id=entry.order_id,
                signer=entry.order.signer,
                netuid=entry.order.netuid,
                order_type=entry.order.order_type,
                amount_in=entry.gross,
                amount_out=amount_out,
            )
        )
