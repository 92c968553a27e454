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

_ALONE = {
    cls: limits.max_extrinsic or Weight(_U64_MAX, _U64_MAX) for cls, limits in _LIMITS.items()
}
"""What one extrinsic may weigh."""

_TOTALS = {
    cls: (limits.max_total.ref_time, limits.reserved.ref_time)
    for cls, limits in _LIMITS.items()
    if limits.max_total is not None and limits.reserved is not None
}
"""What a class may weigh in all, and what it may though the block is full; mandatory ones may weigh
anything."""


def check_alone(info: DispatchInfo, length: int) -> None:
    """Raise `EXHAUSTS_RESOURCES` for an extrinsic that fits into no block."""
    weight, most = info.weight, _ALONE[info.class_]
    if weight.ref_time > most.ref_time or weight.proof_size > most.proof_size:
        raise TransactionInvalid(Invalid.EXHAUSTS_RESOURCES)
    if length > _LENGTHS[info.class_]:
        raise TransactionInvalid(Invalid.EXHAUSTS_RESOURCES)


class BlockUse:
    """Running sums of one block: picoseconds and proof bytes by class, and extrinsics' bytes."""

    def __init__(self, start: Weight) -> None:
        self.ref_time = [0, 0, start.ref_time]
        self.proof_size = [0, 0, start.proof_size]
        self.length = 0

    def add(self, info: DispatchInfo, length: int) -> None:
        """Take room for an extrinsic; raises `EXHAUSTS_RESOURCES` and then takes none."""
        cls, weight, taken = info.class_, info.weight, self.ref_time
        added = weight.ref_time + _BASE
        used, longer = taken[cls] + added, self.length + length
        most = _TOTALS.get(cls)
        if most is not None:
            whole = taken[0] + taken[1] + taken[2] + added
            if longer > _LENGTHS[cls] or used > most[0] or (whole > _MAX and used > most[1]):
                raise TransactionInvalid(Invalid.EXHAUSTS_RESOURCES)
        taken[cls] = used
        proof_size = self.proof_size[cls] + weight.proof_size + length
        self.proof_size[cls] = proof_size if proof_size < _U64_MAX else _U64_MAX
        self.length = longer

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
