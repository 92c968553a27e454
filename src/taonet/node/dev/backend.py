"""
What a developer's node can do beyond a real one, as the RPC sees it.

Whoever implements this owns the rules: these calls change the chain's only head, so each of them
is atomic on the event loop and none runs while a block is made.
"""

from collections.abc import Mapping
from typing import Protocol

from taonet.node.config import Sealing
from taonet.primitives.units import NetUid

DEV_REFUSED_CODE = 6000
"""Where Substrate's error codes of the `dev` namespace begin."""


class DevRefused(Exception):
    """A dev call that cannot be done as asked; nothing has changed. The text says why."""

    def __init__(self, message: str, *, code: int = DEV_REFUSED_CODE) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data: str | None = None


class DevBackend(Protocol):
    """
    Full control over one chain. Hashes are of blocks; every method may raise `DevRefused`, and
    leaves the chain as it was when it does.
    """

    def sealing(self) -> Sealing:
        """When blocks are made; what `resume` goes back to while paused."""

    def paused(self) -> bool:
        """Whether nothing but dev calls makes blocks."""

    async def new_block(self, count: int = 1) -> bytes:
        """Make `count` blocks (1 at least) of what is ready in the pool; the last one's hash."""

    async def step_to_epoch(self, netuid: NetUid) -> bytes:
        """Make blocks until the subnet's next epoch has run; the hash of the block it ran in."""

    async def set_storage(self, changes: Mapping[bytes, bytes | None]) -> bytes:
        """
        Write raw storage (None removes a key). The hash of the head at which it can be read: a
        block of its own, since a block's state root stands for its state.
        """

    async def time_travel(self, time_ms: int) -> int:
        """The next block's time, in ms since 1970, not before the head's; that time."""

    async def set_sealing(self, sealing: Sealing, interval_ms: int | None = None) -> None:
        """Make blocks otherwise from now on; `interval_ms` only with `Sealing.INTERVAL`."""

    async def pause(self) -> None:
        """Stop making blocks, whatever the sealing is; again is not an error."""

    async def resume(self) -> None:
        """Undo `pause`; again is not an error."""

    async def revert(self, block_hash: bytes) -> None:
        """Take back every block above this one, the pool's transactions included."""

    async def dump(self) -> bytes:
        """The head with its whole state, in a format that only `load` reads."""

    async def load(self, snapshot: bytes) -> bytes:
        """Replace the whole chain by what `dump` gave; the head's hash."""
