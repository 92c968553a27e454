"""A started subnet on the local network, and traders who sign orders."""

from dataclasses import replace
from typing import Any

from taonet.frame.multi_address import Sr25519
from taonet.frame.origin import Signed
from taonet.frame.pallet import Event
from taonet.pallets.limit_orders.market import TRADER, TRADER_HOTKEY
from taonet.pallets.limit_orders.orders import (
    V1,
    Order,
    OrderStatus,
    OrderType,
    Perbill,
    SignedOrder,
    order_id_of,
    signed_bytes,
)
from taonet.pallets.subtensor.subnet_accounts import subnet_account
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, to_rao
from tests.runtime.chain import ALICE, BOB, CHARLIE, DAVE, START_MS, Chain, Wallet, call_of

NETUID = NetUid(7)
TAO = 10**9
HOTKEY = AccountId(b"hotkey".ljust(32, b"."))
RELAYER = DAVE
FEE = Perbill(10_000_000)
"""One in a hundred."""

NEVER_MS = START_MS * 2


def market(tao: int = 1_000, alpha: int = 2_000) -> Chain:
    """A chain with a subnet whose alpha costs half a TAO; Alice, Bob and Charlie hold stake."""
    chain = Chain()
    module, balances = chain.runtime.subtensor, chain.runtime.balances
    module.subnet_creation.add(NETUID, 10)
    module.networks.subnet_mechanism[NETUID] = 1
    module.networks.subtoken_enabled[NETUID] = True
    module.networks.first_emission_block_number[NETUID] = 1
    module.pools.subnet_tao[NETUID] = to_rao(tao)
    module.pools.subnet_alpha_in[NETUID] = Alpha(alpha * TAO)
    module.stake.total_stake += to_rao(tao)
    module.emission.total_issuance += to_rao(tao)
    balances.mint(subnet_account(NETUID), to_rao(tao))
    chain.runtime.alpha_assets.mint(NETUID, Alpha(alpha * TAO))
    module.hotkeys.associate(DAVE.account, HOTKEY)
    for trader in (ALICE, BOB, CHARLIE):
        module.staking_calls.add_stake(Signed(trader.account), HOTKEY, NETUID, to_rao(20))
    chain.block()
    return chain


def order(trader: Wallet = ALICE, kind: OrderType = OrderType.LIMIT_BUY, **changed: Any) -> Order:
    """An order of ten whole units that any price satisfies."""
    order = Order(
        signer=trader.account,
        hotkey=HOTKEY,
        netuid=NETUID,
        order_type=kind,
        amount=10 * TAO,
        limit_price=0 if kind is OrderType.TAKE_PROFIT else 2**64 - 1,
        expiry=NEVER_MS,
        fee_rate=Perbill(0),
        fee_recipient=RELAYER.account,
        relayer=None,
        max_slippage=None,
        chain_id=42,
        partial_fills_enabled=False,
    )
    return replace(order, **changed)


def sign(trader: Wallet, order: Order, part: int | None = None) -> SignedOrder:
    """The order with its owner's signature."""
    signature = bytes(trader.pair.sign(signed_bytes(V1(order))))
    return SignedOrder(V1(order), Sr25519(signature), part)


def signed(
    trader: Wallet = ALICE,
    kind: OrderType = OrderType.LIMIT_BUY,
    part: int | None = None,
    **changed: Any,
) -> SignedOrder:
    """A signed order."""
    return sign(trader, order(trader, kind, **changed), part)


def execute(chain: Chain, *orders: SignedOrder, all_or_none: bool = False) -> list[Event]:
    """What one after the other reported."""
    return dispatch(chain, "execute_orders", orders, all_or_none)


def batch(chain: Chain, *orders: SignedOrder, netuid: NetUid = NETUID) -> list[Event]:
    """What a batch reported."""
    return dispatch(chain, "execute_batched_orders", netuid, orders)


def dispatch(chain: Chain, name: str, *arguments: Any, who: Wallet = RELAYER) -> list[Event]:
    """Make a call, check the books, and say what the pallet reported."""
    runtime = chain.runtime
    before = len(runtime.state.events)
    runtime.apply(call_of("LimitOrders", name, *arguments), Signed(who.account))
    runtime.try_state()
    events = [found.event for found in runtime.state.events[before:]]
    return [event for event in events if isinstance(event, runtime.limit_orders.events)]


def status(chain: Chain, signed: SignedOrder) -> OrderStatus | None:
    """What the chain knows of an order."""
    return chain.runtime.order_book.orders[order_id_of(signed.order)]


def stake(chain: Chain, who: AccountId, hotkey: AccountId = HOTKEY) -> int:
    """Someone's alpha in the subnet."""
    return int(chain.runtime.subtensor.staking.pools.stake(hotkey, who, NETUID))


def free(chain: Chain, who: AccountId) -> int:
    """Someone's rao."""
    return int(chain.runtime.balances.free(who))


def wealth(chain: Chain) -> tuple[int, int]:
    """All rao that accounts hold, and all alpha in the pool and outside of it."""
    pools = chain.runtime.subtensor.pools
    alpha = int(pools.subnet_alpha_in[NETUID]) + int(pools.subnet_alpha_out[NETUID])
    return int(chain.runtime.balances.total_issuance), alpha


def left_with_trader(chain: Chain) -> tuple[int, int]:
    """The dust of batches: rao and alpha."""
    return free(chain, TRADER), stake(chain, TRADER, TRADER_HOTKEY)


def reserves(chain: Chain) -> tuple[int, int]:
    """The pool's TAO and alpha."""
    pools = chain.runtime.subtensor.pools
    return int(pools.subnet_tao[NETUID]), int(pools.subnet_alpha_in[NETUID])
