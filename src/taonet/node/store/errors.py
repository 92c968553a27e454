"""
What can go wrong with a store.

StoreError
├── StoreFailed        the medium: full, unreadable, broken; the process should end
├── StoreChanged       another process wrote between reading and writing
├── StoreFormat        written by another layout than this one
├── InvalidStateKey    a key that the store cannot hold
├── BlockRefused       a block that does not continue the chain
│   ├── BlockGap           its number is not the next
│   ├── BlockConflict      another block stands at its number, or is its parent
│   └── BlockHashMismatch  its hash is not the hash of its header
├── UnknownBlock       a block that is not on this chain
└── StateDiscarded     a block whose state is no longer kept
"""


class StoreError(Exception):
    """The root of the tree; never raised itself."""


class StoreFailed(StoreError):
    """The medium failed. What was acknowledged before stands; nothing of the write is there."""


class StoreChanged(StoreError):
    """Another process wrote to the store; only one may."""


class StoreFormat(StoreError):
    """The store was written in a layout that this version does not read."""


class InvalidStateKey(StoreError, ValueError):
    """A state key that is empty or too long to be stored."""


class BlockRefused(StoreError):
    """A block that does not continue the chain; nothing was written."""


class BlockGap(BlockRefused):
    """A block that is not the next: one before it is missing."""


class BlockConflict(BlockRefused):
    """A block at whose height, or as whose parent, the chain has another block."""


class BlockHashMismatch(BlockRefused):
    """A block under a hash that is not its header's."""


class UnknownBlock(StoreError, LookupError):
    """A number or hash that no block of this chain has."""


class StateDiscarded(StoreError):
    """The block is known, its state was pruned. The text is the one that clients look for."""

    def __init__(self, block_hash: bytes) -> None:
        super().__init__(f"State already discarded for 0x{block_hash.hex()}")
        self.block_hash = block_hash
