"""
The signed extensions of Bittensor's extrinsics, in their order.

Only the era, the nonce, the tip and the metadata-hash mode carry bytes; the specification and
transaction versions, the genesis hash, the era's birth hash and the metadata hash are signed too.

Source: subtensor runtime/src/lib.rs `TransactionExtensions` @ 14bc6f9.
"""

from typing import Any

from taonet.frame.signed_extension import SignedExtension
from taonet.primitives.ids import H256
from taonet.scale.types import (
    U8,
    CLike,
    TaggedUnion,
    Type,
    byte_array,
    c_like,
    compact,
    option,
    type_of,
    u32,
    u64,
    unit,
)


class Era(TaggedUnion, path="sp_runtime::generic::era::Era"):
    """How long an extrinsic may wait: for ever, or 256 mortal forms of a period and a phase."""


class Immortal(Era, index=0):
    """For ever."""


class Mortal1(Era, index=1):
    """For a while: the index and this byte together are the period and the phase."""

    _0: U8


def _declare_mortal_eras() -> None:
    """`Mortal2` … `Mortal255`: as `Mortal1` under other names."""
    for index in range(2, 256):
        name = f"Mortal{index}"
        body = {"variant_name": name, "variant_index": index, "__doc__": Mortal1.__doc__}
        Era.scale_variants[index] = type(name, (Mortal1,), body)


_declare_mortal_eras()


@c_like("frame_metadata_hash_extension::Mode")
class MetadataHashMode(CLike):
    """Whether the signer also signed the digest of the metadata it saw."""

    DISABLED = 0
    ENABLED = 1


NOTHING: Type[Any] = unit
_SYSTEM = ("frame_system", "extensions")
_RUNTIME = "node_subtensor_runtime"


def _empty(identifier: str, *path: str, signed: Type[Any] = NOTHING) -> SignedExtension:
    return SignedExtension(identifier, path, (), signed)


EXTENSIONS: tuple[SignedExtension, ...] = (
    _empty("CheckNonZeroSender", *_SYSTEM, "check_non_zero_sender", "CheckNonZeroSender"),
    _empty("CheckSpecVersion", *_SYSTEM, "check_spec_version", "CheckSpecVersion", signed=u32),
    _empty("CheckTxVersion", *_SYSTEM, "check_tx_version", "CheckTxVersion", signed=u32),
    _empty("CheckGenesis", *_SYSTEM, "check_genesis", "CheckGenesis", signed=type_of(H256)),
    SignedExtension(
        "CheckMortality",
        (_RUNTIME, "check_mortality", "CheckMortality"),
        ((None, type_of(Era)),),
        type_of(H256),
    ),
    SignedExtension(
        "CheckNonce", (_RUNTIME, "check_nonce", "CheckNonce"), ((None, compact(u32)),), NOTHING
    ),
    _empty("CheckWeight", *_SYSTEM, "check_weight", "CheckWeight"),
    SignedExtension(
        "ChargeTransactionPayment",
        ("pallet_transaction_payment", "ChargeTransactionPayment"),
        ((None, compact(u64)),),
        NOTHING,
    ),
    _empty("SudoTransactionExtension", _RUNTIME, "sudo_wrapper", "SudoTransactionExtension"),
    _empty("CheckShieldedTxValidity", "pallet_shield", "extension", "CheckShieldedTxValidity"),
    _empty(
        "SubtensorTransactionExtension",
        "pallet_subtensor",
        "extensions",
        "subtensor",
        "SubtensorTransactionExtension",
    ),
    _empty("DrandPriority", "pallet_drand", "drand_priority", "DrandPriority"),
    SignedExtension(
        "CheckMetadataHash",
        ("frame_metadata_hash_extension", "CheckMetadataHash"),
        (("mode", type_of(MetadataHashMode)),),
        option(byte_array(32)),
    ),
)
