"""
What things cost, in gas.

Source: Ethereum's Cancun fork (EIP-150, 160, 2028, 2200, 2929, 2930, 3529, 3651, 3860, 5656);
rust-ethereum/evm 0.43 runtime/src/lib.rs `Config`.
"""

from collections.abc import Sequence
from typing import Final

TRANSACTION: Final = 21_000
CREATION: Final = 32_000
ZERO_BYTE: Final = 4
OTHER_BYTE: Final = 16
LISTED_ADDRESS: Final = 2_400
LISTED_SLOT: Final = 1_900
INIT_CODE_WORD: Final = 2

WARM: Final = 100
COLD_ACCOUNT: Final = 2_600
COLD_SLOT: Final = 2_100
SLOT_SET: Final = 20_000
SLOT_RESET: Final = 2_900
SLOT_CLEARED_REFUND: Final = 4_800
STIPEND: Final = 2_300
CALL_VALUE: Final = 9_000
NEW_ACCOUNT: Final = 25_000
SELF_DESTRUCT: Final = 5_000
CODE_BYTE: Final = 200
EXPONENT_BYTE: Final = 50
KECCAK_WORD: Final = 6
COPIED_WORD: Final = 3
LOG_TOPIC: Final = 375
LOG_BYTE: Final = 8
REFUND_QUOTIENT: Final = 5

AccessList = Sequence[tuple[bytes, Sequence[int]]]
"""Addresses and slots that a transaction says it will touch."""


def words(length: int) -> int:
    """How many words of 32 bytes hold so many bytes."""
    return (length + 31) // 32


def memory_price(size_words: int) -> int:
    """What a memory of so many words has cost in all; it grows with the square."""
    return 3 * size_words + size_words * size_words // 512


def intrinsic_gas(data: bytes, access_list: AccessList, *, creates: bool) -> int:
    """What a transaction costs before any code runs."""
    zeros = data.count(0)
    price = TRANSACTION + ZERO_BYTE * zeros + OTHER_BYTE * (len(data) - zeros)
    if creates:
        price += CREATION + INIT_CODE_WORD * words(len(data))
    for _, slots in access_list:
        price += LISTED_ADDRESS + LISTED_SLOT * len(slots)
    return price


def all_but_a_64th(gas: int) -> int:
    """What a contract may pass on of its gas."""
    return gas - gas // 64
