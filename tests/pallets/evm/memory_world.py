"""A world of accounts in memory, for code that runs without a chain."""

import copy
from dataclasses import dataclass, field
from typing import Any

from taonet.pallets.evm.exit_reason import OutOfFund
from taonet.pallets.evm.machine.precompiled import STANDARD
from taonet.pallets.evm.machine.world import BlockContext, Halted, Native
from taonet.pallets.subtensor.evm_keys import keccak_256

BLOCK = BlockContext(
    number=7,
    time_s=1_700_000_000,
    coinbase=bytes.fromhex("22" * 20),
    gas_limit=75_000_000,
    base_fee=10_000_000_000,
    chain_id=42,
)


@dataclass
class Account:
    """Balance in wei, and the rest."""

    nonce: int = 0
    balance: int = 0
    code: bytes = b""
    storage: dict[int, int] = field(default_factory=dict)


class _Checkpoint:
    def __init__(self, world: "MemoryWorld") -> None:
        self._world = world
        self._before = copy.deepcopy(world.accounts)

    def commit(self) -> None:
        pass

    def rollback(self) -> None:
        self._world.accounts = self._before


class MemoryWorld:
    """Fits `World`."""

    block = BLOCK

    def __init__(self, accounts: dict[bytes, Account]) -> None:
        self.accounts = accounts

    def _account(self, address: bytes) -> Account:
        return self.accounts.get(address, Account())

    def _own(self, address: bytes) -> Account:
        return self.accounts.setdefault(address, Account())

    def block_hash(self, number: int) -> bytes:
        return bytes(32)

    def balance(self, address: bytes) -> int:
        return self._account(address).balance

    def nonce(self, address: bytes) -> int:
        return self._account(address).nonce

    def code(self, address: bytes) -> bytes:
        return self._account(address).code

    def code_size(self, address: bytes) -> int:
        return len(self.code(address))

    def code_hash(self, address: bytes) -> bytes:
        return keccak_256(self.code(address))

    def is_empty(self, address: bytes) -> bool:
        account = self._account(address)
        return not (account.nonce or account.balance or account.code)

    def storage(self, address: bytes, slot: int) -> int:
        return self._account(address).storage.get(slot, 0)

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        storage = self._own(address).storage
        if value:
            storage[slot] = value
        else:
            storage.pop(slot, None)

    def clear_storage(self, address: bytes) -> None:
        if address in self.accounts:
            self.accounts[address].storage.clear()

    def increment_nonce(self, address: bytes) -> None:
        self._own(address).nonce += 1

    def set_code(self, address: bytes, code: bytes) -> None:
        self._own(address).code = code

    def transfer(self, source: bytes, target: bytes, value: int) -> None:
        if self.balance(source) < value:
            raise Halted(OutOfFund())
        if value and source != target:
            self._own(source).balance -= value
            self._own(target).balance += value

    def native(self, address: bytes) -> Native | None:
        return STANDARD.get(address)

    def checkpoint(self) -> _Checkpoint:
        return _Checkpoint(self)


def accounts_from(described: dict[str, Any]) -> dict[bytes, Account]:
    """Accounts as the vectors write them."""
    return {
        bytes.fromhex(address): Account(
            account["nonce"],
            account["balance"],
            bytes.fromhex(account["code"]),
            {int(s, 16): int(v, 16) for s, v in account["storage"].items()},
        )
        for address, account in described.items()
    }
