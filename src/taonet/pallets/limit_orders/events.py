"""
What became of orders.

Source: subtensor pallets/limit-orders/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.dispatch_outcome import Failure
from taonet.frame.pallet import Event
from taonet.pallets.limit_orders.orders import OrderSide, OrderType
from taonet.primitives.ids import H256, AccountId
from taonet.primitives.units import NetUid
from taonet.scale.types import U32, U64


class OrderExecuted(Event, index=0):
    """An order was executed, or a part of it: what went in, and what came out after the fee."""

    order_id: H256
    signer: AccountId
    netuid: NetUid
    order_type: OrderType
    amount_in: U64
    amount_out: U64


class OrderSkipped(Event, index=1):
    """An order could not be executed."""

    order_id: H256
    reason: Failure


class OrderCancelled(Event, index=2):
    """An order was cancelled by its signer."""

    order_id: H256
    signer: AccountId


class GroupExecutionSummary(Event, index=3):
    """A batch was executed: what was traded with the pool in the end, and what it paid."""

    netuid: NetUid
    net_side: OrderSide
    net_amount: U64
    actual_out: U64
    executed_count: U32


class LimitOrdersPalletStatusChanged(Event, index=4):
    """Limit orders were enabled or disabled."""

    enabled: bool
