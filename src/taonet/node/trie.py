"""
The commitment to a state: Substrate's base-16 Merkle trie over blake2-256.

`state_root` computes a root from nothing, plainly; `Trie` keeps every node's reference and hashes
again only what a change touches. Both give the same roots. No node is stored: a trie is rebuilt
from the flat state when a process starts.

A node encodes as `header ‖ partial key ‖ children bitmap ‖ value ‖ child references`. There are no
extension nodes: a branch carries the nibbles that its children share. A node of less than 32 bytes
stands in its parent as it is, any other by its hash. Under state version 1 a value of more than 32
bytes is replaced by its hash.

Source: polkadot-sdk, primitives/trie (`NodeCodec`, `LayoutV0`, `LayoutV1`) and the Polkadot
specification, section "Merkle proofs".
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import takewhile
from operator import eq

from taonet.primitives.hashing import blake2_256

EMPTY_ROOT = blake2_256(b"\x00")
"""The root of a trie without keys."""

KEY_BYTES_MAX = 32_767
"""The longest key whose number of nibbles a header of this format can tell."""

_HASH_BYTES = 32
_INLINE_VALUE_BYTES_MAX = 32
_HASH_REFERENCE = bytes([_HASH_BYTES << 2])
_LENGTH_PREFIX = [bytes([length << 2]) for length in range(_HASH_BYTES + 1)]


class StateVersion(IntEnum):
    """How long values are committed to: in the node (0), or by their hash (1)."""

    V0 = 0
    V1 = 1


class _Value(IntEnum):
    """What a node says about the value at its own key."""

    ABSENT = 0
    INLINE = 1
    HASHED = 2


# (header's first bits, how many of its low bits hold the number of nibbles)
_LEAF_HEADERS = {_Value.INLINE: (0b0100_0000, 6), _Value.HASHED: (0b0010_0000, 5)}
_BRANCH_HEADERS = {
    _Value.ABSENT: (0b1000_0000, 6),
    _Value.INLINE: (0b1100_0000, 6),
    _Value.HASHED: (0b0001_0000, 4),
}


class KeyTooLong(ValueError):
    """A trie key of more than `KEY_BYTES_MAX` bytes."""


@lru_cache(maxsize=2048)
def _header(first_bits: int, count_bits: int, nibbles: int) -> bytes:
    """The kind of a node and the length of its partial key."""
    if nibbles > 2 * KEY_BYTES_MAX + 1:
        raise KeyTooLong(f"a trie key has at most {KEY_BYTES_MAX} bytes")
    full = (1 << count_bits) - 1
    if nibbles < full:
        return bytes([first_bits | nibbles])
    more, last = divmod(nibbles - full, 255)
    return bytes([first_bits | full]) + b"\xff" * more + bytes([last])


def _compact(number: int) -> bytes:
    """SCALE's compact encoding of a number below 2**30."""
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return (number << 2 | 1).to_bytes(2, "little")
    return (number << 2 | 2).to_bytes(4, "little")


def _encode_value(value: bytes, version: StateVersion) -> tuple[_Value, bytes]:
    if version is StateVersion.V1 and len(value) > _INLINE_VALUE_BYTES_MAX:
        return _Value.HASHED, blake2_256(value)
    return _Value.INLINE, _compact(len(value)) + value


def _encode_head(kind: _Value, partial: str, bitmap: int) -> bytes:
    """All of a node that stands before its value; a bitmap of 0 makes a leaf."""
    headers = _BRANCH_HEADERS if bitmap else _LEAF_HEADERS
    nibbles = len(partial)
    head = _header(*headers[kind], nibbles) + bytes.fromhex(
        "0" + partial if nibbles & 1 else partial
    )
    return head + bitmap.to_bytes(2, "little") if bitmap else head


def _reference(encoded: bytes) -> bytes:
    """How a parent holds a node: its bytes if they are few, else their hash."""
    if len(encoded) < _HASH_BYTES:
        return _LENGTH_PREFIX[len(encoded)] + encoded
    return _HASH_REFERENCE + blake2b(encoded, digest_size=_HASH_BYTES).digest()


def _common_nibbles(left: bytes, right: bytes) -> int:
    length = min(len(left), len(right))
    difference = int.from_bytes(left[:length], "big") ^ int.from_bytes(right[:length], "big")
    return 2 * length - (difference.bit_length() + 3) // 4


def state_root(
    items: Iterable[tuple[bytes, bytes]], version: StateVersion = StateVersion.V1
) -> bytes:
    """
    The root over `items`, of any order but without repeated keys. 32 bytes.

    Cost: about 20 µs a key; recursion is as deep as branches lie under each other.
    """
    ordered = sorted((key.hex(), value) for key, value in items)
    if not ordered:
        return EMPTY_ROOT
    return blake2_256(_encode_subtree(ordered, 0, version))


def ordered_root(values: Sequence[bytes], version: StateVersion = StateVersion.V0) -> bytes:
    """
    The root over a list, each value under its SCALE compact index: the extrinsics root.

    Source: `extrinsics_data_root` of frame-system; a runtime of `system_version` 1, as
    Bittensor's (subtensor runtime/src/lib.rs @ 14bc6f9), commits to extrinsics under state
    version 0 although its state is of version 1.
    """
    return state_root(((_compact(i), value) for i, value in enumerate(values)), version)


def _encode_subtree(items: list[tuple[str, bytes]], start: int, version: StateVersion) -> bytes:
    """The node that holds `items` (sorted, keys in nibbles), of which `start` lie above it."""
    first, last = items[0][0], items[-1][0]
    shared = sum(1 for _ in takewhile(bool, map(eq, first[start:], last[start:])))
    end = start + shared
    kind, payload = _Value.ABSENT, b""
    if len(first) == end:
        kind, payload = _encode_value(items[0][1], version)
        items = items[1:]
    groups: dict[int, list[tuple[str, bytes]]] = {}
    for item in items:
        groups.setdefault(int(item[0][end], 16), []).append(item)
    bitmap = sum(1 << nibble for nibble in groups)
    references = (_reference(_encode_subtree(group, end + 1, version)) for group in groups.values())
    return _encode_head(kind, first[start:end], bitmap) + payload + b"".join(references)


def _partial(head: bytes) -> str:
    """The nibbles of a partial key, read back from the head that tells them."""
    first = head[0]
    full = 0x3F if first >= 0b0100_0000 else 0x1F if first >= 0b0010_0000 else 0x0F
    nibbles, start = first & full, 1
    if nibbles == full:
        while head[start] == 0xFF:
            nibbles += 255
            start += 1
        nibbles += head[start]
        start += 1
    written = head[start : start + (nibbles + 1) // 2].hex()
    return written[1:] if nibbles & 1 else written


class _Node:
    """
    A leaf or branch, as lean as a hundred thousand of them should be: the value is the state's
    own object, and the partial key stands in the head only, which few changes touch.
    """

    __slots__ = (
        "bitmap", "children", "depth", "head", "kind", "parent", "reference", "stale", "value",
    )  # fmt: skip

    def __init__(self, partial: str, depth: int) -> None:
        self.depth = depth
        """Nibbles of the whole path down to and with the partial key; splits and merges keep it."""
        self.parent: _Node | None = None
        self.bitmap = 0
        self.children: list[_Node] | None = None
        """A branch's, by nibble; `bitmap` says which there are."""
        self.kind = _Value.ABSENT
        self.value = b""
        """The value, or its hash if the kind is `HASHED`."""
        self.head = _encode_head(_Value.INLINE, partial, 0)
        self.reference = b""
        """How the parent holds this node; out of date while `stale`."""
        self.stale = False

    @property
    def partial(self) -> str:
        """The nibbles between the parent's slot and this node's value or children."""
        return _partial(self.head)

    def encoded(self) -> bytes:
        """The node's own bytes, its children by reference."""
        kind, children = self.kind, self.children
        if children is None:
            if kind is _Value.INLINE:
                return self.head + _LENGTH_PREFIX[len(self.value)] + self.value
            return self.head + self.value
        encoded = self.head
        if kind is _Value.INLINE:
            encoded += _LENGTH_PREFIX[len(self.value)]
        return b"".join([encoded, self.value, *[child.reference for child in children]])

    def rewrite(self, partial: str | None = None) -> None:
        """Make the head anew, after the kind or the children changed or for another partial."""
        self.head = _encode_head(
            self.kind, self.partial if partial is None else partial, self.bitmap
        )

    def place_of(self, slot: int) -> int:
        """How many children stand before the one at `slot`."""
        return (self.bitmap & (1 << slot) - 1).bit_count()

    def child(self, slot: int) -> "_Node | None":
        """The child at a nibble."""
        if self.children is None or not self.bitmap >> slot & 1:
            return None
        return self.children[self.place_of(slot)]


class Trie:
    """
    The trie of one state, version 1, in memory (about 0.5 kB a key beside the key and its value).

    `items` must ascend by key without repeats. `update` takes any changes; `root` then hashes the
    touched nodes, deepest first, so that a node is hashed once however many keys below it changed.
    To go back, update with the previous values.
    """

    def __init__(self, items: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._nodes: dict[bytes, _Node] = {}
        """Each key's own node: a change of a value needs no walk from the top."""
        self._top: _Node | None = None
        self._root = EMPTY_ROOT
        self._stale: list[list[_Node]] = [[]]
        """Nodes whose reference is out of date, by depth."""
        self._build(items)

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, key: bytes) -> bool:
        return key in self._nodes

    def update(self, changes: Mapping[bytes, bytes | None]) -> None:
        """Set keys to values; `None` removes a key, and may name one that is not there."""
        nodes, stale = self._nodes, self._stale
        for key, value in changes.items():
            node = nodes.get(key)
            if value is None:
                if node is not None:
                    del nodes[key]
                    self._remove(node)
                continue
            kind, held = _Value.INLINE, value
            if len(value) > _INLINE_VALUE_BYTES_MAX:
                kind, held = _Value.HASHED, blake2_256(value)
            if node is None:
                node = nodes[key] = self._place(key.hex())
            elif node.value == held and node.kind is kind:
                continue
            node.value = held
            if node.kind is not kind:
                node.kind = kind
                node.rewrite()
            if not node.stale:
                node.stale = True
                stale[node.depth].append(node)

    def root(self) -> bytes:
        """The root of the present state, 32 bytes; costs nothing when nothing changed."""
        if self._top is None:
            self._root = EMPTY_ROOT
        stale = self._stale
        for level in reversed(stale):
            for node in level:
                if not node.stale:
                    continue
                node.stale = False
                encoded = node.encoded()
                parent = node.parent
                if parent is None:
                    self._root = blake2_256(encoded)
                    continue
                if len(encoded) < _HASH_BYTES:
                    node.reference = _LENGTH_PREFIX[len(encoded)] + encoded
                else:
                    digest = blake2b(encoded, digest_size=_HASH_BYTES).digest()
                    node.reference = _HASH_REFERENCE + digest
                if not parent.stale:
                    parent.stale = True
                    stale[parent.depth].append(parent)
            level.clear()
        return self._root

    def _mark(self, node: _Node) -> None:
        """Have `node` hashed again."""
        if not node.stale:
            node.stale = True
            self._stale[node.depth].append(node)

    def _build(self, items: Iterable[tuple[bytes, bytes]]) -> None:
        """One pass along the right edge: each key hangs below what it shares with the last."""
        edge: list[_Node] = []
        previous: bytes | None = None
        for key, value in items:
            if previous is None:
                node = self._top = self._new_node(key.hex(), 0)
            else:
                if key <= previous:
                    raise ValueError(f"trie keys must ascend: {key.hex()} after {previous.hex()}")
                node = self._append(key.hex(), _common_nibbles(previous, key), edge)
            if len(value) > _INLINE_VALUE_BYTES_MAX:
                node.kind, node.value = _Value.HASHED, blake2_256(value)
                node.rewrite()
            else:
                node.kind, node.value = _Value.INLINE, value
            edge.append(node)
            self._nodes[key] = node
            previous = key

    def _append(self, nibbles: str, shared: int, edge: list[_Node]) -> _Node:
        """A new leaf right of all others; `edge` runs from the top to the last leaf."""
        below: _Node | None = None
        while edge and edge[-1].depth > shared:
            below = edge.pop()
        if not edge or edge[-1].depth < shared:
            assert below is not None
            edge.append(self._split(below, shared))
        return self._attach(edge[-1], nibbles)

    def _place(self, nibbles: str) -> _Node:
        """The node of a key that has none yet."""
        node = self._top
        if node is None:
            self._top = self._new_node(nibbles, 0)
            return self._top
        while True:
            partial = node.partial
            start = node.depth - len(partial)
            if not nibbles.startswith(partial, start):
                shared = sum(1 for _ in takewhile(bool, map(eq, partial, nibbles[start:])))
                node = self._split(node, start + shared)
            if node.depth == len(nibbles):
                return node
            child = node.child(int(nibbles[node.depth], 16))
            if child is None:
                return self._attach(node, nibbles)
            node = child

    def _new_node(self, nibbles: str, start: int) -> _Node:
        node = _Node(nibbles[start:], len(nibbles))
        while len(self._stale) <= node.depth:
            self._stale.append([])
        self._mark(node)
        return node

    def _attach(self, branch: _Node, nibbles: str) -> _Node:
        """A new leaf for `nibbles` directly below `branch`, where nothing stands yet."""
        leaf = self._new_node(nibbles, branch.depth + 1)
        self._hang(leaf, branch, int(nibbles[branch.depth], 16))
        return leaf

    def _hang(self, node: _Node, branch: _Node, slot: int) -> None:
        """Make `node` the child of `branch` at `slot`, where nothing stands."""
        if branch.children is None:
            branch.children = []
        branch.children.insert(branch.place_of(slot), node)
        branch.bitmap |= 1 << slot
        branch.rewrite()
        node.parent = branch
        self._mark(branch)

    def _split(self, node: _Node, depth: int) -> _Node:
        """Put a branch that ends at `depth` between `node` and its parent."""
        partial = node.partial
        cut = depth - (node.depth - len(partial))
        branch = _Node(partial[:cut], depth)
        self._mark(branch)
        self._replace(node, branch)
        self._hang(node, branch, int(partial[cut], 16))
        node.rewrite(partial[cut + 1 :])
        self._mark(node)
        return branch

    def _replace(self, old: _Node, new: _Node) -> None:
        """Let `new` stand where `old` does."""
        branch = new.parent = old.parent
        if branch is None:
            self._top = new
            return
        assert branch.children is not None
        branch.children[branch.children.index(old)] = new

    def _remove(self, node: _Node) -> None:
        """Take the value from `node`, and the nodes that no longer serve with it."""
        node.kind = _Value.ABSENT
        node.value = b""
        if not node.bitmap:
            # A node that is off the trie may still stand in a list of stale ones.
            node.stale = False
            branch = node.parent
            if branch is None:
                self._top = None
                return
            self._unhang(node, branch)
            node = branch
        self._mark(node)
        only_child = node.bitmap & (node.bitmap - 1) == 0
        if node.bitmap and only_child and node.kind is _Value.ABSENT:
            self._merge(node)
        else:
            node.rewrite()

    def _unhang(self, node: _Node, branch: _Node) -> None:
        """Take `node` from the children of `branch`."""
        children = branch.children
        assert children is not None
        place = children.index(node)
        del children[place]
        before = branch.bitmap
        for _ in range(place):
            before &= before - 1
        branch.bitmap ^= before & -before
        if not children:
            branch.children = None

    def _merge(self, branch: _Node) -> None:
        """Let the only child of a branch without value take the branch's place."""
        slot = branch.bitmap.bit_length() - 1
        assert branch.children is not None
        (child,) = branch.children
        branch.stale = False
        self._replace(branch, child)
        child.rewrite(f"{branch.partial}{slot:x}{child.partial}")
        self._mark(child)
