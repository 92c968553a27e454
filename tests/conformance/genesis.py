"""The state root: the public testnet's raw genesis must hash to the testnet's genesis hash."""

import json
from pathlib import Path

from taonet.node.trie import EMPTY_ROOT, Trie, state_root
from taonet.primitives.hashing import blake2_256

GENESIS_HASH = "8f9cf856bf558a14440e75569c9e58594757048d7b3a84b5d25f6bd978263105"
"""Of the public testnet."""


def _header_hash(root: bytes) -> str:
    """The hash of a genesis header: no parent, number 0, no extrinsics, no digest."""
    return blake2_256(bytes(32) + b"\x00" + root + EMPTY_ROOT + b"\x00").hex()


def check(shared: Path) -> None:
    """Raise `AssertionError`, with both hashes, unless both ways to a root give the testnet's."""
    specification = json.loads((shared / "vectors" / "testfinney-genesis.json").read_text())
    state = {
        bytes.fromhex(key.removeprefix("0x")): bytes.fromhex(value.removeprefix("0x"))
        for key, value in specification["genesis"]["raw"]["top"].items()
    }
    roots = {
        "plain": state_root(state.items()),
        "incremental": Trie(sorted(state.items())).root(),
    }
    for way, root in roots.items():
        found = _header_hash(root)
        assert found == GENESIS_HASH, (
            f"{way} trie: genesis hash {found}, the testnet's is {GENESIS_HASH}"
        )
