"""
`eth_*`, `net_*`, `web3_*`: the chain as Ethereum's wallets, libraries and tools see it.

Blocks, transactions and receipts are found by Ethereum's hashes, which differ from the chain's own
(`ethereum_index`); calls are in `ethereum_calls`, shapes in `ethereum_format`. There are no filters
to be polled and no `eth_subscribe`: tools fall back to asking for blocks and logs.

Source: frontier client/rpc/src; https://ethereum.github.io/execution-apis.
"""

from typing import Final

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.errors import Refusal
from taonet.node.rpc.ethereum_calls import EthereumCalls, EthereumError
from taonet.node.rpc.ethereum_format import (
    Address,
    Block,
    BlockChoice,
    CallObject,
    Filter,
    JsonObject,
    LogFilter,
    Place,
    Quantity,
    block_json,
    hexed,
    log_json,
    receipt_json,
    transaction_json,
)
from taonet.node.rpc.ethereum_index import BlockView, EthereumIndex
from taonet.node.rpc.feed import BlockFeed
from taonet.node.rpc.method import method
from taonet.node.rpc.parameters import BlockHash, Flag, Hex, Json
from taonet.node.store.errors import StateDiscarded, UnknownBlock
from taonet.pallets.balances import EXISTENTIAL_DEPOSIT
from taonet.pallets.base_fee import DEFAULT_WEI, BaseFee
from taonet.pallets.ethereum.transaction import (
    MalformedTransaction,
    Transaction,
    decode_transaction,
    facts_of,
    sender_of,
    transaction_hash,
)
from taonet.pallets.evm import Contracts
from taonet.pallets.evm.types import WEI_PER_RAO, mirror_account
from taonet.pallets.evm.validation import Refusal as Reason
from taonet.pallets.evm_chain_id import EvmChainId
from taonet.pallets.subtensor.evm_keys import keccak_256
from taonet.pallets.system import AccountInfo, System
from taonet.primitives.ids import H256
from taonet.runtime.extrinsic import decode_extrinsic, encode_bare
from taonet.runtime.pallets import CALLS, CODECS
from taonet.runtime.self_contained import is_self_contained
from taonet.runtime.transaction_validity import TEXTS, Invalid
from taonet.scale.codec import MalformedScale

LOG_BLOCKS_MAX: Final = 1_000
"""Blocks that one `eth_getLogs` walks."""

LOGS_MAX: Final = 10_000
"""Logs that one `eth_getLogs` returns."""

FEE_HISTORY_BLOCKS_MAX: Final = 1_024
"""Blocks of one `eth_feeHistory`, as Ethereum's own nodes."""

_POOL_TEXTS: Final[dict[str, str]] = {
    TEXTS[Invalid.STALE]: "nonce too low",
    TEXTS[Invalid.PAYMENT]: "insufficient funds for gas * price + value",
    TEXTS[Invalid.EXHAUSTS_RESOURCES]: "exceeds block gas limit",
    TEXTS[Invalid.BAD_SIGNER]: "sender not an eoa",
    TEXTS[Invalid.CALL]: "contract creation is not allowed: the address is not whitelisted",
}

_CUSTOM_TEXTS: Final[dict[Reason, str]] = {
    Reason.GAS_LIMIT_TOO_LOW: "intrinsic gas too low",
    Reason.GAS_LIMIT_TOO_HIGH: "exceeds block gas limit",
    Reason.GAS_PRICE_TOO_LOW: "max fee per gas less than block base fee",
    Reason.PRIORITY_FEE_TOO_HIGH: "max priority fee per gas higher than max fee per gas",
    Reason.INVALID_CHAIN_ID: "invalid chain id",
    Reason.INVALID_SIGNATURE: "invalid sender",
    Reason.UNKNOWN: "transaction type not supported",
}

_ALREADY_KNOWN = (1012, 1013)
_UNDERPRICED = 1014


class EthereumMethods:
    """Ethereum's methods over one chain; quantities are hexadecimal, amounts in wei."""

    def __init__(self, backend: ChainBackend, feed: BlockFeed) -> None:
        self._backend = backend
        self._index = EthereumIndex(backend, feed)
        self._calls = EthereumCalls(backend)

    @method("eth_chainId")
    def chain_id(self) -> str:
        """The EVM chain's number."""
        return hex(self._chain_id())

    @method("net_version")
    def net_version(self) -> str:
        """The same in decimal."""
        return str(self._chain_id())

    @method("net_listening")
    def net_listening(self) -> bool:
        """Always: whoever asks was heard."""
        return True

    @method("net_peerCount")
    def net_peer_count(self) -> str:
        """No other nodes."""
        return hex(0)

    @method("web3_clientVersion")
    def client_version(self) -> str:
        """The node's name."""
        return "taonet"

    @method("web3_sha3")
    def sha3(self, data: Hex) -> str:
        """Keccak-256."""
        return hexed(keccak_256(data))

    @method("eth_protocolVersion")
    def protocol_version(self) -> str:
        """Of Ethereum's wire between nodes, which is not spoken here."""
        return hex(1)

    @method("eth_syncing")
    def syncing(self) -> bool:
        """Never: the head is what there is."""
        return False

    @method("eth_mining")
    def mining(self) -> bool:
        """Nothing is mined."""
        return False

    @method("eth_hashrate")
    def hashrate(self) -> str:
        """Nothing is mined."""
        return hex(0)

    @method("eth_accounts")
    def accounts(self) -> list[str]:
        """None: the node keeps no keys."""
        return []

    @method("eth_coinbase")
    def coinbase(self) -> str:
        """The head's author."""
        view = self._index.view(self._head())
        return hexed(bytes(20) if view is None else view.block.header.beneficiary)

    @method("eth_blockNumber")
    def block_number(self) -> str:
        """The head's number."""
        return hex(self._head())

    @method("eth_gasPrice")
    def gas_price(self) -> str:
        """What the next block takes for a unit of gas."""
        return hex(self._base_fee(self._backend.best()))

    @method("eth_maxPriorityFeePerGas")
    def max_priority_fee(self) -> str:
        """A tip buys nothing here, and is not taken."""
        return hex(0)

    @method("eth_feeHistory")
    def fee_history(
        self, block_count: Quantity, newest_block: Block, reward_percentiles: Json = None
    ) -> JsonObject:
        """Prices and how full blocks were, of up to 1024 blocks, and the next block's price."""
        newest = self._number(newest_block)
        count = max(min(block_count, FEE_HISTORY_BLOCKS_MAX, newest + 1), 1)
        views = [self._index.view(number) for number in range(newest - count + 1, newest + 1)]
        known = [view for view in views if view is not None]
        if not known:
            raise EthereumError("header not found")
        chain_hash = self._backend.hash_of(newest)
        following = DEFAULT_WEI if chain_hash is None else self._base_fee(chain_hash)
        told: JsonObject = {
            "oldestBlock": hex(known[0].number),
            "baseFeePerGas": [hex(view.base_fee) for view in known] + [hex(following)],
            "gasUsedRatio": [_gas_used_ratio(view) for view in known],
        }
        if reward_percentiles:
            told["reward"] = [[hex(0)] * len(reward_percentiles) for _ in known]
        return told

    @method("eth_getBalance")
    def get_balance(self, address: Address, block: Block | None = None) -> str:
        """What the mirror account can spend and live on."""
        info = self._account(address, block)
        data = info.data
        untouchable = max(data.frozen - data.reserved, EXISTENTIAL_DEPOSIT)
        return hex(max(data.free - untouchable, 0) * WEI_PER_RAO)

    @method("eth_getTransactionCount")
    def get_transaction_count(self, address: Address, block: Block | None = None) -> str:
        """The address's next nonce; `pending` counts what waits in the pool."""
        if block is not None and block.tag == "pending" and block.number is None:
            return hex(self._backend.account_next_index(mirror_account(address)))
        return hex(self._account(address, block).nonce)

    @method("eth_getCode")
    def get_code(self, address: Address, block: Block | None = None) -> str:
        """A contract's code."""
        raw = self._read(Contracts.account_codes.key(address), block)
        return hexed(b"" if raw is None else Contracts.account_codes.codec.decode(raw))

    @method("eth_getStorageAt")
    def get_storage_at(
        self, address: Address, position: Quantity, block: Block | None = None
    ) -> str:
        """A slot of a contract's storage."""
        slot = H256(position.to_bytes(32, "big"))
        raw = self._read(Contracts.account_storages.key((address, slot)), block)
        return hexed(bytes(32) if raw is None else raw)

    @method("eth_call")
    def call(self, transaction: CallObject, block: Block | None = None) -> str:
        """What a call would return; nothing is done."""
        return hexed(self._calls.call(transaction, self._chain_hash(block)))

    @method("eth_estimateGas")
    def estimate_gas(self, transaction: CallObject, block: Block | None = None) -> str:
        """Enough gas for a transaction."""
        return hex(self._calls.estimate(transaction, self._chain_hash(block)))

    @method("eth_sendRawTransaction")
    async def send_raw_transaction(self, transaction: Hex) -> str:
        """Put a signed transaction in the pool; its hash."""
        try:
            decoded = decode_transaction(transaction)
        except MalformedTransaction as error:
            raise EthereumError(str(error)) from error
        call = Call(*CALLS["Ethereum", "transact"], (decoded,))
        # Who sends asks for the receipt, perhaps when the block's state is not kept any more.
        self._index.begin()
        try:
            await self._backend.submit(encode_bare(CODECS.of(RUNTIME_CALL).encode(call)))
        except Exception as error:
            if not isinstance(error, Refusal):
                raise
            raise _pool_error(error) from error
        return hexed(transaction_hash(decoded))

    @method("eth_getTransactionByHash")
    def get_transaction_by_hash(self, transaction_hash: BlockHash) -> JsonObject | None:
        """A transaction, in a block or still waiting."""
        found = self._index.transaction(transaction_hash)
        if found is not None:
            return self._transaction(*found)
        return self._waiting(transaction_hash)

    @method("eth_getTransactionReceipt")
    def get_transaction_receipt(self, transaction_hash: BlockHash) -> JsonObject | None:
        """What became of a transaction."""
        found = self._index.transaction(transaction_hash)
        return None if found is None else _receipt(*found)

    @method("eth_getBlockByNumber")
    def get_block_by_number(self, block: Block, *, full: Flag = False) -> JsonObject | None:
        """A block with its transactions, or with their hashes."""
        return self._block(self._index.view(self._number(block)), full=full)

    @method("eth_getBlockByHash")
    def get_block_by_hash(self, block_hash: BlockHash, *, full: Flag = False) -> JsonObject | None:
        """A block by Ethereum's hash of it."""
        number = self._index.number_of(block_hash)
        return None if number is None else self._block(self._index.view(number), full=full)

    @method("eth_getBlockReceipts")
    def get_block_receipts(self, block: Block) -> list[JsonObject] | None:
        """The receipts of all transactions of a block."""
        view = self._index.view(self._number(block))
        if view is None:
            return None
        return [_receipt(view, index) for index in range(len(view.statuses))]

    @method("eth_getBlockTransactionCountByNumber")
    def get_block_transaction_count(self, block: Block) -> str | None:
        """How many Ethereum transactions a block holds."""
        view = self._index.view(self._number(block))
        return None if view is None else hex(len(view.statuses))

    @method("eth_getBlockTransactionCountByHash")
    def get_block_transaction_count_by_hash(self, block_hash: BlockHash) -> str | None:
        """The same by Ethereum's hash of the block."""
        number = self._index.number_of(block_hash)
        view = None if number is None else self._index.view(number)
        return None if view is None else hex(len(view.statuses))

    @method("eth_getTransactionByBlockNumberAndIndex")
    def get_transaction_by_place(self, block: Block, index: Quantity) -> JsonObject | None:
        """The transaction at a place of a block."""
        view = self._index.view(self._number(block))
        if view is None or index >= len(view.statuses):
            return None
        return self._transaction(view, index)

    @method("eth_getUncleCountByBlockNumber")
    def get_uncle_count(self, block: Block) -> str:
        """None: there are no forks."""
        del block
        return hex(0)

    @method("eth_getLogs")
    def get_logs(self, filter_: Filter) -> list[JsonObject]:
        """Logs of up to 1000 blocks that a filter lets through."""
        if filter_.block_hash is not None:
            number = self._index.number_of(filter_.block_hash)
            if number is None:
                raise EthereumError("unknown block")
            start = end = number
        else:
            start = self._number(filter_.start)
            end = min(self._number(filter_.end), self._head())
        if end - start >= LOG_BLOCKS_MAX:
            raise EthereumError(
                f"block range is too wide: {end - start + 1} blocks, at most {LOG_BLOCKS_MAX}"
            )
        found: list[JsonObject] = []
        for number in range(start, end + 1):
            view = self._index.view(number)
            if view is not None and view.statuses:
                found.extend(_logs(view, filter_))
            if len(found) > LOGS_MAX:
                raise EthereumError(f"query returned more than {LOGS_MAX} results")
        return found

    def _head(self) -> int:
        header = self._backend.header(self._backend.best())
        assert header is not None
        return header.number

    def _number(self, choice: BlockChoice) -> int:
        if choice.block_hash is not None:
            number = self._index.number_of(choice.block_hash)
            if number is None:
                raise EthereumError("header not found")
            return number
        if choice.number is not None:
            return choice.number
        return 0 if choice.tag == "earliest" else self._head()

    def _chain_hash(self, choice: BlockChoice | None) -> bytes:
        if choice is None:
            return self._backend.best()
        chain_hash = self._backend.hash_of(self._number(choice))
        if chain_hash is None:
            raise EthereumError("header not found")
        return chain_hash

    def _read(self, key: bytes, choice: BlockChoice | None) -> bytes | None:
        try:
            return self._backend.state_at(self._chain_hash(choice)).get(key)
        except (StateDiscarded, UnknownBlock) as error:
            raise EthereumError("missing trie node: the block's state is not kept") from error

    def _account(self, address: bytes, choice: BlockChoice | None) -> AccountInfo:
        raw = self._read(System.account.key(mirror_account(address)), choice)
        return System.account.default if raw is None else System.account.codec.decode(raw)

    def _chain_id(self) -> int:
        raw = self._read(EvmChainId.chain_id.prefix, None)
        return 0 if raw is None else EvmChainId.chain_id.codec.decode(raw)

    def _base_fee(self, chain_hash: bytes) -> int:
        raw = self._backend.state_at(chain_hash).get(BaseFee.base_fee_per_gas.prefix)
        return DEFAULT_WEI if raw is None else int(BaseFee.base_fee_per_gas.codec.decode(raw))

    def _block(self, view: BlockView | None, *, full: bool) -> JsonObject | None:
        if view is None:
            return None
        if full:
            whole = [self._transaction(view, index) for index in range(len(view.statuses))]
            return block_json(view.block, view.block_hash, view.base_fee, whole)
        hashes = [hexed(status.transaction_hash) for status in view.statuses]
        return block_json(view.block, view.block_hash, view.base_fee, hashes)

    def _transaction(self, view: BlockView, index: int) -> JsonObject:
        status = view.statuses[index]
        transaction = view.block.transactions[index]
        place = view.place(index)
        return transaction_json(transaction, status.transaction_hash, status.from_, place)

    def _waiting(self, key: bytes) -> JsonObject | None:
        """A transaction that is ready for a block."""
        for raw in self._backend.pending():
            transaction = _ethereum_transaction(raw)
            if transaction is not None and transaction_hash(transaction) == key:
                source = sender_of(facts_of(transaction)) or bytes(20)
                return transaction_json(transaction, key, source, None)
        return None


def _ethereum_transaction(raw: bytes) -> Transaction | None:
    try:
        call = decode_extrinsic(CODECS, raw).call
    except MalformedScale:
        return None
    if not is_self_contained(call):
        return None
    transaction: Transaction = call.arguments[0]
    return transaction


def _pool_error(refusal: Refusal) -> EthereumError:
    """A refusal of the pool in the words of Ethereum's own nodes."""
    if refusal.code in _ALREADY_KNOWN:
        return EthereumError("already known")
    if refusal.code == _UNDERPRICED:
        return EthereumError("replacement transaction underpriced")
    text = refusal.data or refusal.message
    if text.startswith("Custom error: "):
        number = int(text.removeprefix("Custom error: "))
        known = {int(reason): said for reason, said in _CUSTOM_TEXTS.items()}
        return EthereumError(known.get(number, "transaction validation error"))
    return EthereumError(_POOL_TEXTS.get(text, text))


def _gas_used_ratio(view: BlockView) -> float:
    """For JSON alone, which has it as a number between 0 and 1."""
    header = view.block.header
    return int(header.gas_used) / int(header.gas_limit)


def _receipt(view: BlockView, index: int) -> JsonObject:
    return receipt_json(
        view.block.transactions[index],
        view.statuses[index],
        view.receipts[index],
        view.used_before(index),
        view.place(index),
        view.logs_before(index),
    )


def _logs(view: BlockView, wanted: LogFilter) -> list[JsonObject]:
    found, number = [], 0
    for index, status in enumerate(view.statuses):
        place: Place = view.place(index)
        for log in status.logs:
            if _matches(log.address, log.topics, wanted):
                found.append(log_json(log, status, place, number))
            number += 1
    return found


def _matches(address: bytes, topics: tuple[H256, ...], wanted: LogFilter) -> bool:
    if wanted.addresses and address not in wanted.addresses:
        return False
    if len(wanted.topics) > len(topics):
        return False
    return all(
        not allowed or topic in allowed
        for allowed, topic in zip(wanted.topics, topics, strict=False)
    )
