"""The trie: plain and incremental roots agree, and both are Substrate's."""

from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.node.trie import (
    EMPTY_ROOT,
    KEY_BYTES_MAX,
    KeyTooLong,
    StateVersion,
    Trie,
    ordered_root,
    state_root,
)


def blake(data: bytes) -> bytes:
    return blake2b(data, digest_size=32).digest()


# Few distinct bytes, so that keys are often prefixes of each other and branches often split.
KEYS = st.binary(max_size=4).map(lambda raw: bytes(byte & 0x11 for byte in raw)) | st.binary(
    max_size=40
)
VALUES = st.binary(max_size=8) | st.sampled_from([b"", b"v" * 32, b"v" * 33, b"v" * 70])
CHANGES = st.dictionaries(KEYS, st.none() | VALUES, max_size=12)


def test_the_empty_trie_has_substrates_root() -> None:
    known = bytes.fromhex("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314")

    assert known == EMPTY_ROOT == Trie().root() == state_root([]) == ordered_root([])


@pytest.mark.parametrize(
    ("value", "node"),
    [
        (b"cat", b"\x44" + b"\x01\x02" + b"\x0ccat"),
        (b"v" * 32, b"\x44" + b"\x01\x02" + b"\x80" + b"v" * 32),
        (b"v" * 33, b"\x24" + b"\x01\x02" + blake(b"v" * 33)),
    ],
)
def test_one_key_is_a_leaf_with_its_value_or_a_hash_of_it(value: bytes, node: bytes) -> None:
    assert state_root([(b"\x01\x02", value)]) == blake(node)
    assert Trie([(b"\x01\x02", value)]).root() == blake(node)


def test_short_nodes_stand_in_their_branch_as_they_are() -> None:
    """Keys 0x01 and 0x02 share a nibble; each leaf has no nibble left and is two bytes long."""
    leaves = b"\x0c\x40\x04a" + b"\x0c\x40\x04b"
    branch = b"\x81\x00" + b"\x06\x00" + leaves

    assert state_root([(b"\x01", b"a"), (b"\x02", b"b")]) == blake(branch)


def test_a_branch_with_a_long_value_has_a_header_of_its_own() -> None:
    leaf = b"\x41\x01\x04b"
    branch = b"\x12\x0a" + b"\x01\x00" + blake(b"v" * 33) + bytes([len(leaf) << 2]) + leaf

    assert state_root([(b"\x0a", b"v" * 33), (b"\x0a\x01", b"b")]) == blake(branch)


def test_long_partial_keys_count_on_in_further_bytes() -> None:
    for nibble_pairs, header in (
        (31, b"\x7e"),
        (32, b"\x7f\x01"),
        (159, b"\x7f\xff\x00"),
        (160, b"\x7f\xff\x02"),
    ):
        key = b"k" * nibble_pairs
        assert state_root([(key, b"")]) == blake(header + key + b"\x00")


def test_extrinsics_stand_under_compact_indices_with_values_in_the_node() -> None:
    assert ordered_root([b"x" * 40]) == blake(b"\x42\x00" + b"\xa0" + b"x" * 40)

    values = [bytes([i]) * 40 for i in range(70)]
    keys = [bytes([i << 2]) if i < 64 else (i << 2 | 1).to_bytes(2, "little") for i in range(70)]
    assert ordered_root(values) == state_root(zip(keys, values, strict=True), StateVersion.V0)
    assert ordered_root(values) != state_root(zip(keys, values, strict=True))


@pytest.mark.parametrize(
    ("root", "extrinsics"),
    [
        (
            "27b2eaa3751f2cefcbfd99fb052660477b21c65254a2e936e99870521549ac1b",
            [
                "280403000b41169a447e01",
                "450284000ef407af75417a160038262baf376a8ff8147142f860a8be9cb893d6f3a4971e01e0d3bc1b"
                "bd34e3ffc00fb927500ca632acbbb38a0f94d87370c00301ad34491f79f3d6e60204ee3df115d4a6c2"
                "de3ee19255f77d7952208a4459943fb5267a83f500a90a0004000022636d27fb735196a81a406b2a00"
                "8016817048a8636732d5d6a1d944ebf971060700c4a5b684",
            ],
        ),
        (
            "1ce1236c8262cead39a2a758fc4cdba0b918f309e5a8572c288c5ba2c16aa7a7",
            ["280402000bb0019c8b7001", "1c0409006a4b4b00", "1004140000"],
        ),
    ],
)
def test_extrinsics_roots_are_those_of_blocks_of_public_chains(
    root: str, extrinsics: list[str]
) -> None:
    """The first holds a transfer of 146 bytes: under state version 1 its root would differ."""
    assert ordered_root([bytes.fromhex(extrinsic) for extrinsic in extrinsics]).hex() == root


@settings(max_examples=150, deadline=None)
@given(start=st.dictionaries(KEYS, VALUES, max_size=20), steps=st.lists(CHANGES, max_size=6))
def test_incremental_roots_equal_plain_ones(
    start: dict[bytes, bytes], steps: list[dict[bytes, bytes | None]]
) -> None:
    state = dict(start)
    trie = Trie(sorted(state.items()))
    assert trie.root() == state_root(state.items())
    for changes in steps:
        trie.update(changes)
        for key, value in changes.items():
            if value is None:
                state.pop(key, None)
            else:
                state[key] = value
        assert trie.root() == state_root(state.items())
        assert len(trie) == len(state)


@settings(max_examples=60, deadline=None)
@given(start=st.dictionaries(KEYS, VALUES, max_size=20), steps=st.lists(CHANGES, max_size=6))
def test_updates_may_pile_up_before_the_root_is_asked_for(
    start: dict[bytes, bytes], steps: list[dict[bytes, bytes | None]]
) -> None:
    """A node may be split, merged and removed while it waits to be hashed."""
    state: dict[bytes, bytes | None] = dict(start)
    trie = Trie(sorted(start.items()))
    for changes in steps:
        trie.update(changes)
        state |= changes
    kept = {key: value for key, value in state.items() if value is not None}

    assert trie.root() == state_root(kept.items())


@settings(max_examples=60, deadline=None)
@given(start=st.dictionaries(KEYS, VALUES, max_size=20), changes=CHANGES)
def test_previous_values_lead_back_to_the_previous_root(
    start: dict[bytes, bytes], changes: dict[bytes, bytes | None]
) -> None:
    trie = Trie(sorted(start.items()))
    before = trie.root()
    trie.update(changes)
    trie.root()
    trie.update({key: start.get(key) for key in changes})

    assert trie.root() == before


def test_keys_out_of_order_or_repeated_are_refused() -> None:
    for items in ([(b"b", b""), (b"a", b"")], [(b"a", b""), (b"a", b"")]):
        with pytest.raises(ValueError, match="must ascend"):
            Trie(items)


def test_a_key_longer_than_a_header_can_tell_is_refused() -> None:
    longest = b"k" * KEY_BYTES_MAX
    assert Trie([(longest, b"")]).root() == state_root([(longest, b"")])
    with pytest.raises(KeyTooLong, match="32767 bytes"):
        Trie([(longest + b"k", b"")]).root()
