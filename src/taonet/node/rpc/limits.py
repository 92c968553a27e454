"""Everything that a stranger could grow, with its bound; an operator may set others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RpcLimits:
    """What one client may ask for; a request beyond a limit is refused and told which."""

    message_bytes_max: int = 15 << 20
    """Bytes of one request, as Substrate: the WebSocket is closed with 1009, HTTP says 413."""
    batch_length_max: int = 1024
    """Requests in one batch; the largest that a client sends is a page of storage reads."""
    batch_reply_bytes_max: int = 32 << 20
    """Bytes of a batch's replies; the requests that are left over then are refused."""
    connections_max: int = 1024
    """Open sockets of all ports together, HTTP and WebSocket: 503 above."""
    body_read_s_max: float = 30.0
    """Time that a client may take to send an HTTP body: 408 above."""
    subscriptions_max: int = 1024
    """Live subscriptions of one connection, as Substrate."""
    queued_notifications_max: int = 2048
    """Notifications that wait for one slow reader, before it is dropped."""
    queued_bytes_max: int = 64 << 20
    """Bytes of them."""
    keys_page_max: int = 1000
    """Keys a page of `state_getKeysPaged`, as Substrate."""
    keys_max: int = 100_000
    """Keys of an answer that isn't paged: `state_getKeys`, descendants of `chainHead_v1`."""
    query_keys_max: int = 10_000
    """Keys of one storage query or subscription."""
    query_blocks_max: int = 1_000
    """Blocks of one `state_queryStorage`."""
    block_numbers_max: int = 1_000
    """Numbers of one `chain_getBlockHash`."""
    follows_max: int = 4
    """`chainHead_v1_follow` subscriptions of one connection, as Substrate."""
    pinned_blocks_max: int = 512
    """Blocks that one of them pins before it is stopped, as Substrate."""
    operations_max: int = 16
    """Unfinished operations of one of them, as Substrate."""
    broadcasts_max: int = 16
    """Transactions that one connection broadcasts by `transaction_v1`, as Substrate."""
    dev_blocks_max: int = 10_000
    """Blocks that one dev call makes."""
