"""
Prices and swaps that are only tried, as clients ask for them.

Source: subtensor pallets/swap/runtime-api/src/lib.rs, runtime/src/lib.rs @ 14bc6f9.
"""

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.runtime_api import RuntimeApi, api
from taonet.primitives.fixed_point import saturate_u64, u64f64
from taonet.primitives.units import RAO_PER_TAO, Alpha, NetUid, Rao
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis.subnet_readings import netuids
from taonet.scale.types import U64, Struct


class SimSwapResult(Struct, path="pallet_subtensor_swap_runtime_api::SimSwapResult"):
    """
    What a swap would move; `*_slippage` is what its payout would lack against the present price.
    """

    tao_amount: Rao
    alpha_amount: Alpha
    tao_fee: Rao
    alpha_fee: Alpha
    tao_slippage: Rao
    alpha_slippage: Alpha


class SubnetPrice(Struct, path="pallet_subtensor_swap_runtime_api::SubnetPrice"):
    """The price of a subnet's alpha, in rao per whole alpha."""

    netuid: NetUid
    price: U64


NO_SWAP = SimSwapResult(Rao(0), Alpha(0), Rao(0), Alpha(0), Rao(0), Alpha(0))
"""What a swap that the pool refuses would move."""


class SwapRuntimeApi(RuntimeApi[Runtime], version=1):
    """Prices of alpha, and what swaps would pay."""

    @api
    def current_alpha_price(self, netuid: NetUid) -> U64:
        """The price of a subnet's alpha, in rao per whole alpha."""
        price = self.runtime.swap.price(netuid)
        return u64f64.to_u64_floor(u64f64.mul_floor(price, u64f64.from_int(RAO_PER_TAO)))

    @api
    def current_alpha_price_all(self) -> tuple[SubnetPrice, ...]:
        """The prices of all subnets' alpha."""
        return tuple(
            SubnetPrice(netuid, self.current_alpha_price(netuid))
            for netuid in netuids(self.runtime)
        )

    @api
    def sim_swap_tao_for_alpha(self, netuid: NetUid, tao: Rao) -> SimSwapResult:
        """What buying alpha for `tao`, fee included, would bring."""
        try:
            result = self.runtime.swap.simulate_buy(netuid, tao)
        except DispatchError:
            return NO_SWAP
        amount, price = u64f64.from_int(int(tao)), self.runtime.swap.price(netuid)
        unslipped = u64f64.to_u64_floor(u64f64.safe_div(amount, price))
        return SimSwapResult(
            tao_amount=result.paid_in,
            alpha_amount=result.paid_out,
            tao_fee=result.fee_paid,
            alpha_fee=Alpha(0),
            tao_slippage=Rao(0),
            alpha_slippage=Alpha(saturate_u64(unslipped - int(result.paid_out))),
        )

    @api
    def sim_swap_alpha_for_tao(self, netuid: NetUid, alpha: Alpha) -> SimSwapResult:
        """What selling `alpha`, fee included, would bring."""
        try:
            result = self.runtime.swap.simulate_sell(netuid, alpha)
        except DispatchError:
            return NO_SWAP
        amount, price = u64f64.from_int(int(alpha)), self.runtime.swap.price(netuid)
        unslipped = u64f64.to_u64_floor(u64f64.mul_floor(amount, price))
        return SimSwapResult(
            tao_amount=result.paid_out,
            alpha_amount=result.paid_in,
            tao_fee=Rao(0),
            alpha_fee=result.fee_paid,
            tao_slippage=Rao(saturate_u64(unslipped - int(result.paid_out))),
            alpha_slippage=Alpha(0),
        )
