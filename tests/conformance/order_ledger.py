"""
Limit orders at a pool that pays what a table says, as the real chain's tests of them have it.

Balances may fall below nothing there: a pool without a price of its own asks nobody for money.

Source: subtensor pallets/limit-orders/src/tests/mock.rs @ 14bc6f9.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast
from unittest.mock import patch

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.multi_address import Sr25519
from taonet.frame.origin import Signed
from taonet.pallets.limit_orders.batch import BatchExecution
from taonet.pallets.limit_orders.market import Market
from taonet.pallets.limit_orders.orders import (
    V1,
    Order,
    OrderStatus,
    OrderType,
    PartiallyFilled,
    Perbill,
    SignedOrder,
    order_id_of,
)
from taonet.pallets.subtensor.errors import SlippageTooHigh
from taonet.pallets.subtensor.stake_rules import Place
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from tests.conformance.stage import Stage
from tests.conformance.table_values import account

U64_MAX = 2**64 - 1
CHAIN_ID = 945
NETUID = 1


class Ledger:
    """A pool with a price, which pays the same whatever it is given."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._price = U64F64(int(Fraction(str(given["price"])) * 2**64))
        self._pays_alpha, self._pays_tao = given.get("buy", 0), given.get("sell", 0)
        self._strict = given.get("strict", False)
        self.tao = Counter({account(who): held for who, held in given.get("tao", {}).items()})
        self.alpha = Counter({account(who): held for who, held in given.get("alpha", {}).items()})
        self.traded: list[int] = []
        self.limits: list[int] = []

    def price(self, _netuid: NetUid) -> U64F64:
        """The price of the table."""
        return self._price

    def buy(self, place: Place, tao: Rao, limit: int) -> Alpha:
        """What a buy pays, whatever was paid for it."""
        paid = self.buy_for_batch(place.netuid, tao, limit)
        self.tao[place.coldkey] -= int(tao)
        self.alpha[place.coldkey] += int(paid)
        return paid

    def buy_for_batch(self, _netuid: NetUid, tao: Rao, limit: int) -> Alpha:
        """The same for a batch."""
        self._trade(int(tao), limit, too_dear=self._rao_price > limit)
        return Alpha(self._pays_alpha)

    def sell(self, place: Place, alpha: Alpha, limit: int) -> Rao:
        """What a sale pays."""
        paid = self.sell_for_batch(place.netuid, alpha, limit)
        self.alpha[place.coldkey] -= int(alpha)
        self.tao[place.coldkey] += int(paid)
        return paid

    def sell_for_batch(self, _netuid: NetUid, alpha: Alpha, limit: int) -> Rao:
        """The same for a batch."""
        self._trade(int(alpha), limit, too_dear=self._rao_price < limit)
        return Rao(self._pays_tao)

    def pay(self, source: AccountId, target: AccountId, tao: Rao) -> None:
        """Hand over TAO."""
        self.tao[source] -= int(tao)
        self.tao[target] += int(tao)

    def take_stake(self, place: Place, alpha: Alpha) -> None:
        """Take a seller's alpha."""
        self.alpha[place.coldkey] -= int(alpha)

    def give_stake(self, place: Place, alpha: Alpha) -> None:
        """Hand a buyer its alpha."""
        self.alpha[place.coldkey] += int(alpha)

    @property
    def _rao_price(self) -> int:
        return int(self._price) * 10**9 >> 64

    def _trade(self, amount: int, limit: int, *, too_dear: bool) -> None:
        self.limits.append(limit)
        if self._strict and too_dear:
            raise SlippageTooHigh
        self.traded.append(amount)


class Reasons:
    """Notes why orders are skipped, by the errors' names."""

    def __init__(self, stage: Stage) -> None:
        self._runtime = stage.runtime
        self.names: list[str] = []

    def failure_of(self, error: DispatchError) -> Any:
        """The error as events carry it."""
        self.names.append(getattr(error, "name", type(error).__name__))
        return self._runtime.failure_of(error)


def signed_order(row: list[Any]) -> SignedOrder:
    """An order: signer, hotkey, type, amount, limit, and what else is said of it."""
    signer, hotkey, kind, amount, limit, *more = row
    other = more[0] if more else {}
    relayers, slippage = other.get("relayers"), other.get("slippage")
    order = Order(
        signer=account(signer),
        hotkey=account(hotkey),
        netuid=NetUid(other.get("netuid", NETUID)),
        order_type=OrderType[kind],
        amount=amount,
        limit_price=limit,
        expiry=other.get("expiry", U64_MAX),
        fee_rate=Perbill(other.get("fee", 0)),
        fee_recipient=account(other.get("to", "@fees")),
        relayer=None if relayers is None else tuple(account(who) for who in relayers),
        max_slippage=None if slippage is None else Perbill(slippage),
        chain_id=other.get("chain", CHAIN_ID),
        partial_fills_enabled=other.get("parts", False),
    )
    signature = bytes(64) if other.get("signed", True) else b"\1" * 64
    return SignedOrder(V1(order), Sr25519(signature), other.get("fill"))


def limit_orders(stage: Stage, given: Mapping[str, Any]) -> dict[str, Any]:
    """What becomes of orders, of everyone's balances, and what the pool was asked for."""
    pallet, ledger, reasons = stage.runtime.limit_orders, Ledger(given), Reasons(stage)
    market = cast(Market, ledger)
    book = stage.runtime.order_book
    stage.put("Timestamp.Now", [], given.get("now", 1_000_000))
    stage.put("EVMChainId.ChainId", [], CHAIN_ID)
    book.limit_orders_enabled = given.get("enabled", True)
    orders = [signed_order(row) for row in given["orders"]]
    for number, name in given.get("status", {}).items():
        book.orders[order_id_of(orders[int(number)].order)] = status_named(name)
    relayer = Signed(account(given.get("relayer", "@relayer")))
    refused = None
    with (
        patch.object(pallet, "_market", market),
        patch.object(pallet, "_dispatcher", reasons),
        patch.object(pallet, "_batches", BatchExecution(stage.state, book, market)),
        patch("taonet.pallets.limit_orders.checks._is_signed", is_signed),
    ):
        try:
            with stage.state.transaction():
                for one in [orders] if not given.get("apart") else [[o] for o in orders]:
                    if given.get("batch"):
                        pallet.execute_batched_orders(relayer, NetUid(NETUID), tuple(one))
                    else:
                        pallet.execute_orders(relayer, tuple(one), given.get("fail", False))
        except DispatchError as refusal:
            refused = getattr(refusal, "name", type(refusal).__name__)
    return {
        "refused": refused,
        "status": [shown(book.orders[order_id_of(one.order)]) for one in orders],
        "tao": named(ledger.tao),
        "alpha": named(ledger.alpha),
        "traded": ledger.traded,
        "limits": ledger.limits,
        "skipped": reasons.names,
        "summary": stage.reported("GroupExecutionSummary"),
        "executed": stage.reported("OrderExecuted"),
    }


def is_signed(signed: SignedOrder) -> bool:
    """Whether a table does not say that an order's signature is another's."""
    return isinstance(signed.signature, Sr25519) and not any(signed.signature._0)


def status_named(name: str | list[Any]) -> OrderStatus:
    """A status by its name, or with how much is filled."""
    if isinstance(name, list):
        return PartiallyFilled(name[1])
    found: type[OrderStatus] = next(
        one for one in OrderStatus.scale_variants.values() if one.variant_name == name
    )
    return found()


def shown(status: OrderStatus | None) -> Any:
    """The other way round."""
    if isinstance(status, PartiallyFilled):
        return ["PartiallyFilled", status._0]
    return None if status is None else status.variant_name


def named(balances: Counter[AccountId]) -> dict[str, int]:
    """Balances by accounts' names; whoever is not there has nothing."""
    found = Counter[str]()
    for who, held in balances.items():
        found["@" + who.rstrip(b"\0").decode(errors="replace")] += held
    return found
