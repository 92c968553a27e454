"""Identities on the wire: accounts and hashes, as `bytes` of a fixed length."""

from typing import Self


class FixedBytes(bytes):
    """`bytes` of exactly `length`; another length is a `ValueError` that names both."""

    length = 0
    __slots__ = ()

    def __new__(cls, value: bytes) -> Self:
        if len(value) != cls.length:
            raise ValueError(f"{cls.__name__} takes {cls.length} bytes, got {len(value)}")
        return super().__new__(cls, value)

    @classmethod
    def zero(cls) -> Self:
        """All zeros."""
        return cls(bytes(cls.length))

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """From hexadecimal digits, with or without 0x."""
        return cls(bytes.fromhex(text.removeprefix("0x")))


class AccountId(FixedBytes):
    """A public key, or an address derived otherwise: coldkey, hotkey, pallet account."""

    length = 32
    __slots__ = ()


class H256(FixedBytes):
    """A blake2-256 hash: block, extrinsic, state root."""

    length = 32
    __slots__ = ()
