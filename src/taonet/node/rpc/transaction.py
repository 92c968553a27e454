"""
`transaction_v1_*`: submission whose outcome is seen in blocks only.

A transaction is offered to the pool once. What the pool refuses is not reported, as the
specification has it: the client sees that no block holds it.
"""

import secrets

import structlog

from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.errors import InvalidParams, Refusal
from taonet.node.rpc.exchange import Exchange
from taonet.node.rpc.method import method
from taonet.node.rpc.parameters import Extrinsic, Text

log = structlog.get_logger()


class TransactionMethods:
    """Broadcasting."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend

    @method("transaction_v1_broadcast", needs_exchange=True)
    async def broadcast(self, exchange: Exchange, transaction: Extrinsic) -> str | None:
        """Offer a transaction to the pool; an operation, or null at `broadcasts_max`."""
        session = exchange.session
        if len(session.broadcasts) >= session.limits.broadcasts_max:
            return None
        operation = secrets.token_hex(8)
        session.broadcasts.add(operation)
        try:
            await self._backend.submit(transaction)
        except Exception as error:
            if not isinstance(error, Refusal):
                session.broadcasts.discard(operation)
                raise
            log.debug("broadcast_refused", code=error.code, reason=error.message, data=error.data)
        return operation

    @method("transaction_v1_stop", needs_exchange=True)
    def stop(self, exchange: Exchange, operation_id: Text) -> None:
        """Forget a broadcast; what is in the pool stays there."""
        if operation_id not in exchange.session.broadcasts:
            raise InvalidParams("operation_id: no broadcast of this connection has it")
        exchange.session.broadcasts.discard(operation_id)
