"""Dispatch weight: what a call may cost a block."""

from dataclasses import dataclass

from taonet.scale.types import CLike, CompactU64, Struct, c_like

_U64_MAX = 2**64 - 1


class Weight(Struct, path="sp_weights::weight_v2::Weight"):
    """`ref_time` in picoseconds, `proof_size` in bytes."""

    ref_time: CompactU64
    proof_size: CompactU64

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.ref_time + other.ref_time, self.proof_size + other.proof_size)

    def saturating_add(self, other: "Weight") -> "Weight":
        """The sum, each dimension at most 2**64 - 1."""
        return Weight(
            min(self.ref_time + other.ref_time, _U64_MAX),
            min(self.proof_size + other.proof_size, _U64_MAX),
        )

    def exceeds(self, limit: "Weight") -> bool:
        """Whether either dimension is over `limit`'s."""
        return self.ref_time > limit.ref_time or self.proof_size > limit.proof_size


NO_WEIGHT = Weight(0, 0)

READ_REF_TIME = 25_000_000
WRITE_REF_TIME = 100_000_000


def database_weight(*, reads: int = 0, writes: int = 0) -> Weight:
    """The weight of reads and writes of the store (RocksDbWeight)."""
    return Weight(reads * READ_REF_TIME + writes * WRITE_REF_TIME, 0)


@dataclass
class DatabaseUse:
    """Reads and writes of the store, counted by a call that says what it weighed after all."""

    reads: int = 0
    writes: int = 0

    def count(self, *, reads: int = 0, writes: int = 0) -> None:
        """Add some."""
        self.reads += reads
        self.writes += writes

    def weight(self) -> Weight:
        """What they weigh together."""
        return database_weight(reads=self.reads, writes=self.writes)


@c_like("frame_support::dispatch::DispatchClass")
class DispatchClass(CLike):
    """Which part of a block's weight a call takes."""

    NORMAL = 0
    OPERATIONAL = 1
    MANDATORY = 2


@c_like("frame_support::dispatch::Pays")
class Pays(CLike):
    """Whether a call pays a fee."""

    YES = 0
    NO = 1
