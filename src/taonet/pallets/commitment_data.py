"""
What a neuron may commit to: raw bytes, a hash, or a ciphertext that opens later.

Raw data of 0 to 128 bytes has an index of its own for each length, as wallets expect.

Source: subtensor pallets/commitments/src/types.rs @ 14bc6f9.
"""

import types
from typing import Annotated, Any, Final

from taonet.primitives.units import Rao
from taonet.scale.types import U32, U64, Struct, TaggedUnion, bounded_bytes, byte_array, vec

RAW_BYTES_MAX: Final = 128
CIPHERTEXT_BYTES_MAX: Final = 1024
BIG_RAW_BYTES_MAX: Final = 512
FIELDS_MAX: Final = 3

HashBytes = Annotated[bytes, byte_array(32)]


class Data(TaggedUnion, path="pallet_commitments::types::Data"):
    """One field of a commitment."""

    @property
    def space(self) -> int:
        """Bytes that count against the hotkey's allowance."""
        return len(getattr(self, "_0", b""))


class NoData(Data, index=0, name="None"):
    """Nothing."""


def _raw(length: int) -> type[Data]:
    annotation = Annotated[bytes, byte_array(length)]

    def describe(namespace: dict[str, Any]) -> None:
        namespace.update(
            __module__=__name__,
            __doc__=f"{length} bytes.",
            __annotations__={"_0": annotation},
        )

    return types.new_class(f"Raw{length}", (Data,), {"index": length + 1}, describe)


RAW: Final[tuple[type[Any], ...]] = tuple(_raw(length) for length in range(RAW_BYTES_MAX + 1))
"""The variant of raw data of each length."""


class BlakeTwo256(Data, index=130):
    """A BLAKE2b hash of what is meant."""

    _0: HashBytes


class Sha256(Data, index=131):
    """A SHA-256 hash of what is meant."""

    _0: HashBytes


class Keccak256(Data, index=132):
    """A Keccak-256 hash of what is meant."""

    _0: HashBytes


class ShaThree256(Data, index=133):
    """A SHA3-256 hash of what is meant."""

    _0: HashBytes


class TimelockEncrypted(Data, index=134):
    """A ciphertext that the drand signature of a round opens."""

    encrypted: Annotated[bytes, bounded_bytes(CIPHERTEXT_BYTES_MAX)]
    reveal_round: U64

    @property
    def space(self) -> int:
        """Bytes that count against the hotkey's allowance."""
        return len(self.encrypted)


class ResetBondsFlag(Data, index=135):
    """Asks for the neuron's bonds to start anew."""


class BigRaw(Data, index=136):
    """Up to 512 bytes."""

    _0: Annotated[bytes, bounded_bytes(BIG_RAW_BYTES_MAX)]


class CommitmentInfo(Struct, path="pallet_commitments::types::CommitmentInfo"):
    """The fields of a commitment."""

    fields: Annotated[tuple[Data, ...], vec(Data, FIELDS_MAX)]


class Registration(
    Struct,
    path="pallet_commitments::types::Registration",
    parameters={"Balance": Rao, "BlockNumber": U32},
):
    """A commitment and the block it was made in."""

    deposit: Rao
    block: U32
    info: CommitmentInfo


class UsageTracker(Struct, path="pallet_commitments::types::UsageTracker"):
    """How many bytes a hotkey committed in an epoch."""

    last_epoch: U64
    used_space: U64
