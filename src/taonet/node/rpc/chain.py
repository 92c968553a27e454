"""`chain_*`: blocks and headers by hash or number, and news of them."""

from collections.abc import Mapping
from typing import Annotated, Any

from orjson import Fragment

from taonet.node.rpc.backend import ChainBackend, Stop
from taonet.node.rpc.errors import InvalidParams
from taonet.node.rpc.exchange import Subscription
from taonet.node.rpc.feed import BlockFeed
from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.method import method, subscription
from taonet.node.rpc.parameters import BlockHash, Kind, list_of, parse_count


def parse_block_numbers(value: Any) -> int | tuple[int, ...]:
    """A block number, or a list of them."""
    return list_of(parse_count)(value) if isinstance(value, list) else parse_count(value)


BlockNumbers = Annotated[
    int | tuple[int, ...], Kind(parse_block_numbers, ("hash", "number", "block_number"))
]


class ChainMethods:
    """Reads of the chain itself."""

    def __init__(self, backend: ChainBackend, feed: BlockFeed, limits: RpcLimits) -> None:
        self._backend = backend
        self._feed = feed
        self._limits = limits

    @method("chain_getHeader")
    def header(self, hash: BlockHash | None = None) -> Fragment | None:
        """The header of a block, or of the head; null if there is no such block."""
        encoded = self._feed.headers.json(hash or self._backend.best())
        return None if encoded is None else Fragment(encoded)

    @method("chain_getBlock")
    def block(self, hash: BlockHash | None = None) -> Mapping[str, Any] | None:
        """A block with its extrinsics; null if there is no such block."""
        block_hash = hash or self._backend.best()
        encoded = self._feed.headers.json(block_hash)
        body = self._backend.body(block_hash)
        if encoded is None or body is None:
            return None
        extrinsics = [f"0x{extrinsic.hex()}" for extrinsic in body]
        return {
            "block": {"header": Fragment(encoded), "extrinsics": extrinsics},
            "justifications": None,
        }

    @method("chain_getBlockHash", "chain_getHead")
    def block_hash(self, number: BlockNumbers | None = None) -> str | list[str | None] | None:
        """The hash at a number, null above the head; a list for a list; the head's without."""
        if number is None:
            return f"0x{self._backend.best().hex()}"
        if isinstance(number, int):
            return self._hash_text(number)
        if len(number) > self._limits.block_numbers_max:
            raise InvalidParams(
                f"number: block_numbers_max is {self._limits.block_numbers_max}, got {len(number)}"
            )
        return [self._hash_text(one) for one in number]

    @method("chain_getFinalizedHead", "chain_getFinalisedHead")
    def finalized_head(self) -> str:
        """The hash of the newest block that cannot be undone."""
        return f"0x{self._backend.finalized().hex()}"

    @subscription(
        "chain_subscribeNewHeads",
        "chain_subscribeNewHead",
        "subscribe_newHead",
        notifies="chain_newHead",
        ends=("chain_unsubscribeNewHeads", "chain_unsubscribeNewHead", "unsubscribe_newHead"),
    )
    def new_heads(self, subscription: Subscription) -> Stop:
        """The head's header, then each new one."""
        return self._feed.listen_headers(subscription.push_json)

    @subscription(
        "chain_subscribeAllHeads", notifies="chain_allHead", ends=("chain_unsubscribeAllHeads",)
    )
    def all_heads(self, subscription: Subscription) -> Stop:
        """As new heads: a chain without forks has no others."""
        return self._feed.listen_headers(subscription.push_json)

    @subscription(
        "chain_subscribeFinalizedHeads",
        "chain_subscribeFinalisedHeads",
        notifies="chain_finalizedHead",
        ends=("chain_unsubscribeFinalizedHeads", "chain_unsubscribeFinalisedHeads"),
    )
    def finalized_heads(self, subscription: Subscription) -> Stop:
        """The newest final header, then each that becomes final."""
        return self._feed.listen_finalized(subscription.push_json)

    def _hash_text(self, number: int) -> str | None:
        # A chain that was loaded from a snapshot knows its genesis by hash only.
        found = self._backend.genesis_hash if number == 0 else self._backend.hash_of(number)
        return None if found is None else f"0x{found.hex()}"
