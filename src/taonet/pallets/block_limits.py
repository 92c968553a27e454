"""
What a block may hold: weight and bytes, by class of dispatch.

Normal calls get three quarters of a block; an operational call may use all of it, a quarter being
kept for such; inherents have no limit. A tenth of the block is taken for granted as used at its
start, which is what the largest single extrinsic has to leave.

Source: polkadot-sdk substrate/frame/system/src/limits.rs; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.weight import DispatchClass, Weight
from taonet.scale.types import U32, Struct

BLOCK_HASH_COUNT: Final = 2400
"""How many blocks a mortal transaction's birth may lie back."""

_SECOND = 10**12
_U64_MAX = 2**64 - 1
_MAX_REF_TIME = 4 * _SECOND
_MAX_LENGTH = 10 * 1024 * 1024


class PerDispatchClassWeight(
    Struct, path="frame_support::dispatch::PerDispatchClass", parameters={"T": Weight}
):
    """A weight for each class."""

    normal: Weight
    operational: Weight
    mandatory: Weight


class WeightsPerClass(Struct, path="frame_system::limits::WeightsPerClass"):
    """The limits of one class; None is no limit, `reserved` is there even in a full block."""

    base_extrinsic: Weight
    max_extrinsic: Weight | None
    max_total: Weight | None
    reserved: Weight | None


class PerDispatchClassLimits(
    Struct, path="frame_support::dispatch::PerDispatchClass", parameters={"T": WeightsPerClass}
):
    """Limits for each class."""

    normal: WeightsPerClass
    operational: WeightsPerClass
    mandatory: WeightsPerClass

    def of(self, dispatch_class: DispatchClass) -> WeightsPerClass:
        """The limits of one class."""
        return (self.normal, self.operational, self.mandatory)[dispatch_class]


class BlockWeights(Struct, path="frame_system::limits::BlockWeights"):
    """What a block weighs at least and at most."""

    base_block: Weight
    max_block: Weight
    per_class: PerDispatchClassLimits


class PerDispatchClassLength(
    Struct, path="frame_support::dispatch::PerDispatchClass", parameters={"T": U32}
):
    """A length for each class, in bytes."""

    normal: U32
    operational: U32
    mandatory: U32


class BlockLength(Struct, path="frame_system::limits::BlockLength"):
    """How many bytes a block's extrinsics may have."""

    max: PerDispatchClassLength

    def of(self, dispatch_class: DispatchClass) -> int:
        """The limit of one class."""
        return (self.max.normal, self.max.operational, self.max.mandatory)[dispatch_class]


BASE_EXTRINSIC: Final = Weight(108_157_000, 0)
"""What any extrinsic costs before its call does anything."""

BLOCK_WEIGHTS: Final = BlockWeights(
    base_block=Weight(431_614_000, 0),
    max_block=Weight(_MAX_REF_TIME, _U64_MAX),
    per_class=PerDispatchClassLimits(
        normal=WeightsPerClass(
            base_extrinsic=BASE_EXTRINSIC,
            max_extrinsic=Weight(2_599_891_843_000, 11_990_383_647_911_208_550),
            max_total=Weight(_MAX_REF_TIME * 3 // 4, 13_835_058_055_282_163_711),
            reserved=Weight(0, 0),
        ),
        operational=WeightsPerClass(
            base_extrinsic=BASE_EXTRINSIC,
            max_extrinsic=Weight(3_599_891_843_000, 16_602_069_666_338_596_454),
            max_total=Weight(_MAX_REF_TIME, _U64_MAX),
            reserved=Weight(_MAX_REF_TIME // 4, 4_611_686_018_427_387_904),
        ),
        mandatory=WeightsPerClass(
            base_extrinsic=BASE_EXTRINSIC, max_extrinsic=None, max_total=None, reserved=None
        ),
    ),
)

BLOCK_LENGTH: Final = BlockLength(
    PerDispatchClassLength(_MAX_LENGTH * 3 // 4, _MAX_LENGTH, _MAX_LENGTH)
)
