"""The subnets' pools: their weights and fees, and swaps of TAO for alpha against them."""

from typing import Annotated, Protocol

from taonet.economy import swap as mathematics
from taonet.economy.balancer import WEIGHT_ONE, WeightOutOfRange
from taonet.economy.balancer import Balancer as Curve
from taonet.economy.swap import (
    DEFAULT_FEE_RATE,
    MINIMUM_RESERVE,
    PRICE_LIMIT_BUY,
    PRICE_LIMIT_SELL,
    Pool,
    SwapResult,
)
from taonet.frame.dispatch_error import ModuleError
from taonet.frame.origin import Origin, ensure_root
from taonet.frame.pallet import Constant, Event, Pallet, call
from taonet.frame.state import State
from taonet.frame.storage import StorageMap, identity, twox_64_concat
from taonet.frame.weight import Weight, database_weight
from taonet.pallets.pallet_id import PalletId
from taonet.primitives.fixed_point import U64F64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao
from taonet.scale.types import (
    I32,
    I64,
    U16,
    U64,
    U128,
    Struct,
    boolean,
    bounded_bytes,
    u16,
    u64,
)

FEE_RATE_MAX = 10_000
"""In parts of 65535: 15.26 %."""

MIGRATION_KEY_LENGTH_MAX = 128


class FeeRateSet(Event, index=0):
    """The fee rate of a subnet's swaps was set, in parts of 65535."""

    netuid: NetUid
    rate: U16


class FeeRateTooHigh(ModuleError, index=0):
    """The fee rate is too high."""


class InsufficientInputAmount(ModuleError, index=1):
    """The amount is too small to be swapped."""


class InsufficientLiquidity(ModuleError, index=2):
    """The pool holds less than the swap would pay out."""


class PriceLimitExceeded(ModuleError, index=3):
    """The price is already at or beyond the limit."""


class InsufficientBalance(ModuleError, index=4):
    """The caller's balance is too low."""


class InvalidTickRange(ModuleError, index=5):
    """The tick range is invalid."""


class InvalidLiquidityValue(ModuleError, index=6):
    """The liquidity is invalid, probably too small."""


class ReservesTooLow(ModuleError, index=7):
    """The pool's reserves are too low for the swap."""


class MechanismDoesNotExist(ModuleError, index=8):
    """The subnet does not exist."""


class SubtokenDisabled(ModuleError, index=9):
    """The subnet's token is not enabled."""


class ReservesOutOfBalance(ModuleError, index=10):
    """The pool's reserves are too far out of balance."""


class SwapInputTooLarge(ModuleError, index=11):
    """The swap brings in more than a thousand times the reserve it is added to."""


class Deprecated(ModuleError, index=12):
    """The call is no longer supported."""


class Perquintill(Struct, path="sp_arithmetic::per_things::Perquintill"):
    """Parts in 10**18."""

    _0: U64


class Balancer(Struct, path="pallet_subtensor_swap::pallet::balancer::Balancer"):
    """The weight of TAO in a pool; alpha's is the rest."""

    quote: Perquintill


class TickIndex(Struct, path="pallet_subtensor_swap::pallet::TickIndex"):
    """A step of the price in positions of former versions."""

    _0: I32


class PositionId(Struct, path="pallet_subtensor_swap::pallet::PositionId"):
    """A position of former versions."""

    _0: U128


class NonZeroU64(Struct, path="NonZeroU64"):
    """A u64 above 0."""

    _0: U64


class SubnetPools(Protocol):
    """What a swap needs to know of subnets; the SubtensorModule keeps it."""

    def exists(self, netuid: NetUid) -> bool:
        """Whether there is such a subnet."""

    def is_dynamic(self, netuid: NetUid) -> bool:
        """Whether its alpha has a price of its own (mechanism 1)."""

    def tao_reserve(self, netuid: NetUid) -> Rao:
        """The TAO in its pool."""

    def alpha_reserve(self, netuid: NetUid) -> Alpha:
        """The alpha in its pool."""


_REFUSALS: dict[type[mathematics.SwapError], type[ModuleError]] = {
    mathematics.SwapInputTooLarge: SwapInputTooLarge,
    mathematics.ReservesTooLow: ReservesTooLow,
    mathematics.PriceLimitExceeded: PriceLimitExceeded,
    mathematics.InsufficientLiquidity: InsufficientLiquidity,
}

_OBSOLETE = Weight(15_000_000, 0)


class Swap(Pallet, prefix="Swap"):
    """
    Pools by netuid. The reserves are the subnets': callers move them as a swap's result says.

    Source: subtensor pallets/swap/src/pallet/{mod,impls}.rs @ 14bc6f9.
    """

    events = (FeeRateSet,)
    errors = (
        FeeRateTooHigh,
        InsufficientInputAmount,
        InsufficientLiquidity,
        PriceLimitExceeded,
        InsufficientBalance,
        InvalidTickRange,
        InvalidLiquidityValue,
        ReservesTooLow,
        MechanismDoesNotExist,
        SubtokenDisabled,
        ReservesOutOfBalance,
        SwapInputTooLarge,
        Deprecated,
    )

    protocol_id = Constant(
        PalletId, PalletId(b"ten/swap"), doc="What the protocol's own account derives from."
    )
    max_fee_rate = Constant(
        u16, FEE_RATE_MAX, doc="The highest fee rate that can be set, in parts of 65535."
    )
    minimum_liquidity = Constant(u64, 1_000, doc="The least liquidity that rounding is safe with.")
    minimum_reserve = Constant(
        NonZeroU64, NonZeroU64(MINIMUM_RESERVE), doc="The least reserve that a swap is paid from."
    )

    fee_rate = StorageMap(
        twox_64_concat(NetUid),
        value=u16,
        default=DEFAULT_FEE_RATE,
        doc="The fee of a subnet's swaps, in parts of 65535.",
    )
    swap_balancer = StorageMap(
        twox_64_concat(NetUid),
        value=Balancer,
        default=Balancer(Perquintill(WEIGHT_ONE // 2)),
        doc="The weights of a subnet's pool.",
    )
    pal_swap_initialized = StorageMap(
        twox_64_concat(NetUid),
        value=boolean,
        default=False,
        doc="Whether a subnet's pool was given weights.",
    )
    has_migration_run = StorageMap(
        identity(bounded_bytes(MIGRATION_KEY_LENGTH_MAX)),
        value=boolean,
        default=False,
        doc="Which migrations of storage have run.",
    )
    scrap_reservoir_alpha = StorageMap(
        twox_64_concat(NetUid),
        value=Alpha,
        default=Alpha(0),
        doc="Scraps of alpha fees that the protocol claimed.",
    )

    def __init__(self, state: State, subnets: SubnetPools) -> None:
        super().__init__(state)
        self.subnets = subnets

    @call(index=0, weight=Weight(15_063_000, 3994) + database_weight(reads=1, writes=1))
    def set_fee_rate(self, origin: Origin, netuid: NetUid, rate: U16) -> None:
        """Set the fee of a subnet's swaps, in parts of 65535. Root only."""
        ensure_root(origin)
        if not self.subnets.exists(netuid):
            raise MechanismDoesNotExist
        if rate > FEE_RATE_MAX:
            raise FeeRateTooHigh
        self.fee_rate[netuid] = rate
        self.deposit_event(FeeRateSet(netuid, rate))

    @call(index=1, weight=_OBSOLETE)
    def add_liquidity(
        self,
        _origin: Origin,
        _hotkey: AccountId,
        _netuid: NetUid,
        _tick_low: TickIndex,
        _tick_high: TickIndex,
        _liquidity: U64,
    ) -> None:
        """Deprecated: users can no longer add liquidity."""
        raise Deprecated

    @call(index=2, weight=_OBSOLETE)
    def remove_liquidity(
        self, _origin: Origin, _hotkey: AccountId, _netuid: NetUid, _position_id: PositionId
    ) -> None:
        """Deprecated: users can no longer have liquidity."""
        raise Deprecated

    @call(index=3, weight=_OBSOLETE)
    def modify_position(
        self,
        _origin: Origin,
        _hotkey: AccountId,
        _netuid: NetUid,
        _position_id: PositionId,
        _liquidity_delta: I64,
    ) -> None:
        """Deprecated: users can no longer have liquidity."""
        raise Deprecated

    @call(index=4, weight=_OBSOLETE)
    def toggle_user_liquidity(
        self, _origin: Origin, _netuid: NetUid, _enable: Annotated[bool, boolean]
    ) -> None:
        """Deprecated: users can no longer have liquidity."""
        raise Deprecated

    @call(index=5, weight=_OBSOLETE)
    def disable_lp(self, _origin: Origin) -> None:
        """Deprecated: users can no longer have liquidity."""
        raise Deprecated

    def pool(self, netuid: NetUid) -> Pool:
        """A subnet's pool as a swap would meet it."""
        return Pool(
            self.subnets.tao_reserve(netuid),
            self.subnets.alpha_reserve(netuid),
            Curve(self.swap_balancer[netuid].quote._0),
            self.pal_swap_initialized[netuid],
            self.fee_rate[netuid],
            self.subnets.is_dynamic(netuid),
        )

    def price(self, netuid: NetUid) -> U64F64:
        """The TAO that one alpha costs now: 1 if not dynamic, 0 without alpha in the pool."""
        return self.pool(netuid).price()

    def buy(
        self, netuid: NetUid, tao: Rao, limit: Rao = PRICE_LIMIT_BUY, *, drop_fees: bool = False
    ) -> SwapResult[Rao, Alpha]:
        """
        Swap `tao` for alpha up to the price `limit` (rao per whole alpha), leaving the reserves to
        the caller. Raises `SwapInputTooLarge`, `ReservesTooLow`, `PriceLimitExceeded`.
        """
        result = _buy(self.pool(netuid), tao, limit, drop_fees=drop_fees)
        self.store_weights(netuid, result.pool)
        return result

    def sell(
        self,
        netuid: NetUid,
        alpha: Alpha,
        limit: Rao = PRICE_LIMIT_SELL,
        *,
        drop_fees: bool = False,
    ) -> SwapResult[Alpha, Rao]:
        """The mirror image of `buy`: down to the price `limit`."""
        result = _sell(self.pool(netuid), alpha, limit, drop_fees=drop_fees)
        self.store_weights(netuid, result.pool)
        return result

    def simulate_buy(
        self, netuid: NetUid, tao: Rao, limit: Rao = PRICE_LIMIT_BUY
    ) -> SwapResult[Rao, Alpha]:
        """What `buy` would answer; nothing for a subnet that does not exist."""
        pool = self.pool(netuid)
        return _buy(pool, tao if self._trades(netuid, pool) else Rao(0), limit)

    def simulate_sell(
        self, netuid: NetUid, alpha: Alpha, limit: Rao = PRICE_LIMIT_SELL
    ) -> SwapResult[Alpha, Rao]:
        """What `sell` would answer; nothing for a subnet that does not exist."""
        pool = self.pool(netuid)
        return _sell(pool, alpha if self._trades(netuid, pool) else Alpha(0), limit)

    def store_weights(self, netuid: NetUid, pool: Pool) -> None:
        """Keep the weights of `pool`, where they differ from what is stored."""
        if not pool.dynamic:
            return
        if self.swap_balancer[netuid].quote._0 != pool.balancer.quote_weight:
            self.swap_balancer[netuid] = Balancer(Perquintill(pool.balancer.quote_weight))
        if pool.balancer_initialized and not self.pal_swap_initialized[netuid]:
            # Initialising a pool writes its weights even where they are the default.
            self.swap_balancer[netuid] = Balancer(Perquintill(pool.balancer.quote_weight))
            self.pal_swap_initialized[netuid] = True

    def initialize_pool(self, netuid: NetUid, price: U64F64 | None = None) -> None:
        """
        Give a new pool the weights for `price`, half and half without one; reserves that no
        weights fit leave it as it is.
        """
        pool = self.pool(netuid)
        if pool.balancer_initialized:
            return
        try:
            curve = (
                Curve()
                if price is None
                else Curve.from_price(price, pool.tao_reserve, pool.alpha_reserve)
            )
        except WeightOutOfRange:
            return
        self.swap_balancer[netuid] = Balancer(Perquintill(curve.quote_weight))
        self.pal_swap_initialized[netuid] = True

    def clear_pool(self, netuid: NetUid) -> None:
        """Forget a dissolved subnet's weights and fee; the caller empties the reserves."""
        del self.pal_swap_initialized[netuid]
        del self.fee_rate[netuid]
        del self.swap_balancer[netuid]

    def alpha_for_tao(self, netuid: NetUid, tao: Rao) -> Alpha:
        """The alpha worth `tao` at the present price; slippage is left out."""
        return mathematics.alpha_for_tao(self.pool(netuid), tao)

    def _trades(self, netuid: NetUid, pool: Pool) -> bool:
        """Whether a simulation moves anything: only existing subnets exchange one for one."""
        return pool.dynamic or self.subnets.exists(netuid)


def _buy(pool: Pool, tao: Rao, limit: Rao, *, drop_fees: bool = False) -> SwapResult[Rao, Alpha]:
    try:
        return mathematics.buy(pool, tao, limit, drop_fees=drop_fees)
    except mathematics.SwapError as refusal:
        raise _REFUSALS[type(refusal)] from refusal


def _sell(
    pool: Pool, alpha: Alpha, limit: Rao, *, drop_fees: bool = False
) -> SwapResult[Alpha, Rao]:
    try:
        return mathematics.sell(pool, alpha, limit, drop_fees=drop_fees)
    except mathematics.SwapError as refusal:
        raise _REFUSALS[type(refusal)] from refusal
