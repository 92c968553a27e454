"""
Alpha (2056): pools, prices and emissions of subnets. Prices are in 18 decimals, amounts in 9.

Source: subtensor precompiles/src/alpha.rs @ 14bc6f9.
"""

from collections.abc import Callable
from typing import Final

from taonet.economy.moving_price import effective_moving_price
from taonet.frame.dispatch_error import DispatchError
from taonet.pallets.admin_utils.events import PrecompileEnum
from taonet.pallets.evm.types import WEI_PER_RAO
from taonet.primitives.fixed_point import U64F64, u64f64
from taonet.primitives.units import RAO_PER_TAO, ROOT, Alpha, NetUid, Rao
from taonet.runtime.precompiles.contract import Contract, Handle, failed, name_of, view

Read = Callable[[Handle, NetUid], int]


def _of_subnet(reads: int, read: Read) -> Callable[..., int]:
    """A method that pays for reads and reads something of a subnet."""

    def run(handle: Handle, netuid: int) -> int:
        handle.reads(reads)
        return read(handle, NetUid(netuid))

    return run


def _in_wei(price: U64F64) -> int:
    """A price in TAO as wei, rounded down to rao."""
    rao = u64f64.to_u64_floor(u64f64.mul_floor(price, u64f64.from_int(RAO_PER_TAO)))
    return rao * WEI_PER_RAO


def _price(handle: Handle, netuid: NetUid) -> int:
    return _in_wei(handle.runtime.swap.price(netuid))


def _moving_price(handle: Handle, netuid: NetUid) -> int:
    subtensor = handle.runtime.subtensor
    stored = subtensor.pools.subnet_moving_price[netuid]
    dynamic = subtensor.staking.subnets.is_dynamic(netuid)
    return _in_wei(effective_moving_price(stored, dynamic=dynamic))


def _sum_of_prices(handle: Handle) -> int:
    """Of all subnets whose alpha costs less than a TAO."""
    subtensor = handle.runtime.subtensor
    limit = subtensor.global_parameters.subnet_limit
    handle.reads(1 + limit)
    netuids = [netuid for netuid, _ in subtensor.networks.networks_added.items() if netuid != ROOT]
    handle.reads(max(len(netuids) * 5 - limit, 0))
    one = u64f64.from_int(1)
    prices = [handle.runtime.swap.price(netuid) for netuid in netuids]
    return _in_wei(U64F64(sum(price for price in prices if price < one)))


def _simulate_buy(handle: Handle, netuid: int, tao: int) -> int:
    handle.reads(9)
    try:
        return int(handle.runtime.swap.simulate_buy(NetUid(netuid), Rao(tao)).paid_out)
    except DispatchError as error:
        raise failed(name_of(error)) from error


def _simulate_sell(handle: Handle, netuid: int, alpha: int) -> int:
    handle.reads(9)
    try:
        return int(handle.runtime.swap.simulate_sell(NetUid(netuid), Alpha(alpha)).paid_out)
    except DispatchError as error:
        raise failed(name_of(error)) from error


def _tao_weight(handle: Handle) -> int:
    handle.reads(1)
    return int(handle.runtime.subtensor.global_parameters.tao_weight)


def _ck_burn(handle: Handle) -> int:
    handle.reads(1)
    return int(handle.runtime.subtensor.global_parameters.ck_burn)


def _issuance(handle: Handle, netuid: NetUid) -> int:
    return int(handle.runtime.subtensor.staking.subnets.alpha_issuance(netuid))


def _stored(group: str, item: str) -> Read:
    """A reader of a storage item of SubtensorModule, by the subnet's number."""

    def read(handle: Handle, netuid: NetUid) -> int:
        return int(getattr(getattr(handle.runtime.subtensor, group), item)[netuid])

    return read


_READINGS: Final[tuple[tuple[str, str, int, Read], ...]] = (
    ("getAlphaPrice", "uint256", 4, _price),
    ("getMovingAlphaPrice", "uint256", 2, _moving_price),
    ("getTaoInPool", "uint64", 1, _stored("pools", "subnet_tao")),
    ("getAlphaInPool", "uint64", 1, _stored("pools", "subnet_alpha_in")),
    ("getAlphaOutPool", "uint64", 1, _stored("pools", "subnet_alpha_out")),
    ("getAlphaIssuance", "uint64", 2, _issuance),
    ("getSubnetMechanism", "uint16", 1, _stored("networks", "subnet_mechanism")),
    (
        "getEMAPriceHalvingBlocks",
        "uint64",
        1,
        _stored("hyperparameters", "ema_price_halving_blocks"),
    ),
    ("getSubnetVolume", "uint256", 1, _stored("pools", "subnet_volume")),
    ("getTaoInEmission", "uint256", 1, _stored("emission", "subnet_tao_in_emission")),
    ("getAlphaInEmission", "uint256", 1, _stored("emission", "subnet_alpha_in_emission")),
    ("getAlphaOutEmission", "uint256", 1, _stored("emission", "subnet_alpha_out_emission")),
)

ALPHA: Final = Contract(
    2056,
    PrecompileEnum.ALPHA,
    (
        *(
            view(f"{name}(uint16)", output, _of_subnet(reads, read))
            for name, output, reads, read in _READINGS
        ),
        view("getTaoWeight()", "uint256", _tao_weight),
        view("getCKBurn()", "uint256", _ck_burn),
        view("getRootNetuid()", "uint16", lambda _: int(ROOT)),
        view("getSumAlphaPrice()", "uint256", _sum_of_prices),
        view("simSwapTaoForAlpha(uint16,uint64)", "uint256", _simulate_buy),
        view("simSwapAlphaForTao(uint16,uint64)", "uint256", _simulate_sell),
    ),
)
