"""
Ethereum: transactions that Ethereum's wallets sign, and Ethereum's view of each block.

What the real chain writes into the header's digest is left out: only its own database reads it.
The state's root in Ethereum's header is zeros: the runtime does not know it while it runs.

Source: frontier frame/ethereum/src/lib.rs, of the fork; subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from typing import Final

from taonet.frame.dispatch_error import BadOrigin, ModuleError
from taonet.frame.origin import EthereumTransaction, Origin
from taonet.frame.pallet import Event, Pallet, PostInfo, call
from taonet.frame.storage import (
    OptionMap,
    OptionValue,
    StorageMap,
    StorageValue,
    identity,
    twox_64_concat,
)
from taonet.frame.weight import Pays, Weight, database_weight
from taonet.pallets.block_limits import BLOCK_HASH_COUNT
from taonet.pallets.ethereum.block import (
    EMPTY_LIST_HASH,
    EMPTY_TRIE_ROOT,
    H64,
    RECEIPTS,
    AnyReceipt,
    EthereumBlock,
    Header,
    Receipt,
    ReceiptData,
    TransactionStatus,
    bloom_of,
    encode_receipt,
    header_hash,
    ordered_trie_root,
    union,
)
from taonet.pallets.ethereum.transaction import (
    Eip7702,
    Facts,
    Transaction,
    encode_transaction,
    facts_of,
    sender_of,
    transaction_hash,
)
from taonet.pallets.evm.exit_reason import ExitReason, Undone
from taonet.pallets.evm.gas_weight import BLOCK_GAS_LIMIT, declared_weight, spent_weight
from taonet.pallets.evm.runner import Outcome, Run, Runner
from taonet.pallets.evm.types import U256, Bloom
from taonet.pallets.evm.validation import Candidate, Refusal, Sender, TransactionRefused, check
from taonet.pallets.subtensor.types import H160
from taonet.pallets.system import System
from taonet.pallets.timestamp import Timestamp
from taonet.primitives.ids import H256
from taonet.scale.types import triple, u32, vec

ETHEREUM_INDEX: Final = 21

EXTRA_BYTES_MAX: Final = 30
"""So much of a revert's reason stands in the event."""

_REASON_LENGTH = slice(36, 68)
_REASON_START = 68


class Executed(Event, index=0):
    """An ethereum transaction was successfully executed."""

    from_: H160
    to: H160
    transaction_hash: H256
    exit_reason: ExitReason
    extra_data: bytes


class InvalidSignature(ModuleError, index=0):
    """Signature is invalid."""


class PreLogExists(ModuleError, index=1):
    """Pre-log is present, therefore transact is not allowed."""


def _weight(transaction: Transaction) -> Weight:
    return declared_weight(facts_of(transaction).gas_limit)


class Ethereum(Pallet, prefix="Ethereum"):
    events = (Executed,)
    errors = (InvalidSignature, PreLogExists)

    pending = OptionMap(
        identity(u32),
        value=triple(Transaction, TransactionStatus, Receipt),
        doc="The transactions of the block that is being made, by their places.",
    )
    counter_for_pending = StorageValue(u32, default=0, doc="How many transactions are pending.")
    current_block = OptionValue(EthereumBlock, doc="The current Ethereum block.")
    current_receipts = OptionValue(vec(Receipt), doc="The current Ethereum receipts.")
    current_transaction_statuses = OptionValue(
        vec(TransactionStatus), doc="The current transaction statuses."
    )
    block_hash = StorageMap(
        twox_64_concat(U256), value=H256, default=H256.zero(), doc="Block numbers and hashes."
    )

    def __init__(self, system: System, timestamp: Timestamp, runner: Runner) -> None:
        super().__init__(system.state)
        self._system = system
        self._timestamp = timestamp
        self._runner = runner

    @call(index=0, weight=_weight, pays=Pays.NO)
    def transact(self, origin: Origin, transaction: Transaction) -> PostInfo:
        """Transact an Ethereum transaction."""
        if not isinstance(origin, EthereumTransaction):
            raise BadOrigin
        source, facts = H160(origin.sender), facts_of(transaction)
        outcome = self._runner.run(
            Run(source, facts.to, facts.input, facts.value, facts.gas_limit, facts.access_list)
        )
        self._note(transaction, facts, source, outcome)
        return PostInfo(spent_weight(outcome.used_gas), Pays.NO)

    def validate(self, transaction: Transaction) -> tuple[H160, Facts, Sender]:
        """
        Who signed the transaction, what it says, and the sender's account; raises
        `TransactionRefused`. A nonce ahead of the account's is left to the caller.
        """
        if isinstance(transaction, Eip7702):
            raise TransactionRefused(Refusal.UNKNOWN)
        facts = facts_of(transaction)
        if facts.chain_id is not None and facts.chain_id != self._runner.chain_id:
            raise TransactionRefused(Refusal.INVALID_CHAIN_ID)
        source = sender_of(facts)
        if source is None:
            raise TransactionRefused(Refusal.INVALID_SIGNATURE)
        sender = self._runner.sender(source)
        candidate = Candidate(
            facts.nonce,
            facts.gas_limit,
            facts.fee_max,
            facts.tip_max,
            facts.value,
            facts.input,
            facts.access_list,
            creates=facts.to is None,
        )
        check(candidate, sender, self._runner.base_fee)
        self._runner.check_sender(source, creates=facts.to is None)
        return source, facts, sender

    def on_initialize(self, number: int) -> Weight:  # noqa: ARG002
        """The block's end reads and writes."""
        return database_weight(reads=2, writes=2)

    def on_finalize(self, number: int) -> None:
        """Write Ethereum's block, and forget the hash of one that is too old."""
        self.store_block(number)
        oldest = number - BLOCK_HASH_COUNT - 1
        if oldest > 0:
            del self.block_hash[U256.of(oldest)]

    def hash_of(self, number: int) -> bytes:
        """The Ethereum hash of a block, zeros where it is not known."""
        return self.block_hash[U256.of(number)] if number < 1 << 32 else bytes(32)

    def store_block(self, number: int) -> None:
        """Make what is pending Ethereum's block of that number."""
        entries = self._take_pending()
        transactions = tuple(entry[0] for entry in entries)
        receipts = tuple(entry[2] for entry in entries)
        parts = [_data_of(receipt) for receipt in receipts]
        header = Header(
            parent_hash=H256(self.hash_of(number - 1)) if number else H256.zero(),
            ommers_hash=EMPTY_LIST_HASH,
            beneficiary=self._runner.author(),
            state_root=H256.zero(),
            transactions_root=_root(tuple(map(encode_transaction, transactions))),
            receipts_root=_root(tuple(map(encode_receipt, receipts))),
            logs_bloom=union(part.logs_bloom for part in parts) if parts else Bloom.zero(),
            difficulty=U256.of(0),
            number=U256.of(number),
            gas_limit=U256.of(BLOCK_GAS_LIMIT),
            gas_used=parts[-1].used_gas if parts else U256.of(0),
            timestamp=self._timestamp.now,
            extra_data=b"",
            mix_hash=H256.zero(),
            nonce=H64.zero(),
        )
        self.current_block = EthereumBlock(header, transactions, ())
        self.current_receipts = receipts
        self.current_transaction_statuses = tuple(entry[1] for entry in entries)
        self.block_hash[U256.of(number)] = header_hash(header)

    def _take_pending(self) -> list[tuple[Transaction, TransactionStatus, Receipt]]:
        count = self.counter_for_pending
        entries = []
        for place in range(count):
            entry = self.pending[place]
            assert entry is not None, f"the pending transaction {place} of {count} is not there"
            entries.append(entry)
            del self.pending[place]
        if count:
            self.counter_for_pending = 0
        return entries

    def _note(self, transaction: Transaction, facts: Facts, source: H160, outcome: Outcome) -> None:
        """Keep the transaction with its receipt until the block ends, and report it."""
        place = self.counter_for_pending
        before = self.pending[place - 1] if place else None
        used = outcome.used_gas + (0 if before is None else int(_data_of(before[2]).used_gas))
        bloom, key = bloom_of(outcome.logs), transaction_hash(transaction)
        status = TransactionStatus(
            key, place, source, facts.to, outcome.created, outcome.logs, bloom
        )
        data = ReceiptData(int(outcome.success), U256.of(used), bloom, outcome.logs)
        self.pending[place] = (transaction, status, RECEIPTS[transaction.variant_index](data))
        self.counter_for_pending = place + 1
        self.deposit_event(
            Executed(
                source,
                facts.to or outcome.created or H160.zero(),
                key,
                outcome.reason,
                extra_data(outcome) if facts.to is not None else b"",
            )
        )


def extra_data(outcome: Outcome) -> bytes:
    """The beginning of a revert's reason, or what else it returned."""
    if not isinstance(outcome.reason, Undone):
        return b""
    data = outcome.output
    if len(data) <= _REASON_START:
        return data
    length = int.from_bytes(data[_REASON_LENGTH], "big")
    end = _REASON_START + min(length, EXTRA_BYTES_MAX)
    return data[_REASON_START:end] if len(data) >= end else data


def _data_of(receipt: Receipt) -> ReceiptData:
    assert isinstance(receipt, AnyReceipt)
    return receipt._0


def _root(values: tuple[bytes, ...]) -> H256:
    return ordered_trie_root(values) if values else EMPTY_TRIE_ROOT
