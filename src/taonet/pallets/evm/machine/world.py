"""What the machine asks of the chain, and how code that fails says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from taonet.pallets.evm.exit_reason import ExitError, OutOfGas


class Halted(Exception):
    """The running code failed: what it did is undone, its gas is gone."""

    def __init__(self, error: ExitError) -> None:
        super().__init__(type(error).__name__)
        self.error = error


class RevertedByNative(Exception):
    """A native contract refuses: what it did is undone, the gas it left is given back."""

    def __init__(self, output: bytes) -> None:
        super().__init__(output.hex())
        self.output = output


@dataclass(frozen=True)
class BlockContext:
    """The block that the code runs in; prices in wei."""

    number: int
    time_s: int
    coinbase: bytes
    gas_limit: int
    base_fee: int
    chain_id: int


class Gas(Protocol):
    """The gas of a native contract's call."""

    @property
    def left(self) -> int:
        """What is left."""

    def charge(self, amount: int) -> None:
        """Take gas; raises `Halted` of `OutOfGas`."""


class Work:
    """The dispatch weight that a transaction's gas buys, in picoseconds, for all native calls."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, ref_time: int) -> None:
        """Take some; raises `Halted` of `OutOfGas`."""
        if ref_time > self._left:
            raise Halted(OutOfGas())
        self._left -= ref_time

    def give_back(self, ref_time: int) -> None:
        """Return what was taken and not used."""
        self._left += ref_time


@dataclass(frozen=True)
class NativeCall:
    """A call of a native contract; `value` in wei, `address` is whom the call acts for."""

    address: bytes
    caller: bytes
    value: int
    input: bytes
    is_static: bool
    gas: Gas
    work: Work


Native = Callable[[NativeCall], bytes]
"""A native contract: returns its output, or raises `Halted` or `RevertedByNative`."""


class Checkpoint(Protocol):
    """A point that the world can return to."""

    def commit(self) -> None:
        """Keep what was done since."""

    def rollback(self) -> None:
        """Undo what was done since."""


class World(Protocol):
    """Accounts by address; balances in wei, storage slots and their values as integers."""

    @property
    def block(self) -> BlockContext:
        """The block that the code runs in."""

    def block_hash(self, number: int) -> bytes:
        """An earlier block's hash, zeros for one that is not known."""

    def balance(self, address: bytes) -> int:
        """What the account can spend."""

    def nonce(self, address: bytes) -> int:
        """How many transactions or contracts came from the account."""

    def code(self, address: bytes) -> bytes:
        """A contract's code."""

    def code_size(self, address: bytes) -> int:
        """Its length."""

    def code_hash(self, address: bytes) -> bytes:
        """Its keccak-256."""

    def is_empty(self, address: bytes) -> bool:
        """Whether there is neither balance, nor nonce, nor code."""

    def storage(self, address: bytes, slot: int) -> int:
        """A slot's value."""

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        """Write a slot; zero frees it."""

    def clear_storage(self, address: bytes) -> None:
        """Free all slots of an account."""

    def increment_nonce(self, address: bytes) -> None:
        """Count one more transaction or contract."""

    def set_code(self, address: bytes, code: bytes) -> None:
        """Make the account a contract."""

    def transfer(self, source: bytes, target: bytes, value: int) -> None:
        """Move wei; raises `Halted` of `OutOfFund`."""

    def native(self, address: bytes) -> Native | None:
        """The native contract at an address."""

    def checkpoint(self) -> Checkpoint:
        """A point to return to; the newest is committed or rolled back first."""
