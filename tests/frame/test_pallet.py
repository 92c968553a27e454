"""A small pallet of every kind of storage, its calls, events and errors."""

import pytest

from taonet.frame.config import RuntimeConfig, Timing
from taonet.frame.dispatch_error import ModuleError
from taonet.frame.origin import Origin, Signed, ensure_signed
from taonet.frame.overlay import DictState, EmptyState
from taonet.frame.pallet import Constant, Event, Pallet, call, merge
from taonet.frame.state import State
from taonet.frame.storage import (
    FromConfig,
    OptionMap,
    OptionValue,
    StorageMap,
    StorageValue,
    blake2_128_concat,
    identity,
)
from taonet.frame.weight import Weight
from taonet.primitives.hashing import blake2_128, twox_128
from taonet.primitives.ids import AccountId
from taonet.primitives.units import NetUid, Rao
from taonet.scale.types import u16, u64

ALICE = AccountId(bytes([1]) * 32)
BOB = AccountId(bytes([2]) * 32)


class Moved(Event, index=4):
    """Moved."""

    from_: AccountId
    amount: Rao


class TooPoor(ModuleError, index=1):
    """Too poor."""


class Purse(Pallet, prefix="Purse"):
    events = (Moved,)
    errors = (TooPoor,)

    limit = Constant(u64, 7, doc="A limit.")
    tempo = StorageValue(u16, default=FromConfig(lambda c: c.pick(360, 10)), doc="The tempo.")
    owner = OptionValue(AccountId, doc="The owner.")
    free = StorageMap(blake2_128_concat(AccountId), value=Rao, default=Rao(5), doc="Balances.")
    stake = OptionMap(
        identity(NetUid), blake2_128_concat(AccountId), value=Rao, doc="Stakes.", name="SubnetTAO"
    )

    @call(index=3, weight=Weight(10, 0))
    def move(self, origin: Origin, dest: AccountId, value: Rao) -> None:
        """Move."""
        sender = ensure_signed(origin)
        self.deposit_event(Moved(from_=sender, amount=value))
        self.free[dest] += value
        if self.free[sender] < value:
            raise TooPoor
        self.free[sender] -= value


@pytest.fixture
def purse() -> Purse:
    return Purse(State(EmptyState(), RuntimeConfig(timing=Timing.FAST)))


def test_values_read_their_default_until_they_are_stored(purse: Purse) -> None:
    assert (purse.tempo, purse.owner) == (10, None)
    purse.tempo += 1
    purse.owner = ALICE

    assert (purse.tempo, purse.owner) == (11, ALICE)
    purse.owner = None

    assert purse.owner is None


def test_maps_read_write_and_walk_in_key_order(purse: Purse) -> None:
    assert purse.free[ALICE] == Rao(5)
    purse.free[ALICE] = Rao(5)
    purse.stake[NetUid(1), BOB] = Rao(2)
    purse.stake[NetUid(1), ALICE] = Rao(1)
    purse.stake[NetUid(2), ALICE] = Rao(3)

    assert ALICE in purse.free
    assert BOB not in purse.free
    assert dict(purse.stake.under(NetUid(1))) == {
        (NetUid(1), ALICE): Rao(1),
        (NetUid(1), BOB): Rao(2),
    }
    assert purse.stake.clear(NetUid(1)) == 2
    assert list(purse.stake.keys()) == [(NetUid(2), ALICE)]


def test_keys_are_substrates(purse: Purse) -> None:
    purse.stake[NetUid(1), BOB] = Rao(2)

    raw = twox_128(b"Purse") + twox_128(b"SubnetTAO") + b"\x01\x00" + blake2_128(BOB) + BOB
    assert dict(purse.state.overlay.changes()) == {raw: (2).to_bytes(8, "little")}


def test_a_refused_call_leaves_no_trace(purse: Purse) -> None:
    with pytest.raises(TooPoor), purse.state.transaction():
        purse.move(Signed(ALICE), BOB, Rao(6))

    assert purse.state.events == []
    assert purse.free[BOB] == Rao(5)
    assert not purse.state.overlay.changes()


def test_a_value_out_of_its_range_is_refused(purse: Purse) -> None:
    with pytest.raises(OverflowError):
        purse.free[ALICE] = Rao(2**64)


def test_walking_merges_what_is_stored_and_what_is_written() -> None:
    first = Purse(State(EmptyState(), RuntimeConfig()))
    first.free[ALICE] = Rao(1)
    first.free[BOB] = Rao(2)
    stored = {k: v for k, v in first.state.overlay.changes().items() if v is not None}
    purse = Purse(State(DictState(stored), RuntimeConfig()))
    del purse.free[ALICE]
    purse.free[BOB] = Rao(9)

    assert dict(purse.free.items()) == {BOB: Rao(9)}


def test_the_declaration_is_read_off_the_class() -> None:
    spec = merge(9, [Purse])

    assert [item.name for item in spec.storage_items] == ["Tempo", "Owner", "Free", "SubnetTAO"]
    assert [(c.index, c.name, [f.name for f in c.fields]) for c in spec.calls] == [
        (3, "move", ["dest", "value"])
    ]


def test_an_argument_that_is_ignored_has_no_underscore_on_the_wire() -> None:
    class Idle(Pallet, prefix="Purse"):
        @call(index=4, weight=Weight(10, 0))
        def rest(self, origin: Origin, _owner: AccountId) -> None:
            """Do nothing."""

    (rest,) = merge(9, [Purse, Idle]).calls[1:]

    assert [(f.name, f.attribute) for f in rest.fields] == [("owner", "_owner")]


def test_two_classes_cannot_claim_one_name() -> None:
    class Again(Pallet, prefix="Purse"):
        tempo = StorageValue(u16, default=0, doc="Again.")

    with pytest.raises(TypeError, match="Tempo"):
        merge(9, [Purse, Again])
