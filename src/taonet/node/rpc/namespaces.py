"""All namespaces over one chain: what a node offers, and the list of it that clients ask for."""

from collections.abc import Mapping

from taonet.node.rpc.author import AuthorMethods
from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.chain import ChainMethods
from taonet.node.rpc.chain_head import ChainHeadMethods
from taonet.node.rpc.chain_spec import ChainSpecMethods
from taonet.node.rpc.connection import Connection, Reply
from taonet.node.rpc.dev import DevMethods
from taonet.node.rpc.ethereum import EthereumMethods
from taonet.node.rpc.exchange import Session, Sink
from taonet.node.rpc.feed import BlockFeed
from taonet.node.rpc.limits import RpcLimits
from taonet.node.rpc.method import MethodTable, method
from taonet.node.rpc.payment import PaymentMethods
from taonet.node.rpc.runtime_calls import wrapped_methods
from taonet.node.rpc.state import StateMethods
from taonet.node.rpc.system import SystemMethods
from taonet.node.rpc.transaction import TransactionMethods


class _Listing:
    """`rpc_methods`: clients decide by it what they call."""

    def __init__(self, table: MethodTable) -> None:
        self._table = table

    @method("rpc_methods")
    def methods(self) -> Mapping[str, list[str]]:
        """Every method that is there."""
        return {"methods": self._table.names()}


class Rpc:
    """
    The RPC of one chain for any number of clients and any transport.

    `offer_dev` says that whoever can connect may control the chain; it needs `backend.dev`.
    """

    def __init__(
        self, backend: ChainBackend, limits: RpcLimits | None = None, *, offer_dev: bool = False
    ) -> None:
        self.limits = limits or RpcLimits()
        self.feed = BlockFeed(backend)
        self.table = MethodTable()
        namespaces: list[object] = [
            ChainMethods(backend, self.feed, self.limits),
            StateMethods(backend, self.feed, self.limits),
            AuthorMethods(backend),
            SystemMethods(backend),
            PaymentMethods(backend),
            ChainHeadMethods(backend, self.feed),
            ChainSpecMethods(backend),
            TransactionMethods(backend),
            EthereumMethods(backend, self.feed),
            _Listing(self.table),
        ]
        if offer_dev and backend.dev is not None:
            namespaces.append(DevMethods(backend, backend.dev, self.limits))
        for namespace in namespaces:
            self.table.add_namespace(namespace)
        for name, bound in wrapped_methods(backend):
            self.table.add(name, bound)

    def connect(self, sink: Sink | None = None) -> Connection:
        """A client; without a sink it cannot be notified."""
        return Connection(self.table, Session(self.limits, sink))

    async def handle(self, message: bytes) -> Reply:
        """The reply to one message of a client that is not heard of again."""
        connection = self.connect()
        try:
            return await connection.handle(message)
        finally:
            connection.close()

    def close(self) -> None:
        """Stop listening to the chain."""
        self.feed.close()
