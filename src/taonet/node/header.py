"""Block headers: what a block's hash is the hash of."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Self

from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256
from taonet.scale.codec import codec, encode_compact
from taonet.scale.types import CompactU32, Struct, TaggedUnion, byte_array

AURA = b"aura"


class DigestItem(TaggedUnion, path="sp_runtime::generic::digest::DigestItem"):
    """One entry of a header's digest."""


class PreRuntime(DigestItem, index=6):
    """What an engine knows before the block runs: Aura's slot."""

    _0: Annotated[bytes, byte_array(4)]
    _1: bytes


class ConsensusLog(DigestItem, index=4, name="Consensus"):
    """What the runtime tells an engine."""

    _0: Annotated[bytes, byte_array(4)]
    _1: bytes


class Seal(DigestItem, index=5):
    """An engine's signature."""

    _0: Annotated[bytes, byte_array(4)]
    _1: bytes


class OtherLog(DigestItem, index=0, name="Other"):
    """Anything else."""

    _0: bytes


class RuntimeEnvironmentUpdated(DigestItem, index=8):
    """The runtime's code changed."""


def slot_digest(slot: int) -> bytes:
    """The digest entry that names a block's slot."""
    return codec(DigestItem).encode(PreRuntime(AURA, slot.to_bytes(8, "little")))


class _WireHeader(Struct, path="sp_runtime::generic::header::Header"):
    parent_hash: H256
    number: CompactU32
    state_root: H256
    extrinsics_root: H256
    digest: tuple[DigestItem, ...]


@dataclass(frozen=True)
class Header:
    """A block's header; `digest` holds encoded entries."""

    parent_hash: bytes
    number: int
    state_root: bytes
    extrinsics_root: bytes
    digest: tuple[bytes, ...]

    @cached_property
    def encoded(self) -> bytes:
        """SCALE."""
        return (
            self.parent_hash
            + encode_compact(self.number)
            + self.state_root
            + self.extrinsics_root
            + encode_compact(len(self.digest))
            + b"".join(self.digest)
        )

    @cached_property
    def hash(self) -> bytes:
        """blake2-256 of the encoded header: the block's hash."""
        return blake2_256(self.encoded)

    @classmethod
    def decode(cls, raw: bytes) -> Self:
        """The header that `raw` is; raises `MalformedScale`."""
        header = codec(_WireHeader).decode(raw)
        items = tuple(codec(DigestItem).encode(item) for item in header.digest)
        return cls(
            bytes(header.parent_hash),
            header.number,
            bytes(header.state_root),
            bytes(header.extrinsics_root),
            items,
        )
