"""
What the current block has used of its weight and length, and what still fits.

Source: polkadot-sdk substrate/frame/system/src/extensions/check_weight.rs.
"""

from taonet.frame.call import DispatchInfo
from taonet.frame.weight import DispatchClass, Weight
from taonet.pallets.block_limits import (
    BASE_EXTRINSIC,
    BLOCK_LENGTH,
    BLOCK_WEIGHTS,
    PerDispatchClassWeight,
)
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid

_BASE = BASE_EXTRINSIC.ref_time
_MAX = BLOCK_WEIGHTS.max_block.ref_time
_LIMITS = {cls: BLOCK_WEIGHTS.per_class.of(cls) for cls in DispatchClass}
_LENGTHS = {cls: BLOCK_LENGTH.of(cls) for cls in DispatchClass}
_U64_MAX = 2**64 - 1


def check_alone(info: DispatchInfo, length: int) -> None:
    """Raise `EXHAUSTS_RESOURCES` for an extrinsic that fits into no block."""
    limit = _LIMITS[info.class_].max_extrinsic
    if (limit is not None and info.weight.exceeds(limit)) or length > _LENGTHS[info.class_]:
        raise TransactionInvalid(Invalid.EXHAUSTS_RESOURCES)


class BlockUse:
    """Running sums of one block: picoseconds and proof bytes by class, and extrinsics' bytes."""

    def __init__(self, start: Weight) -> None:
        self.ref_time = [0, 0, start.ref_time]
        self.proof_size = [0, 0, start.proof_size]
        self.length = 0

    def add(self, info: DispatchInfo, length: int) -> None:
        """Take room for an extrinsic; raises `EXHAUSTS_RESOURCES` and then takes none."""
        cls = info.class_
        used = self.ref_time[cls] + info.weight.ref_time + _BASE
        if cls is not DispatchClass.MANDATORY:
            self._check(cls, used, length)
        self.ref_time[cls] = used
        self.proof_size[cls] = min(self.proof_size[cls] + info.weight.proof_size + length, _U64_MAX)
        self.length += length

    def _check(self, cls: DispatchClass, used: int, length: int) -> None:
        limits = _LIMITS[cls]
        assert limits.max_total is not None
        assert limits.reserved is not None
        total = sum(self.ref_time) - self.ref_time[cls] + used
        if (
            self.length + length > _LENGTHS[cls]
            or used > limits.max_total.ref_time
            or (total > _MAX and used > limits.reserved.ref_time)
        ):
            raise TransactionInvalid(Invalid.EXHAUSTS_RESOURCES)

    def remove(self, info: DispatchInfo, length: int) -> None:
        """Take back what `add` took for an extrinsic that does not stand in the block after all."""
        self.give_back(info.class_, info.weight.ref_time + _BASE, info.weight.proof_size + length)
        self.length -= length

    def give_back(self, cls: DispatchClass, ref_time: int, proof_size: int) -> None:
        """Return what an extrinsic declared and did not use."""
        self.ref_time[cls] -= ref_time
        self.proof_size[cls] -= proof_size

    def weights(self) -> PerDispatchClassWeight:
        """The sums as `System.BlockWeight` holds them."""
        return PerDispatchClassWeight(
            *(Weight(r, p) for r, p in zip(self.ref_time, self.proof_size, strict=True))
        )
