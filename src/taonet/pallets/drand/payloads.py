"""
What a beacon says, and what is said of a beacon, on the wire.

Source: subtensor pallets/drand/src/types.rs @ 14bc6f9.
"""

from typing import Annotated, Final

from taonet.scale.types import U32, U64, Struct, TaggedUnion, Type, bounded_bytes, byte_array

PUBLIC_KEY_BYTES_MAX: Final = 96
HASH_BYTES_MAX: Final = 32
SIGNATURE_BYTES_MAX: Final = 144

_HASH: Final[Type[bytes]] = bounded_bytes(HASH_BYTES_MAX)
Hash = Annotated[bytes, _HASH]


class MultiSigner(TaggedUnion, path="sp_runtime::MultiSigner"):
    """A public key and its scheme."""


class Ed25519Signer(MultiSigner, index=0, name="Ed25519"):
    """An Ed25519 key."""

    _0: Annotated[bytes, byte_array(32)]


class Sr25519Signer(MultiSigner, index=1, name="Sr25519"):
    """An sr25519 key."""

    _0: Annotated[bytes, byte_array(32)]


class EcdsaSigner(MultiSigner, index=2, name="Ecdsa"):
    """A compressed ECDSA key."""

    _0: Annotated[bytes, byte_array(33)]


class Pulse(Struct, path="pallet_drand::types::Pulse"):
    """What the beacon said in a round; `randomness` is the hash of `signature`, unchecked."""

    round_: U64
    randomness: Hash
    signature: Annotated[bytes, bounded_bytes(SIGNATURE_BYTES_MAX)]


class PulsesPayload(
    Struct,
    path="pallet_drand::types::PulsesPayload",
    parameters={"Public": MultiSigner, "BlockNumber": U32},
):
    """Pulses that a node found after block `block_number`."""

    block_number: U32
    pulses: tuple[Pulse, ...]
    public: MultiSigner


class Metadata(Struct, path="pallet_drand::types::Metadata"):
    """The beacon's name."""

    beacon_id: Hash


class BeaconConfiguration(Struct, path="pallet_drand::types::BeaconConfiguration"):
    """A beacon: its key, its period in seconds and when its first round was (Unix time)."""

    public_key: Annotated[bytes, bounded_bytes(PUBLIC_KEY_BYTES_MAX)]
    period: U32
    genesis_time: U32
    hash: Hash
    group_hash: Hash
    scheme_id: Hash
    metadata: Metadata


class BeaconConfigurationPayload(
    Struct,
    path="pallet_drand::types::BeaconConfigurationPayload",
    parameters={"Public": MultiSigner, "BlockNumber": U32},
):
    """Another beacon, as of block `block_number`."""

    block_number: U32
    config: BeaconConfiguration
    public: MultiSigner


QUICKNET: Final = BeaconConfiguration(
    public_key=bytes.fromhex(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c"
        "8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb"
        "5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    period=3,
    genesis_time=1_692_803_367,
    hash=bytes.fromhex("52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
    group_hash=bytes.fromhex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
    scheme_id=b"bls-unchained-g1-rfc9380",
    metadata=Metadata(beacon_id=b"quicknet"),
)
"""The League of Entropy's beacon, which wallets seal to: a round every three seconds."""
