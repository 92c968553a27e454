"""
Where Ethereum's blocks and transactions are: Ethereum's hashes against the chain's own blocks.

What a block held is read from the state after it, so that it is known as long as that is kept.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from taonet.node.rpc.backend import BlockImported, ChainBackend
from taonet.node.rpc.ethereum_format import Place
from taonet.node.rpc.feed import BlockFeed
from taonet.node.store.errors import StateDiscarded, UnknownBlock
from taonet.pallets.base_fee import DEFAULT_WEI, BaseFee
from taonet.pallets.ethereum import Ethereum
from taonet.pallets.ethereum.block import AnyReceipt, EthereumBlock, ReceiptData, TransactionStatus
from taonet.pallets.evm.types import U256

TRANSACTIONS_MAX = 200_000
"""So many transactions are found by their hash; older ones are forgotten first."""

BLOCKS_MAX = 100_000
"""So many blocks are found by Ethereum's hash."""

PAST_BLOCKS_MAX = 10_000
"""How far back a node that starts on an old chain looks, once, for what it has not seen."""


@dataclass(frozen=True)
class BlockView:
    """A block with what became of its transactions."""

    block: EthereumBlock
    block_hash: bytes
    number: int
    base_fee: int
    statuses: tuple[TransactionStatus, ...]
    receipts: tuple[ReceiptData, ...]

    def place(self, index: int) -> Place:
        """Where the transaction of an index stands."""
        return Place(self.block_hash, self.number, index, self.base_fee)

    def used_before(self, index: int) -> int:
        """The gas of the transactions before one."""
        return int(self.receipts[index - 1].used_gas) if index else 0

    def logs_before(self, index: int) -> int:
        """How many logs stand before those of a transaction."""
        return sum(len(receipt.logs) for receipt in self.receipts[:index])


class EthereumIndex:
    """Looks back once when it is first needed, and follows the chain from then on."""

    def __init__(self, backend: ChainBackend, feed: BlockFeed) -> None:
        self._backend = backend
        self._feed = feed
        self._transactions: OrderedDict[bytes, tuple[int, int]] = OrderedDict()
        self._blocks: OrderedDict[bytes, int] = OrderedDict()
        self._follows = False

    def view(self, number: int) -> BlockView | None:
        """A block, None if there is none or its state is not kept."""
        chain_hash = self._backend.hash_of(number)
        if chain_hash is None:
            return None
        try:
            state = self._backend.state_at(chain_hash)
        except (StateDiscarded, UnknownBlock):
            return None
        raw = state.get(Ethereum.current_block.prefix)
        hashed = state.get(Ethereum.block_hash.key(U256.of(number)))
        if raw is None or hashed is None:
            return None
        statuses = state.get(Ethereum.current_transaction_statuses.prefix) or b"\0"
        receipts = state.get(Ethereum.current_receipts.prefix) or b"\0"
        return BlockView(
            block=Ethereum.current_block.codec.decode(raw),
            block_hash=hashed,
            number=number,
            base_fee=self._price_of(number),
            statuses=Ethereum.current_transaction_statuses.codec.decode(statuses),
            receipts=tuple(
                receipt._0
                for receipt in Ethereum.current_receipts.codec.decode(receipts)
                if isinstance(receipt, AnyReceipt)
            ),
        )

    def begin(self) -> None:
        """Note what is there, and follow from now on; does nothing the second time."""
        if self._follows:
            return
        self._follows = True
        self._feed.listen(self._follow)
        header = self._backend.header(self._backend.best())
        newest = 0 if header is None else header.number
        for number in range(newest, max(newest - PAST_BLOCKS_MAX, -1), -1):
            try:
                self._note(number)
            except (StateDiscarded, UnknownBlock):
                break

    def number_of(self, ethereum_hash: bytes) -> int | None:
        """The number of the block of an Ethereum hash."""
        self.begin()
        return self._blocks.get(ethereum_hash)

    def transaction(self, key: bytes) -> tuple[BlockView, int] | None:
        """The block of a transaction, and its place there."""
        self.begin()
        found = self._transactions.get(key)
        if found is None:
            return None
        number, index = found
        view = self.view(number)
        if view is None or index >= len(view.statuses):
            return None
        # The chain may have been taken back and gone another way.
        return (view, index) if view.statuses[index].transaction_hash == key else None

    def _price_of(self, number: int) -> int:
        """What gas cost in a block: what the block before it left."""
        chain_hash = self._backend.hash_of(max(number - 1, 0))
        try:
            raw = None if chain_hash is None else self._state(chain_hash)
        except (StateDiscarded, UnknownBlock):
            raw = self._state(self._backend.best())
        return DEFAULT_WEI if raw is None else int(BaseFee.base_fee_per_gas.codec.decode(raw))

    def _state(self, chain_hash: bytes) -> bytes | None:
        return self._backend.state_at(chain_hash).get(BaseFee.base_fee_per_gas.prefix)

    def _follow(self, imported: BlockImported) -> None:
        self._note(imported.header.number)

    def _note(self, number: int) -> None:
        chain_hash = self._backend.hash_of(number)
        if chain_hash is None:
            return
        state = self._backend.state_at(chain_hash)
        hashed = state.get(Ethereum.block_hash.key(U256.of(number)))
        if hashed is None:
            return
        self._blocks[hashed] = number
        raw = state.get(Ethereum.current_transaction_statuses.prefix)
        if raw is not None and raw != b"\0":
            decoded = Ethereum.current_transaction_statuses.codec.decode(raw)
            for status in decoded:
                self._transactions[status.transaction_hash] = (number, status.transaction_index)
        _shorten(self._blocks, BLOCKS_MAX)
        _shorten(self._transactions, TRANSACTIONS_MAX)


def _shorten(entries: OrderedDict[bytes, Any], limit: int) -> None:
    while len(entries) > limit:
        entries.popitem(last=False)
