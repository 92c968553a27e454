"""
What a transaction notes beside the state: what it touched, logged, made and destroyed.

A call that fails takes its notes back: `mark` and `revert`.
"""

from collections.abc import Callable
from dataclasses import dataclass

Undo = Callable[[], object]


@dataclass(frozen=True)
class LogEntry:
    """What a contract reported."""

    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


class Substate:
    """The notes of one transaction."""

    def __init__(self) -> None:
        self.addresses: set[bytes] = set()
        """Addresses that are warm: touched before."""
        self.slots: set[tuple[bytes, int]] = set()
        self.logs: list[LogEntry] = []
        self.refund = 0
        self.created: set[bytes] = set()
        self.destroyed: set[bytes] = set()
        self.transient: dict[tuple[bytes, int], int] = {}
        self.original: dict[tuple[bytes, int], int] = {}
        """What written slots held before the transaction; that does not change by failing."""
        self._undo: list[Undo] = []

    def mark(self) -> int:
        """A point to return to."""
        return len(self._undo)

    def revert(self, mark: int) -> None:
        """Take back every note since `mark`."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def touch_address(self, address: bytes) -> bool:
        """Make an address warm; whether it was cold."""
        if address in self.addresses:
            return False
        self.addresses.add(address)
        self._undo.append(lambda: self.addresses.discard(address))
        return True

    def touch_slot(self, address: bytes, slot: int) -> bool:
        """Make a slot warm; whether it was cold."""
        key = (address, slot)
        if key in self.slots:
            return False
        self.slots.add(key)
        self._undo.append(lambda: self.slots.discard(key))
        return True

    def log(self, entry: LogEntry) -> None:
        """Note a report."""
        self.logs.append(entry)
        self._undo.append(self.logs.pop)

    def add_refund(self, amount: int) -> None:
        """Note gas to be given back; a negative amount takes it back."""
        before = self.refund
        self.refund += amount
        self._undo.append(lambda: setattr(self, "refund", before))

    def note_created(self, address: bytes) -> None:
        """Note a contract that this transaction makes."""
        if address not in self.created:
            self.created.add(address)
            self._undo.append(lambda: self.created.discard(address))

    def note_destroyed(self, address: bytes) -> None:
        """Note a contract that is gone when the transaction ends."""
        if address not in self.destroyed:
            self.destroyed.add(address)
            self._undo.append(lambda: self.destroyed.discard(address))

    def set_transient(self, address: bytes, slot: int, value: int) -> None:
        """Write a slot that lives as long as the transaction."""
        key = (address, slot)
        before = self.transient.get(key, 0)
        self.transient[key] = value
        self._undo.append(lambda: self.transient.__setitem__(key, before))
