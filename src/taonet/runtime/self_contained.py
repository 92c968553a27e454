"""
Transactions that carry their own signature: those of Ethereum's wallets.

They come as bare extrinsics, stand in the pool in a row by nonce as any account's do, the account
being their address's mirror, and pay through their gas.

Source: frontier primitives/self-contained; frame/ethereum/src/lib.rs, of the fork.
"""

from typing import Final

from taonet.frame.call import Call
from taonet.frame.origin import EthereumTransaction
from taonet.pallets.ethereum import Ethereum
from taonet.pallets.evm.types import U256, mirror_account
from taonet.pallets.evm.validation import Refusal, TransactionRefused
from taonet.runtime.runtime import Runtime
from taonet.runtime.transaction_validity import (
    LONGEVITY_MAX,
    Invalid,
    TransactionInvalid,
    ValidTransaction,
    custom,
)
from taonet.scale.codec import codec
from taonet.scale.types import type_of

PRIORITY: Final = 1
"""The same for all: a higher price buys no better place."""

_CODES: Final[dict[Refusal, Invalid]] = {
    Refusal.BALANCE_TOO_LOW: Invalid.PAYMENT,
    Refusal.NONCE_TOO_LOW: Invalid.STALE,
    Refusal.NONCE_TOO_HIGH: Invalid.FUTURE,
    Refusal.SENDER_IS_CONTRACT: Invalid.BAD_SIGNER,
    Refusal.MAY_NOT_CREATE: Invalid.CALL,
}
"""Others are custom codes by their number."""

_WORD = codec(type_of(U256))


def is_self_contained(call: Call) -> bool:
    """Whether the call brings its sender's signature."""
    return call.pallet == Ethereum.prefix


class SelfContained:
    """Judges such calls; writes nothing."""

    def __init__(self, runtime: Runtime) -> None:
        self._ethereum = runtime.ethereum

    def validate(self, call: Call) -> ValidTransaction:
        """What the pool is told; a nonce ahead of the account's `requires` the one before."""
        source, nonce, expected = self._check(call)
        return ValidTransaction(
            priority=PRIORITY,
            requires=(_tag(source, nonce - 1),) if nonce > expected else (),
            provides=(_tag(source, nonce),),
            longevity=LONGEVITY_MAX,
            propagate=True,
            row=(mirror_account(source), nonce),
        )

    def origin(self, call: Call) -> EthereumTransaction:
        """Who calls, if the call may stand in this block; else raises `TransactionInvalid`."""
        source, nonce, expected = self._check(call)
        if nonce > expected:
            raise TransactionInvalid(Invalid.FUTURE)
        return EthereumTransaction(source)

    def _check(self, call: Call) -> tuple[bytes, int, int]:
        try:
            source, facts, sender = self._ethereum.validate(call.arguments[0])
        except TransactionRefused as refused:
            code = _CODES.get(refused.reason)
            raise custom(refused.reason) if code is None else TransactionInvalid(code) from refused
        return source, facts.nonce, sender.nonce


def _tag(source: bytes, nonce: int) -> bytes:
    return source + _WORD.encode(U256.of(nonce))
