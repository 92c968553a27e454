"""SS58 addresses: base 58 of a network prefix, an account and a checksum."""

from hashlib import blake2b

from taonet.primitives.ids import AccountId

SS58_PREFIX = 42
"""Bittensor's network prefix."""

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {digit: value for value, digit in enumerate(_ALPHABET)}
_ADDRESS_LENGTH_MAX = 64


class InvalidAddress(ValueError):
    """An SS58 address that cannot be read; the text says why."""


def _checksum(payload: bytes) -> bytes:
    return blake2b(b"SS58PRE" + payload, digest_size=64).digest()[:2]


def encode_ss58(account: bytes, prefix: int = SS58_PREFIX) -> str:
    """The address of a 32-byte account; `prefix` is below 64."""
    payload = bytes([prefix]) + account
    number = int.from_bytes(payload + _checksum(payload), "big")
    digits = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def decode_ss58(address: str) -> AccountId:
    """The account of an address of any one-byte prefix; raises `InvalidAddress`."""
    if len(address) > _ADDRESS_LENGTH_MAX:
        raise InvalidAddress(f"an address has at most {_ADDRESS_LENGTH_MAX} characters")
    number = 0
    for digit in address:
        if digit not in _DIGITS:
            raise InvalidAddress(f"{digit!r} is not a base-58 digit")
        number = number * 58 + _DIGITS[digit]
    if number.bit_length() > 35 * 8:
        raise InvalidAddress("the address is too long for a 32-byte account")
    raw = number.to_bytes(35, "big")
    payload, checksum = raw[:33], raw[33:]
    if checksum != _checksum(payload):
        raise InvalidAddress("the address's checksum is wrong: check for a mistyped character")
    return AccountId(payload[1:])
