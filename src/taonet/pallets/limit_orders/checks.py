"""
When an order may be executed, and what is known of it afterwards.

Source: subtensor pallets/limit-orders/src/lib.rs `is_order_valid`, `compute_order_status`
@ 14bc6f9.
"""

import sr25519

from taonet.frame.multi_address import Sr25519
from taonet.frame.pallet import Pallet
from taonet.frame.storage import OptionMap, StorageMap, StorageValue, blake2_128_concat, identity
from taonet.pallets.evm_chain_id import EvmChainId
from taonet.pallets.limit_orders.errors import (
    ChainIdMismatch,
    IncorrectPartialFillAmount,
    InvalidSignature,
    OrderAlreadyProcessed,
    OrderCancelled,
    OrderExpired,
    PartialFillsNotEnabled,
    PriceConditionNotMet,
    RelayerMissMatch,
    RelayerRequiredForPartialFill,
    RootNetUidNotAllowed,
)
from taonet.pallets.limit_orders.orders import (
    BILLION,
    Cancelled,
    Fulfilled,
    OrderStatus,
    PartiallyFilled,
    SignedOrder,
    signed_bytes,
)
from taonet.pallets.timestamp import Timestamp
from taonet.primitives.fixed_point import U64F64, saturate_u64, u64f64
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import ROOT
from taonet.scale.types import boolean, bounded_bytes

MIGRATION_NAME_BYTES_MAX = 128


class OrderBook(Pallet, prefix="LimitOrders"):
    """What is known of orders, and whether any are executed."""

    orders = OptionMap(
        blake2_128_concat(H256), value=OrderStatus, doc="What became of an order, by its hash."
    )
    limit_orders_enabled = StorageValue(boolean, default=False, doc="Whether orders are executed.")
    has_migration_run = StorageMap(
        identity(bounded_bytes(MIGRATION_NAME_BYTES_MAX)),
        value=boolean,
        default=False,
        doc="Whether a migration has run.",
    )

    def check(self, signed: SignedOrder, order_id: H256, price: U64F64, relayer: AccountId) -> None:
        """Raise the first reason why `relayer` may not have the order executed at a price."""
        order, status = signed.inner, self.orders[order_id]
        if order.netuid == ROOT:
            raise RootNetUidNotAllowed
        if order.chain_id != EvmChainId(self.state).chain_id:
            raise ChainIdMismatch
        if not _is_signed(signed):
            raise InvalidSignature
        if isinstance(status, Fulfilled):
            raise OrderAlreadyProcessed
        if isinstance(status, Cancelled):
            raise OrderCancelled
        if Timestamp(self.state).now > order.expiry:
            raise OrderExpired
        scaled = u64f64.to_u64_floor(u64f64.mul_floor(price, u64f64.from_int(BILLION)))
        if not order.order_type.accepts(scaled, order.limit_price):
            raise PriceConditionNotMet
        if order.relayer is not None and relayer not in order.relayer:
            raise RelayerMissMatch
        self._check_amount(signed, status)

    def note_fill(self, signed: SignedOrder, order_id: H256) -> None:
        """Remember that an order was executed, or the part of it that was asked for."""
        if signed.partial_fill is None:
            self.orders[order_id] = Fulfilled()
            return
        filled = saturate_u64(_filled(self.orders[order_id]) + signed.partial_fill)
        whole = filled >= signed.inner.amount
        self.orders[order_id] = Fulfilled() if whole else PartiallyFilled(filled)

    def _check_amount(self, signed: SignedOrder, status: OrderStatus | None) -> None:
        order, part = signed.inner, signed.partial_fill
        if part is None:
            # What is left of an order has to be asked for by its amount.
            if isinstance(status, PartiallyFilled):
                raise IncorrectPartialFillAmount
            return
        if order.relayer is None:
            raise RelayerRequiredForPartialFill
        if not order.partial_fills_enabled:
            raise PartialFillsNotEnabled
        if not 0 < part <= order.amount - _filled(status):
            raise IncorrectPartialFillAmount


def _filled(status: OrderStatus | None) -> int:
    return status._0 if isinstance(status, PartiallyFilled) else 0


def _is_signed(signed: SignedOrder) -> bool:
    """Whether the order's owner signed it; only sr25519 keys may."""
    if not isinstance(signed.signature, Sr25519):
        return False
    text = signed_bytes(signed.order)
    try:
        return bool(sr25519.verify(signed.signature._0, text, signed.inner.signer))
    except ValueError:
        # Bytes that are no point of the curve.
        return False
