"""An overlay against the plain model of it: one whole dict for every open transaction."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from taonet.frame.config import RuntimeConfig
from taonet.frame.overlay import ITEM_PREFIX_LENGTH, DictState, Overlay
from taonet.frame.state import State
from taonet.scale.codec import codec
from taonet.scale.types import u8

ITEMS = (b"a" * ITEM_PREFIX_LENGTH, b"b" * ITEM_PREFIX_LENGTH)
KEYS = [item + rest for item in ITEMS for rest in (b"", b"\x00", b"\x00\x01", b"\x01")]
PREFIXES = [*ITEMS, ITEMS[0] + b"\x00", b"c" * ITEM_PREFIX_LENGTH]
U8 = codec(u8)

keys = st.sampled_from(KEYS)
values = st.integers(0, 5)


class Refusal(Exception):
    """What undoes a transaction in these tests."""


class OverlayModel(RuleBasedStateMachine):
    """Every read of a state is checked against dicts that are copied at every transaction."""

    @initialize(stored=st.dictionaries(keys, values))
    def open(self, stored: dict[bytes, int]) -> None:
        self.stored = {key: bytes([value]) for key, value in stored.items()}
        self.state = State(DictState(self.stored), RuntimeConfig())
        self.layers = [dict(self.stored)]
        self.written: list[set[bytes]] = [set()]
        self.open_transactions: list[AbstractContextManager[None]] = []

    @rule(key=keys, value=values)
    def write(self, key: bytes, value: int) -> None:
        self.state.store(key, value, U8)
        self.layers[-1][key] = bytes([value])
        self.written[-1].add(key)

    @rule(key=keys, value=values)
    def write_raw(self, key: bytes, value: int) -> None:
        self.state.overlay.put(key, bytes([value]))
        self.layers[-1][key] = bytes([value])
        self.written[-1].add(key)

    @rule(key=keys)
    def remove(self, key: bytes) -> None:
        self.state.remove(key)
        self.layers[-1].pop(key, None)
        self.written[-1].add(key)

    @rule(keep=st.booleans())
    def begin(self, keep: bool) -> None:
        transaction = self.state.transaction() if keep else self.state.discarded()
        transaction.__enter__()
        self.open_transactions.append(transaction)
        self.layers.append(dict(self.layers[-1]))
        self.written.append(set())
        self.kept = [*getattr(self, "kept", ()), keep]

    @precondition(lambda self: self.open_transactions)
    @rule(fail=st.booleans())
    def end(self, fail: bool) -> None:
        transaction, keep = self.open_transactions.pop(), self.kept.pop()
        if fail:
            refusal = Refusal()
            assert not transaction.__exit__(Refusal, refusal, refusal.__traceback__)
        else:
            transaction.__exit__(None, None, None)
        layer, written = self.layers.pop(), self.written.pop()
        if keep and not fail:
            self.layers[-1] = layer
            self.written[-1] |= written

    @precondition(lambda self: not self.open_transactions)
    @rule()
    def commit(self) -> None:
        self.stored = dict(self.layers[0])
        self.written = [set()]
        self.state.overlay.advance(DictState(self.stored))

    @precondition(lambda self: not self.open_transactions)
    @rule()
    def drop(self) -> None:
        self.layers = [dict(self.stored)]
        self.written = [set()]
        self.state.overlay.rebase(DictState(self.stored))

    @invariant()
    def reads_agree(self) -> None:
        model = self.layers[-1]
        for key in KEYS:
            assert self.state.overlay.get(key) == model.get(key)
            assert self.state.has(key) == (key in model)
            raw = model.get(key)
            assert self.state.load(key, U8) == (None if raw is None else raw[0])

    @invariant()
    def walks_agree(self) -> None:
        for prefix in PREFIXES:
            expected = sorted(key for key in self.layers[-1] if key.startswith(prefix))
            assert list(self.state.keys(prefix)) == expected
            raw = [(key, self.layers[-1][key]) for key in expected]
            assert list(self.state.overlay.items(prefix)) == raw
            assert self.state.items(prefix, U8) == [(key, value[0]) for key, value in raw]

    @precondition(lambda self: not self.open_transactions)
    @invariant()
    def changes_agree(self) -> None:
        changes = dict(self.state.overlay.changes())
        # What was written as it stood already may be left out.
        assert changes.keys() <= self.written[0]
        after = {**self.stored, **changes}
        assert {k: v for k, v in after.items() if v is not None} == self.layers[0]


OverlayModel.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestOverlay = OverlayModel.TestCase


@given(st.dictionaries(keys, values, min_size=1))
def test_a_walk_does_not_see_what_is_written_meanwhile(stored: dict[bytes, int]) -> None:
    overlay = Overlay(DictState({key: bytes([value]) for key, value in stored.items()}))

    def walk() -> Iterator[bytes]:
        for item in ITEMS:
            for key in overlay.keys(item):
                overlay.delete(key)
                yield key

    assert list(walk()) == sorted(stored)


ITEM = bytes(32)


def _key(number: int) -> bytes:
    return ITEM + bytes([number])


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
@pytest.mark.parametrize("after", [None, _key(0), _key(2), _key(3), _key(9)])
def test_keys_behind_another_are_those_of_a_whole_walk(after: bytes | None, limit: int) -> None:
    base = {_key(number): b"old" for number in (1, 2, 4, 6, 8)} | {bytes(31) + b"\x01": b""}
    overlay = Overlay(DictState(base))
    for number, value in ((0, b"new"), (2, None), (3, b"new"), (4, b"newer"), (6, None)):
        overlay.write(_key(number), value)
    walked = [key for key in overlay.keys(ITEM) if after is None or key > after]
    assert overlay.keys_after(ITEM, after, limit) == walked[:limit]
