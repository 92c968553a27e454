"""The chain's state as the machine asks for it: balances in wei of mirror accounts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.state import State
from taonet.pallets.balances import Balances
from taonet.pallets.balances_types import Preservation
from taonet.pallets.evm.contracts import EMPTY_CODE_HASH, Contracts
from taonet.pallets.evm.exit_reason import OutOfFund
from taonet.pallets.evm.machine.world import BlockContext, Halted, Native
from taonet.pallets.evm.types import WEI_PER_RAO, mirror_account, to_rao
from taonet.pallets.system import System
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao


class NativeContracts(Protocol):
    """The contracts that are part of the chain."""

    def addresses(self) -> frozenset[bytes]:
        """Where they stand."""

    def find(self, address: bytes) -> Native | None:
        """The one at an address."""


class _Undone(Exception):
    """Takes a transaction back; never leaves this file."""


class _StateCheckpoint:
    """A transaction of the state that is left by hand."""

    def __init__(self, state: State) -> None:
        self._transaction: AbstractContextManager[None] = state.transaction()
        self._transaction.__enter__()

    def commit(self) -> None:
        """Keep what was done since."""
        self._transaction.__exit__(None, None, None)

    def rollback(self) -> None:
        """Undo what was done since."""
        undone = _Undone()
        self._transaction.__exit__(_Undone, undone, None)


class ChainWorld:
    """Fits `World`; made for one run."""

    def __init__(
        self,
        block: BlockContext,
        contracts: Contracts,
        system: System,
        balances: Balances,
        natives: NativeContracts,
        block_hash: Callable[[int], bytes],
    ) -> None:
        self.block = block
        self.block_hash = block_hash
        self._contracts = contracts
        self._system = system
        self._balances = balances
        self._natives = natives
        self._mirrors: dict[bytes, AccountId] = {}

    def _mirror(self, address: bytes) -> AccountId:
        mirror = self._mirrors.get(address)
        if mirror is None:
            mirror = self._mirrors[address] = mirror_account(address)
        return mirror

    def balance(self, address: bytes) -> int:
        """What the account can spend and live on, in wei."""
        return self._balances.reducible(self._mirror(address), Preservation.PRESERVE) * WEI_PER_RAO

    def nonce(self, address: bytes) -> int:
        """How many transactions or contracts came from the account."""
        return self._system.account[self._mirror(address)].nonce

    def code(self, address: bytes) -> bytes:
        """A contract's code."""
        return self._contracts.code(address)

    def code_size(self, address: bytes) -> int:
        """Its length; 1 of a native contract, since compilers ask before they call."""
        if address in self._natives.addresses():
            return 1
        metadata = self._contracts.metadata(address)
        return 0 if metadata is None else metadata.size

    def code_hash(self, address: bytes) -> bytes:
        """Its keccak-256."""
        metadata = self._contracts.metadata(address)
        return EMPTY_CODE_HASH if metadata is None else metadata.hash

    def is_empty(self, address: bytes) -> bool:
        """Whether there is neither balance, nor nonce, nor code."""
        if self._contracts.metadata(address) is not None:
            return False
        return not self.nonce(address) and not self.balance(address)

    def storage(self, address: bytes, slot: int) -> int:
        """A slot's value."""
        return self._contracts.slot(address, slot)

    def set_storage(self, address: bytes, slot: int, value: int) -> None:
        """Write a slot; zero frees it."""
        self._contracts.set_slot(address, slot, value)

    def clear_storage(self, address: bytes) -> None:
        """Free all slots of an account."""
        self._contracts.clear_slots(address)

    def increment_nonce(self, address: bytes) -> None:
        """Count one more transaction or contract."""
        self._system.increment_nonce(self._mirror(address))

    def set_code(self, address: bytes, code: bytes) -> None:
        """Make the account a contract."""
        self._contracts.create(address, code)

    def transfer(self, source: bytes, target: bytes, value: int) -> None:
        """Move wei, rounded down to rao; raises `Halted` of `OutOfFund`."""
        try:
            rao = to_rao(value)
            if rao and source != target:
                self._balances.transfer(
                    self._mirror(source), self._mirror(target), Rao(rao), Preservation.EXPENDABLE
                )
        except (DispatchError, OverflowError) as error:
            raise Halted(OutOfFund()) from error

    def native(self, address: bytes) -> Native | None:
        """The native contract at an address."""
        return self._natives.find(address)

    def checkpoint(self) -> _StateCheckpoint:
        """A point to return to; the newest is committed or rolled back first."""
        return _StateCheckpoint(self._system.state)
