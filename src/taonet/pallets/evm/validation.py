"""
What a transaction must be before it runs: its nonce, gas, price and the balance behind it.

Source: frontier primitives/evm/src/validation.rs, of the fork.
"""

import enum
from dataclasses import dataclass

from taonet.pallets.evm.gas_weight import BLOCK_GAS_LIMIT
from taonet.pallets.evm.machine.gas import AccessList, intrinsic_gas


class Refusal(enum.IntEnum):
    """Why a transaction may not run; the numbers are the pool's custom codes."""

    GAS_LIMIT_TOO_LOW = 0
    GAS_LIMIT_TOO_HIGH = 1
    GAS_PRICE_TOO_LOW = 2
    PRIORITY_FEE_TOO_HIGH = 3
    BALANCE_TOO_LOW = 4
    NONCE_TOO_LOW = 5
    NONCE_TOO_HIGH = 6
    INVALID_FEE_INPUT = 7
    INVALID_CHAIN_ID = 8
    INVALID_SIGNATURE = 9
    EMPTY_AUTHORIZATION_LIST = 10
    AUTHORIZATION_LIST_TOO_LARGE = 11
    UNKNOWN = 12
    SENDER_IS_CONTRACT = 13
    MAY_NOT_CREATE = 14


class TransactionRefused(Exception):
    """The transaction may not run; nothing was done."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.name.lower().replace("_", " "))
        self.reason = reason


@dataclass(frozen=True)
class Candidate:
    """What a transaction wants, prices and value in wei; `creates` a contract or calls one."""

    nonce: int
    gas_limit: int
    fee_max: int
    tip_max: int
    value: int
    input: bytes
    access_list: AccessList
    creates: bool


@dataclass(frozen=True)
class Sender:
    """Who wants it: nonce, and the balance in wei."""

    nonce: int
    balance: int


def check(candidate: Candidate, sender: Sender, base_fee: int) -> None:
    """Raise `TransactionRefused`, but for a nonce ahead of the sender's."""
    if candidate.nonce < sender.nonce:
        raise TransactionRefused(Refusal.NONCE_TOO_LOW)
    needed = intrinsic_gas(candidate.input, candidate.access_list, creates=candidate.creates)
    if candidate.gas_limit < needed:
        raise TransactionRefused(Refusal.GAS_LIMIT_TOO_LOW)
    if candidate.gas_limit > BLOCK_GAS_LIMIT:
        raise TransactionRefused(Refusal.GAS_LIMIT_TOO_HIGH)
    if candidate.tip_max > candidate.fee_max:
        raise TransactionRefused(Refusal.PRIORITY_FEE_TOO_HIGH)
    if candidate.fee_max < base_fee:
        raise TransactionRefused(Refusal.GAS_PRICE_TOO_LOW)
    if sender.balance < candidate.value + candidate.fee_max * candidate.gas_limit:
        raise TransactionRefused(Refusal.BALANCE_TOO_LOW)
