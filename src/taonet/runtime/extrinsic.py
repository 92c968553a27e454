"""
Extrinsics: a call, and for a signed one who signed it and under which conditions.

The wire form is version 4: a length, 0x84, address, signature, era, nonce, tip, metadata-hash mode
and call; a bare one is 0x04 or 0x05 and the call.

Source: polkadot-sdk sp_runtime::generic::UncheckedExtrinsic.
"""

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from taonet.frame.call import RUNTIME_CALL_NAME, Call
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId
from taonet.primitives.signature import ECDSA, ED25519, SR25519
from taonet.runtime.era import MortalEra, decode_era
from taonet.scale.codec import (
    DECODING_ERRORS,
    Codec,
    Codecs,
    MalformedScale,
    decode_compact,
    encode_compact,
)
from taonet.scale.construction import attributes_setter

SIGNED: Final = 0x84
BARE: Final = (0x04, 0x05)

_SIGNATURE_LENGTHS = {ED25519: 64, SR25519: 64, ECDSA: 65}
_U32_MAX = 2**32 - 1
_U64_MAX = 2**64 - 1
_LONG_PAYLOAD = 256
_NO_HASH = b"\x00"

_HEAD = struct.Struct("<B32sB64xBBBB").unpack_from
"""The kind of address, the account, the scheme, behind a signature of 64 bytes the first of the
era, and where that is for ever and they are short: nonce, tip and metadata-hash mode."""

_new = object.__new__
_new_bytes = bytes.__new__


@dataclass(frozen=True)
class Extrinsic:
    """
    A decoded extrinsic. `signer` is None for a bare one, and then so are era, nonce and the rest.

    Its parts that are only hashed or verified stay where they are in `raw`.
    """

    raw: bytes
    call: Call
    call_start: int
    signer: AccountId | None = None
    scheme: int = SR25519
    era: MortalEra | None = None
    nonce: int = 0
    tip: int = 0
    metadata_hash_mode: int = 0
    extension_start: int = 0

    @cached_property
    def hash(self) -> bytes:
        """blake2-256 of `raw`, the length prefix included: what clients look for."""
        return blake2_256(self.raw)

    @property
    def length(self) -> int:
        """The bytes of `raw`, which fees count."""
        return len(self.raw)

    @property
    def call_bytes(self) -> bytes:
        """The call as it was sent."""
        return self.raw[self.call_start :]

    @property
    def signature(self) -> bytes:
        """The signature without its scheme."""
        length = _SIGNATURE_LENGTHS[self.scheme]
        return self.raw[self.extension_start - length : self.extension_start]

    @property
    def extension_bytes(self) -> bytes:
        """Era, nonce, tip and metadata-hash mode as they were sent."""
        return self.raw[self.extension_start : self.call_start]

    def payload(
        self, *, versions: bytes, genesis: bytes, birth: bytes, metadata_hash: bytes | None
    ) -> bytes:
        """What the signer signed; `versions` are the spec's and the transaction format's."""
        digest = _NO_HASH if metadata_hash is None else b"\x01" + metadata_hash
        signed = self.call_bytes + self.extension_bytes + versions + genesis + birth + digest
        return blake2_256(signed) if len(signed) > _LONG_PAYLOAD else signed


_set_attributes = attributes_setter(Extrinsic)


def decode_extrinsic(codecs: Codecs, raw: bytes) -> Extrinsic:
    """The extrinsic that `raw`, with its length prefix, is; raises `MalformedScale`."""
    try:
        first = raw[0]
        if first & 3 == 1 and raw[1]:
            # Two bytes, as almost every length is.
            length, start = (first | raw[1] << 8) >> 2, 2
        else:
            length, start = decode_compact(raw, 0)
        if length != len(raw) - start:
            raise MalformedScale(f"the length prefix says {length}, {len(raw) - start} follow")
        version = raw[start]
        if version == SIGNED:
            return _decode_signed(codecs.late(RUNTIME_CALL_NAME), raw, start + 1)
        if version in BARE:
            call, end = codecs.late(RUNTIME_CALL_NAME).decode_at(raw, start + 1)
            _expect_end(raw, end)
            return Extrinsic(raw, call, start + 1)
    except MalformedScale:
        raise
    except DECODING_ERRORS as error:
        raise MalformedScale(f"the extrinsic is cut off or malformed: {error}") from error
    raise MalformedScale(f"extrinsics of version 0x{version:02x} are not known here")


def _decode_signed(calls: Codec[Call], raw: bytes, start: int) -> Extrinsic:
    # Every form of what follows has room for these, since a call follows.
    kind, signer, scheme, first, nonce, tip, mode = _HEAD(raw, start)
    if kind:
        raise MalformedScale("the signer's address must be an account (MultiAddress::Id)")
    extension = start + 98
    era, offset = None, extension + 3
    if not first and scheme < ECDSA and nonce & 3 == 1 and tip and not mode & 3:
        # Two bytes of nonce: the next one is the tip, and the mode stands behind it.
        nonce, tip, offset = (nonce | tip << 8) >> 2, mode >> 2, extension + 4
        mode = raw[offset]
    elif first or scheme == ECDSA or (nonce | tip) & 3:
        extension, era, nonce, tip, offset = _decode_conditions(raw, start, scheme)
        mode = raw[offset]
    elif scheme > ECDSA:
        raise MalformedScale(f"there is no signature scheme {scheme}")
    else:
        # For ever, and a byte each of nonce and tip.
        nonce >>= 2
        tip >>= 2
    if mode > 1:
        raise MalformedScale("the metadata-hash mode is out of range")
    offset += 1
    call, end = calls.decode_at(raw, offset)
    if end != len(raw):
        _expect_end(raw, end)
    extrinsic = _new(Extrinsic)
    # As the constructor does, which would assign field by field.
    _set_attributes(
        extrinsic,
        {
            "raw": raw,
            "call": call,
            "call_start": offset,
            "signer": _new_bytes(AccountId, signer),
            "scheme": scheme,
            "era": era,
            "nonce": nonce,
            "tip": tip,
            "metadata_hash_mode": mode,
            "extension_start": extension,
        },
    )
    return extrinsic


def _decode_conditions(
    raw: bytes, start: int, scheme: int
) -> tuple[int, MortalEra | None, int, int, int]:
    """Where the conditions start, the era, the nonce, the tip, and the offset behind them."""
    length = _SIGNATURE_LENGTHS.get(scheme)
    if length is None:
        raise MalformedScale(f"there is no signature scheme {scheme}")
    extension = start + 34 + length
    era, offset = decode_era(raw, extension)
    nonce, tip = raw[offset], raw[offset + 1]
    if not (nonce | tip) & 3:
        return extension, era, nonce >> 2, tip >> 2, offset + 2
    nonce, offset = decode_compact(raw, offset)
    tip, offset = decode_compact(raw, offset)
    if nonce > _U32_MAX or tip > _U64_MAX:
        raise MalformedScale("the nonce or the tip is out of range")
    return extension, era, nonce, tip, offset


def _expect_end(raw: bytes, end: int) -> None:
    if end > len(raw):
        raise MalformedScale(f"the call is cut off: {end - len(raw)} bytes are missing")
    if end < len(raw):
        raise MalformedScale(f"{len(raw) - end} bytes are left over after the call")


def encode_bare(call_bytes: bytes) -> bytes:
    """A bare extrinsic of version 4, with its length prefix."""
    body = bytes((BARE[0],)) + call_bytes
    return encode_compact(len(body)) + body
