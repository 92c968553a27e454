"""
Addresses and signatures as extrinsics and calls carry them.

Wallets send `MultiAddress::Id`; the other forms decode, so that a call with one is refused by
`lookup` and not as malformed.
"""

from typing import Annotated

from taonet.frame.dispatch_error import CannotLookup
from taonet.primitives.ids import AccountId
from taonet.scale.types import Compact, TaggedUnion, byte_array, unit


class MultiAddress(
    TaggedUnion,
    path="sp_runtime::multiaddress::MultiAddress",
    parameters={"AccountId": AccountId, "AccountIndex": unit},
):
    """Who is meant: in practice always an account."""


class AddressId(MultiAddress, index=0, name="Id"):
    """An account."""

    _0: AccountId


class AddressIndex(MultiAddress, index=1, name="Index"):
    """An account's index; this chain keeps none."""

    _0: Annotated[tuple[()], Compact(unit)]


class AddressRaw(MultiAddress, index=2, name="Raw"):
    """Bytes of any length."""

    _0: bytes


class Address32(MultiAddress, index=3):
    """32 bytes that are not said to be an account."""

    _0: Annotated[bytes, byte_array(32)]


class Address20(MultiAddress, index=4):
    """20 bytes, as Ethereum's."""

    _0: Annotated[bytes, byte_array(20)]


def lookup(address: MultiAddress) -> AccountId:
    """The account that is meant; raises `CannotLookup` for any other form."""
    if isinstance(address, AddressId):
        return address._0
    raise CannotLookup


class MultiSignature(TaggedUnion, path="sp_runtime::MultiSignature"):
    """A signature and its scheme."""


class Ed25519(MultiSignature, index=0):
    """Ed25519."""

    _0: Annotated[bytes, byte_array(64)]


class Sr25519(MultiSignature, index=1):
    """Schnorrkel over Ristretto: what wallets sign with."""

    _0: Annotated[bytes, byte_array(64)]


class Ecdsa(MultiSignature, index=2):
    """ECDSA with recovery, as Ethereum's."""

    _0: Annotated[bytes, byte_array(65)]
