"""
Types that the views of runtime APIs share.

Nearly every number in them is compact, and so is every byte of some texts: the real chain declares
`Vec<Compact<u8>>` where text was meant, and clients decode what it declares.
"""

from types import MappingProxyType
from typing import Annotated, Final

from taonet.primitives.fixed_point import I32F32, I96F32, U64F64
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Alpha, NetUid, Rao, Uid
from taonet.scale.types import (
    FixedPoint,
    Type,
    boolean,
    compact,
    i64,
    i96f32,
    packed,
    pair,
    u8,
    u16,
    u64,
    u64f64,
    u128,
    vec,
)

i32f32: Type[I32F32] = FixedPoint("FixedI64", i64, 32)

OF_ACCOUNTS: Final = MappingProxyType({"AccountId": AccountId})
"""What views are generic over in metadata; here it is always the one kind of account."""

CompactNetUid = Annotated[NetUid, compact(NetUid)]
CompactUid = Annotated[Uid, compact(Uid)]
CompactRao = Annotated[Rao, compact(Rao)]
CompactAlpha = Annotated[Alpha, compact(Alpha)]
CompactU128 = Annotated[int, compact(u128)]
CompactText = Annotated[bytes, vec(compact(u8))]
CompactU16s = Annotated[tuple[int, ...], vec(compact(u16))]
CompactU64s = Annotated[tuple[int, ...], vec(compact(u64))]
CompactNetUids = Annotated[tuple[NetUid, ...], vec(compact(NetUid))]
CompactPairs = Annotated[tuple[tuple[int, int], ...], vec(pair(compact(u16), compact(u16)))]
Booleans = Annotated[bytes, packed(boolean)]
"""A byte for each, as storage packs them."""
RaoByAccount = Annotated[tuple[tuple[AccountId, Rao], ...], vec(pair(AccountId, compact(Rao)))]
AlphaByAccount = Annotated[
    tuple[tuple[AccountId, Alpha], ...], vec(pair(AccountId, compact(Alpha)))
]
MovingPrice = Annotated[I96F32, i96f32]
SignedFraction = Annotated[I32F32, i32f32]
Fraction = Annotated[U64F64, u64f64]
