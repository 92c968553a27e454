"""
Why a transaction may not stand in a block, in the words that clients match.

Source: polkadot-sdk sp_runtime::transaction_validity.
"""

import enum
from dataclasses import dataclass

from taonet.primitives.ids import AccountId
from taonet.scale.construction import quicken

LONGEVITY_MAX = 2**64 - 1


class Invalid(enum.IntEnum):
    """The variants of `InvalidTransaction`."""

    CALL = 0
    PAYMENT = 1
    FUTURE = 2
    STALE = 3
    BAD_PROOF = 4
    ANCIENT_BIRTH_BLOCK = 5
    EXHAUSTS_RESOURCES = 6
    CUSTOM = 7
    BAD_MANDATORY = 8
    MANDATORY_VALIDATION = 9
    BAD_SIGNER = 10
    INDETERMINATE_IMPLICIT = 11
    UNKNOWN_ORIGIN = 12


TEXTS = {
    Invalid.CALL: "Transaction call is not expected",
    Invalid.PAYMENT: "Inability to pay some fees (e.g. account balance too low)",
    Invalid.FUTURE: "Transaction will be valid in the future",
    Invalid.STALE: "Transaction is outdated",
    Invalid.BAD_PROOF: "Transaction has a bad signature",
    Invalid.ANCIENT_BIRTH_BLOCK: "Transaction has an ancient birth block",
    Invalid.EXHAUSTS_RESOURCES: "Transaction would exhaust the block limits",
    Invalid.BAD_MANDATORY: "A call was labelled as mandatory, but resulted in an Error.",
    Invalid.MANDATORY_VALIDATION: (
        "Transaction dispatch is mandatory; transactions must not be validated."
    ),
    Invalid.BAD_SIGNER: "Invalid signing address",
    Invalid.INDETERMINATE_IMPLICIT: "The implicit data was unable to be calculated",
    Invalid.UNKNOWN_ORIGIN: "The transaction extension did not authorize any origin",
}


class TransactionInvalid(Exception):
    """A transaction that may not stand in the next block; it left no trace."""

    def __init__(self, code: Invalid, custom: int | None = None) -> None:
        super().__init__(TEXTS[code] if custom is None else f"Custom error: {custom}")
        self.code = code
        self.custom = custom

    @property
    def exhausts_resources(self) -> bool:
        """Whether it may fit into a later block."""
        return self.code is Invalid.EXHAUSTS_RESOURCES

    @property
    def is_future(self) -> bool:
        """Whether it waits for earlier transactions of its account."""
        return self.code is Invalid.FUTURE


class TransactionUnknown(TransactionInvalid):
    """A bare transaction that no pallet can judge."""

    def __init__(self) -> None:
        super().__init__(Invalid.CALL)
        self.args = ("Could not find an unsigned validator for the unsigned transaction",)


def custom(code: int) -> TransactionInvalid:
    """A refusal with a code of the chain's own."""
    return TransactionInvalid(Invalid.CUSTOM, code)


@quicken
@dataclass(frozen=True)
class ValidTransaction:
    """What the pool needs to order a transaction; `longevity` is in blocks."""

    priority: int
    requires: tuple[bytes, ...]
    provides: tuple[bytes, ...]
    longevity: int
    propagate: bool
    row: tuple[AccountId, int] | None = None
    """The account and the nonce of a bare transaction that waits as a signed one does."""
