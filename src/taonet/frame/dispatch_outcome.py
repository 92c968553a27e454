"""How a dispatch ended, as events and receipts carry it: `Result<(), DispatchError>`."""

from typing import Annotated

from taonet.frame.dispatch_error import (
    Arithmetic,
    ArithmeticFailure,
    DispatchError,
    ModuleError,
    Token,
    TokenError,
)
from taonet.scale.types import U8, CLike, Struct, TaggedUnion, byte_array, c_like, unit


class ModuleFailure(Struct, path="sp_runtime::ModuleError"):
    """A pallet's index, and the index of its error in the first of four bytes."""

    index: U8
    error: Annotated[bytes, byte_array(4)]


@c_like("sp_runtime::TokenError")
class TokenReason(CLike):
    """Why a token operation is refused."""

    FUNDS_UNAVAILABLE = Token.FUNDS_UNAVAILABLE
    ONLY_PROVIDER = Token.ONLY_PROVIDER
    BELOW_MINIMUM = Token.BELOW_MINIMUM
    CANNOT_CREATE = Token.CANNOT_CREATE
    UNKNOWN_ASSET = Token.UNKNOWN_ASSET
    FROZEN = Token.FROZEN
    UNSUPPORTED = Token.UNSUPPORTED
    CANNOT_CREATE_HOLD = Token.CANNOT_CREATE_HOLD
    NOT_EXPENDABLE = Token.NOT_EXPENDABLE
    BLOCKED = Token.BLOCKED


@c_like("sp_arithmetic::ArithmeticError")
class ArithmeticReason(CLike):
    """How a number left its range."""

    UNDERFLOW = Arithmetic.UNDERFLOW
    OVERFLOW = Arithmetic.OVERFLOW
    DIVISION_BY_ZERO = Arithmetic.DIVISION_BY_ZERO


@c_like("sp_runtime::TransactionalError")
class TransactionalReason(CLike):
    """Why storage layers could not nest; this runtime never says so."""

    LIMIT_REACHED = 0
    NO_LAYER = 1


@c_like("sp_runtime::proving_trie::TrieError")
class TrieReason(CLike):
    """Why a proof is refused; this runtime never says so."""

    INVALID_STATE_ROOT = 0
    INCOMPLETE_DATABASE = 1
    VALUE_AT_INCOMPLETE_KEY = 2
    DECODER_ERROR = 3
    INVALID_HASH = 4
    DUPLICATE_KEY = 5
    EXTRANEOUS_NODE = 6
    EXTRANEOUS_VALUE = 7
    EXTRANEOUS_HASH_REFERENCE = 8
    INVALID_CHILD_REFERENCE = 9
    VALUE_MISMATCH = 10
    INCOMPLETE_PROOF = 11
    ROOT_MISMATCH = 12
    DECODE_ERROR = 13


class Failure(TaggedUnion, path="sp_runtime::DispatchError"):
    """A `DispatchError` on the wire."""


class OtherFailure(Failure, index=0, name="Other"):
    """Some error occurred."""


class CannotLookupFailure(Failure, index=1, name="CannotLookup"):
    """An address could not be looked up."""


class BadOriginFailure(Failure, index=2, name="BadOrigin"):
    """The call's origin is not the one it needs."""


class PalletFailure(Failure, index=3, name="Module"):
    """A pallet's own error."""

    _0: ModuleFailure


class ConsumerRemainingFailure(Failure, index=4, name="ConsumerRemaining"):
    """At least one consumer keeps the account alive."""


class NoProvidersFailure(Failure, index=5, name="NoProviders"):
    """The account does not exist."""


class TooManyConsumersFailure(Failure, index=6, name="TooManyConsumers"):
    """The account has too many consumers."""


class TokenFailure(Failure, index=7, name="Token"):
    """A token operation was refused."""

    _0: TokenReason


class NumberFailure(Failure, index=8, name="Arithmetic"):
    """A number left its range."""

    _0: ArithmeticReason


class TransactionalFailure(Failure, index=9, name="Transactional"):
    """Storage layers could not nest."""

    _0: TransactionalReason


class ExhaustedFailure(Failure, index=10, name="Exhausted"):
    """Resources are exhausted."""


class CorruptionFailure(Failure, index=11, name="Corruption"):
    """The state is corrupt."""


class UnavailableFailure(Failure, index=12, name="Unavailable"):
    """Something the call needs is not there now."""


class RootNotAllowedFailure(Failure, index=13, name="RootNotAllowed"):
    """Root may not make this call."""


class TrieFailure(Failure, index=14, name="Trie"):
    """A proof was refused."""

    _0: TrieReason


def failure_of(error: DispatchError, pallet_index: int | None) -> Failure:
    """The error on the wire; `pallet_index` is that of the pallet whose error it is."""
    if isinstance(error, ModuleError):
        assert pallet_index is not None, f"{error!r} belongs to no pallet of this runtime"
        return PalletFailure(ModuleFailure(pallet_index, bytes((error.index, 0, 0, 0))))
    if isinstance(error, TokenError):
        return TokenFailure(TokenReason(error.reason))
    if isinstance(error, ArithmeticFailure):
        return NumberFailure(ArithmeticReason(error.reason))
    failure: Failure = Failure.scale_variants[error.wire_index]()
    return failure


class DispatchResult(TaggedUnion, path="Result", parameters={"T": unit, "E": Failure}):
    """Whether a nested dispatch succeeded."""


class Ok(DispatchResult, index=0):
    """It did."""

    _0: Annotated[tuple[()], unit] = ()


class Err(DispatchResult, index=1):
    """It was refused."""

    _0: Failure
