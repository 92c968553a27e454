"""
The transaction pool: extrinsics that wait for a block.

An account's transactions stand in a row by nonce. Those that continue the account's nonce in the
state are *ready*, those behind a gap are *future*. Ready ones are offered by priority, never
before an earlier nonce of the same account. The pool verifies a signature once.

Limits bound what strangers can make it hold; a refusal carries the code, message and data that
clients match.
"""

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from taonet.node.gas_room import BLOCK_GAS_MAX, TOO_MUCH_GAS, gas_of
from taonet.primitives.ids import AccountId
from taonet.runtime.extrinsic import Extrinsic
from taonet.runtime.transaction_validity import TransactionInvalid, ValidTransaction
from taonet.scale.codec import MalformedScale

POOL_TRANSACTIONS_MAX = 8192
"""Substrate's default for ready transactions."""

POOL_BYTES_MAX = 20 * 1024 * 1024
"""Substrate's default for ready transactions."""

ACCOUNT_TRANSACTIONS_MAX = 512
"""A sixteenth of the pool: one account cannot fill it."""

FUTURE_NONCE_DISTANCE_MAX = 512
"""A nonce further ahead could not become ready within an account's share."""

EXTRINSIC_BYTES_MAX = 5 * 1024 * 1024
"""More than a block's normal share could hold."""

BANNED_MAX = 2048
"""How many refused hashes are remembered."""

BANNED_BLOCKS = 30
"""For how many blocks a transaction that turned invalid is not taken again."""

Watcher = Callable[[Any], None]


class PoolRefused(Exception):
    """A transaction that the pool does not take, as the RPC's error says it."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(message if data is None else f"{message}: {data}")
        self.code = code
        self.message = message
        self.data = data


class Checker(Protocol):
    """What the pool asks of the executor."""

    def decode(self, raw: bytes) -> Extrinsic:
        """An extrinsic from its bytes; raises `MalformedScale`."""

    def check(self, extrinsic: Extrinsic, *, signature_checked: bool = False) -> ValidTransaction:
        """Whether the next block could hold it; raises `TransactionInvalid`."""

    def nonce(self, account: AccountId) -> int:
        """The account's nonce in the head's state."""


@dataclass
class Waiting:
    """A transaction in the pool."""

    extrinsic: Extrinsic
    validity: ValidTransaction
    arrived_at_block: int
    sequence: int
    watchers: list[Watcher] = field(default_factory=list)
    announced: str = ""

    @property
    def account(self) -> AccountId | None:
        """Whose row of nonces it stands in, None for what stands in none."""
        row = self.validity.row
        return self.extrinsic.signer if row is None else row[0]

    @property
    def nonce(self) -> int:
        """Its place in that row."""
        row = self.validity.row
        return self.extrinsic.nonce if row is None else row[1]

    def tell(self, status: Any) -> None:
        """Pass a status to everyone who watches."""
        for watcher in list(self.watchers):
            watcher(status)

    def announce(self, status: str) -> None:
        """Say `ready` or `future`, once each time it changes."""
        if self.announced != status:
            self.announced = status
            self.tell(status)


class TransactionPool:
    """Waiting transactions of signed accounts by nonce, and unsigned ones by hash."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._by_account: dict[AccountId, dict[int, Waiting]] = {}
        self._unsigned: dict[bytes, Waiting] = {}
        self._by_hash: dict[bytes, Waiting] = {}
        self._banned: OrderedDict[bytes, int] = OrderedDict()
        self._bytes = 0
        self._sequence = 0
        self._block = 0

    def __len__(self) -> int:
        return len(self._by_hash)

    def submit(self, raw: bytes, watcher: Watcher | None = None) -> Waiting:
        """Take a transaction; raises `PoolRefused`, and then nothing has changed."""
        return self.add(self.read(raw), watcher)

    def read(self, raw: bytes) -> Extrinsic:
        """A transaction that is small enough, can be read and is new; raises `PoolRefused`."""
        if len(raw) > EXTRINSIC_BYTES_MAX:
            raise PoolRefused(
                1010,
                "Invalid Transaction",
                f"Transaction of {len(raw)} bytes is over the limit of {EXTRINSIC_BYTES_MAX}",
            )
        try:
            extrinsic = self._checker.decode(raw)
        except MalformedScale as error:
            raise PoolRefused(1002, f"Could not decode the extrinsic: {error}") from error
        self._refuse_known(extrinsic)
        if gas_of(extrinsic.call) > BLOCK_GAS_MAX:
            raise PoolRefused(1010, "Invalid Transaction", TOO_MUCH_GAS)
        return extrinsic

    def add(
        self, extrinsic: Extrinsic, watcher: Watcher | None, *, signature_checked: bool = False
    ) -> Waiting:
        """Take what was read; raises `PoolRefused`, and then nothing has changed."""
        # Again: another may have brought it while its signature was verified.
        self._refuse_known(extrinsic)
        validity = self._validate(extrinsic, signature_checked=signature_checked)
        waiting = Waiting(extrinsic, validity, self._block, self._sequence)
        self._sequence += 1
        if watcher is not None:
            waiting.watchers.append(watcher)
        self._insert(waiting)
        self._announce(waiting.account)
        return waiting

    def ready(self) -> Iterator[Extrinsic]:
        """What a block may take now, best first, each account's in the order of its nonces."""
        heads = [
            (-waiting.validity.priority, waiting.sequence, waiting)
            for waiting in self._unsigned.values()
        ]
        for account, row in self._by_account.items():
            first = row.get(self._checker.nonce(account))
            if first is not None:
                heads.append((-first.validity.priority, first.sequence, first))
        heapq.heapify(heads)
        while heads:
            _, _, waiting = heapq.heappop(heads)
            yield waiting.extrinsic
            if waiting.account is None:
                continue
            following = self._by_account[waiting.account].get(waiting.nonce + 1)
            if following is not None:
                entry = (-following.validity.priority, following.sequence, following)
                heapq.heappush(heads, entry)

    def pending(self) -> list[bytes]:
        """The raw transactions that are ready, best first."""
        return [extrinsic.raw for extrinsic in self.ready()]

    def next_nonce(self, account: AccountId) -> int:
        """The account's next free nonce, counting what is ready here."""
        nonce = self._checker.nonce(account)
        row = self._by_account.get(account, {})
        while nonce in row:
            nonce += 1
        return nonce

    def waiting(self, transaction_hash: bytes) -> Waiting | None:
        """The transaction of a hash, if it waits here."""
        return self._by_hash.get(transaction_hash)

    def included(self, transaction_hash: bytes, block_hash: bytes) -> Waiting | None:
        """A block holds the transaction: it leaves the pool; its watchers hear `inBlock`."""
        waiting = self._by_hash.get(transaction_hash)
        if waiting is not None:
            self._remove(waiting)
            waiting.tell({"inBlock": f"0x{block_hash.hex()}"})
        return waiting

    def refuse(self, transaction_hash: bytes, reason: TransactionInvalid) -> None:
        """A block could not take it: it leaves unless it may become valid by waiting."""
        waiting = self._by_hash.get(transaction_hash)
        if waiting is None or reason.is_future or reason.exhausts_resources:
            return
        self._remove(waiting)
        self._ban(transaction_hash)
        waiting.tell("invalid")

    def block_imported(self, number: int) -> None:
        """The head moved: drop what is outdated, announce what became ready."""
        self._block = number
        for account in list(self._by_account):
            nonce = self._checker.nonce(account)
            for stale in [n for n in self._by_account[account] if n < nonce]:
                self._drop(self._by_account[account][stale], "invalid")
            self._announce(account)
        for waiting in list(self._by_hash.values()):
            if number > waiting.arrived_at_block + waiting.validity.longevity:
                self._drop(waiting, "invalid")

    def clear(self) -> None:
        """Drop everything: the chain under the pool was replaced."""
        for waiting in list(self._by_hash.values()):
            self._drop(waiting, "dropped")

    def _validate(self, extrinsic: Extrinsic, *, signature_checked: bool) -> ValidTransaction:
        try:
            return self._checker.check(extrinsic, signature_checked=signature_checked)
        except TransactionInvalid as reason:
            raise PoolRefused(1010, "Invalid Transaction", str(reason)) from reason

    def _refuse_known(self, extrinsic: Extrinsic) -> None:
        if extrinsic.hash in self._by_hash:
            raise PoolRefused(1013, "Transaction Already Imported")
        banned_until = self._banned.get(extrinsic.hash, -1)
        if banned_until >= self._block:
            raise PoolRefused(1012, "Transaction is temporarily banned")

    def _insert(self, waiting: Waiting) -> None:
        extrinsic = waiting.extrinsic
        account, nonce = waiting.account, waiting.nonce
        if account is None:
            self._refuse_full(extrinsic)
            self._unsigned[extrinsic.hash] = waiting
        else:
            row = self._by_account.get(account, {})
            replaced = row.get(nonce)
            if replaced is None:
                self._refuse_full(extrinsic)
                self._refuse_share(account, nonce, row)
            else:
                self._usurp(replaced, waiting)
            self._by_account.setdefault(account, {})[nonce] = waiting
        self._by_hash[extrinsic.hash] = waiting
        self._bytes += len(extrinsic.raw)

    def _usurp(self, replaced: Waiting, waiting: Waiting) -> None:
        old, new = replaced.validity.priority, waiting.validity.priority
        if new <= old:
            raise PoolRefused(
                1014,
                f"Priority is too low: ({old} vs {new})",
                "The transaction has too low priority to replace another transaction already in "
                "the pool.",
            )
        self._drop(replaced, {"usurped": f"0x{waiting.extrinsic.hash.hex()}"})

    def _refuse_full(self, extrinsic: Extrinsic) -> None:
        if len(self._by_hash) >= POOL_TRANSACTIONS_MAX:
            raise PoolRefused(
                1016, "Immediately Dropped", f"The pool holds {POOL_TRANSACTIONS_MAX} transactions"
            )
        if self._bytes + len(extrinsic.raw) > POOL_BYTES_MAX:
            raise PoolRefused(1016, "Immediately Dropped", f"The pool holds {POOL_BYTES_MAX} bytes")

    def _refuse_share(self, account: AccountId, nonce: int, row: dict[int, Waiting]) -> None:
        if len(row) >= ACCOUNT_TRANSACTIONS_MAX:
            raise PoolRefused(
                1016,
                "Immediately Dropped",
                f"The account has {ACCOUNT_TRANSACTIONS_MAX} transactions waiting",
            )
        distance = nonce - self._checker.nonce(account)
        if distance > FUTURE_NONCE_DISTANCE_MAX:
            raise PoolRefused(
                1016,
                "Immediately Dropped",
                f"The nonce is {distance} ahead; at most {FUTURE_NONCE_DISTANCE_MAX} may wait",
            )

    def _announce(self, account: AccountId | None) -> None:
        if account is None:
            for waiting in self._unsigned.values():
                waiting.announce("ready")
            return
        row = self._by_account.get(account, {})
        expected = self._checker.nonce(account)
        for nonce in sorted(row):
            row[nonce].announce("ready" if nonce == expected else "future")
            expected += nonce == expected

    def _drop(self, waiting: Waiting, status: Any) -> None:
        self._remove(waiting)
        waiting.tell(status)

    def _remove(self, waiting: Waiting) -> None:
        extrinsic, account = waiting.extrinsic, waiting.account
        del self._by_hash[extrinsic.hash]
        self._bytes -= len(extrinsic.raw)
        if account is None:
            del self._unsigned[extrinsic.hash]
            return
        row = self._by_account[account]
        del row[waiting.nonce]
        if not row:
            del self._by_account[account]

    def _ban(self, transaction_hash: bytes) -> None:
        self._banned[transaction_hash] = self._block + BANNED_BLOCKS
        while len(self._banned) > BANNED_MAX:
            self._banned.popitem(last=False)
