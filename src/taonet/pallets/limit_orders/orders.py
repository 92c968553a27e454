"""
Orders as they are signed, and what became of them.

Source: subtensor pallets/limit-orders/src/lib.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.frame.multi_address import MultiSignature
from taonet.primitives.fixed_point import saturate_u64
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import NetUid
from taonet.scale.codec import codec
from taonet.scale.types import (
    U32,
    U64,
    CLike,
    Struct,
    TaggedUnion,
    c_like,
    option,
    u64,
    vec,
)

ORDERS_MAX: Final = 100
"""Orders that one call executes at most."""

RELAYERS_MAX: Final = 10
"""Accounts that an order may name as its only bringers."""

BILLION: Final = 10**9
"""Parts in a whole: of shares, and of a price in TAO for one alpha."""


class Perbill(Struct, path="sp_arithmetic::per_things::Perbill"):
    """Parts in 10**9."""

    _0: U32

    def of(self, amount: int) -> int:
        """The share of an amount, rounded down."""
        return saturate_u64(amount * self._0 // BILLION)


@c_like("pallet_limit_orders::OrderSide")
class OrderSide(CLike):
    """Which way a batch's rest is traded."""

    BUY = 0
    SELL = 1


@c_like("pallet_limit_orders::OrderType")
class OrderType(CLike):
    """What an order does, and at which prices."""

    LIMIT_BUY = 0
    TAKE_PROFIT = 1
    STOP_LOSS = 2

    @property
    def is_buy(self) -> bool:
        """Whether alpha is bought."""
        return self is OrderType.LIMIT_BUY

    def accepts(self, price: int, limit: int) -> bool:
        """Whether a price, in rao for one alpha, lets the order be executed."""
        return price >= limit if self is OrderType.TAKE_PROFIT else price <= limit


class Order(Struct, path="pallet_limit_orders::Order", parameters={"AccountId": AccountId}):
    """
    An order: `amount` is rao for a buy, alpha for a sale; `limit_price` is in rao for one alpha,
    `expiry` in milliseconds since 1970.
    """

    signer: AccountId
    hotkey: AccountId
    netuid: NetUid
    order_type: OrderType
    amount: U64
    limit_price: U64
    expiry: U64
    fee_rate: Perbill
    fee_recipient: AccountId
    relayer: Annotated[tuple[AccountId, ...] | None, option(vec(AccountId, RELAYERS_MAX))]
    max_slippage: Perbill | None
    chain_id: U64
    partial_fills_enabled: bool

    @property
    def swap_limit(self) -> int:
        """The worst price that the pool may make, in rao for one alpha."""
        if self.max_slippage is None:
            return 2**64 - 1 if self.order_type.is_buy else 0
        margin = self.max_slippage.of(self.limit_price)
        return saturate_u64(self.limit_price + (margin if self.order_type.is_buy else -margin))


class VersionedOrder(
    TaggedUnion,
    path="pallet_limit_orders::VersionedOrder",
    parameters={"AccountId": AccountId},
):
    """An order of some version: what is signed."""


class V1(VersionedOrder, index=0):
    """The first version."""

    _0: Order


class SignedOrder(
    Struct, path="pallet_limit_orders::SignedOrder", parameters={"AccountId": AccountId}
):
    """An order with its owner's signature, and how much of it is executed if not all."""

    order: VersionedOrder
    signature: MultiSignature
    partial_fill: Annotated[int | None, option(u64)]

    @property
    def inner(self) -> Order:
        """The order without its version."""
        assert isinstance(self.order, V1)
        return self.order._0

    @property
    def amount(self) -> int:
        """How much is executed: rao of a buy, alpha of a sale."""
        return self.inner.amount if self.partial_fill is None else self.partial_fill


class OrderStatus(TaggedUnion, path="pallet_limit_orders::OrderStatus"):
    """What became of an order."""


class Fulfilled(OrderStatus, index=0):
    """It was executed."""


class PartiallyFilled(OrderStatus, index=1):
    """So much of it was executed."""

    _0: U64


class Cancelled(OrderStatus, index=2):
    """Its owner cancelled it."""


def signed_bytes(order: VersionedOrder) -> bytes:
    """What an order's owner signs."""
    return codec(VersionedOrder).encode(order)


def order_id_of(order: VersionedOrder) -> H256:
    """What an order is known by."""
    return H256(blake2_256(signed_bytes(order)))
