"""`author_*`: transactions on their way into a block."""

from typing import Any

from taonet.node.rpc.backend import ChainBackend, Stop
from taonet.node.rpc.exchange import Subscription
from taonet.node.rpc.method import method, subscription
from taonet.node.rpc.parameters import Extrinsic

LAST_STATUSES = frozenset({"invalid", "dropped", "finalized", "usurped", "finalityTimeout"})
"""After these nothing more becomes of a transaction."""


class AuthorMethods:
    """Submission to the pool."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend

    @method("author_submitExtrinsic")
    async def submit(self, extrinsic: Extrinsic) -> str:
        """Put a transaction in the pool; its hash."""
        return f"0x{(await self._backend.submit(extrinsic)).hex()}"

    @method("author_pendingExtrinsics")
    def pending(self) -> list[str]:
        """The transactions that are ready for a block."""
        return [f"0x{raw.hex()}" for raw in self._backend.pending()]

    @subscription(
        "author_submitAndWatchExtrinsic",
        notifies="author_extrinsicUpdate",
        ends=("author_unwatchExtrinsic",),
    )
    async def submit_and_watch(self, subscription: Subscription, extrinsic: Extrinsic) -> Stop:
        """Put a transaction in the pool, and say what becomes of it until nothing more does."""

        def tell(status: Any) -> None:
            subscription.push(status)
            name = next(iter(status), "") if isinstance(status, dict) else status
            if name in LAST_STATUSES:
                subscription.end()

        _, stop = await self._backend.submit_and_watch(extrinsic, tell)
        return stop
