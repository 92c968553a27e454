"""
No subnet's numbers stop the chain: whatever its storage says, the others' epochs run on time.

The numbers are written raw, past every call: no call can make most of them.
"""

from random import Random
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taonet.frame.state import State
from taonet.frame.storage import StorageItem
from taonet.pallets.subtensor.events.networks import EpochSkipped
from taonet.pallets.subtensor.types import MechanismIndex
from taonet.primitives.units import NetUid
from taonet.runtime.pallets import SPECS
from taonet.scale.codec import MalformedScale, codec, fixed_size
from taonet.scale.types import type_of
from tests.properties.network import TEMPO, Network

BROKEN: Final = NetUid(3)
SOUND: Final = (NetUid(2), NetUid(4))
BLOCKS: Final = TEMPO + 2

SUBNET_KEYS: Final = (type_of(NetUid), type_of(MechanismIndex))

SIZES: Final = ("SubnetworkN", "MechanismCountCurrent")
"""Numbers of things to walk: absurd ones take time, which is another matter; tried on their own."""


def _size(item: StorageItem[Any]) -> int:
    """The bytes of an item's values, 0 if they vary."""
    try:
        return fixed_size(item.type)
    except TypeError:
        return 0


ITEMS: Final = {
    item.name: item
    for spec in SPECS
    for item in spec.storage_items
    if spec.name in ("SubtensorModule", "Swap", "AlphaAssets")
    and any(part.type in SUBNET_KEYS for part in item.parts)
    and _size(item)
}
"""Everything of a fixed size that is kept for a subnet."""


def inject(state: State, item: StorageItem[Any], raw: bytes) -> bool:
    """Overwrite an item's values for the broken subnet; False if `raw` is no value."""
    try:
        codec(item.type).decode(raw)
    except MalformedScale:
        return False
    position = next(n for n, part in enumerate(item.parts) if part.type in SUBNET_KEYS)
    if len(item.parts) == 1:
        state.overlay.put(item.prefix + item.parts[0].encode(BROKEN), raw)
    for key in state.keys(item.prefix):
        offset, found = len(item.prefix), 0
        for part in item.parts[: position + 1]:
            found, offset = part.decode(key, offset)
        if int(found) == int(BROKEN):
            state.overlay.put(key, raw)
    return True


def run_on(network: Network, blocks: int = BLOCKS) -> None:
    """Make blocks without checking the books, which say of course what was done to them."""
    for _ in range(blocks):
        network.executive.finalize_block()
        network.begin(checked=False)


def assert_others_go_on(network: Network) -> None:
    """The sound subnets had their epochs and nothing of theirs was undone."""
    for netuid in SOUND:
        last = network.runtime.subtensor.epochs.last_epoch_block[netuid]
        assert network.number - last <= TEMPO, f"subnet {netuid} had its last epoch in {last}"
    assert {f.netuid for f in network.runtime.subtensor.block_step.failures} <= {BROKEN}


@given(name=st.sampled_from(sorted(ITEMS)), byte=st.sampled_from((0, 1, 0x7F, 0xFF)))
@example(name="SubnetEpochIndex", byte=0xFF)
@example(name="BlocksSinceLastStep", byte=0xFF)
@example(name="MechanismCountCurrent", byte=0)
@example(name="SubnetTAO", byte=0xFF)
@example(name="SubnetAlphaIn", byte=0)
@settings(max_examples=40, derandomize=True, deadline=None, print_blob=True)
def test_one_absurd_number_stops_nobody_else(name: str, byte: int) -> None:
    network, item = Network(), ITEMS[name]
    inject(network.state, item, bytes((byte,)) * _size(item))
    run_on(network)
    assert_others_go_on(network)


@given(random=st.randoms(use_true_random=False))
@settings(max_examples=25, derandomize=True, deadline=None, print_blob=True)
def test_many_absurd_numbers_stop_nobody_else(random: Random) -> None:
    network = Network()
    names = sorted(name for name in ITEMS if name not in SIZES)
    for name in random.sample(names, random.choice((2, 8, 30))):
        size = _size(ITEMS[name])
        values = (
            bytes(size),
            b"\xff" * size,
            b"\xff" * (size - 1) + b"\x7f",
            random.randbytes(size),
        )
        inject(network.state, ITEMS[name], random.choice(values))
    run_on(network)
    assert_others_go_on(network)


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("MechanismCountCurrent", b"\x00", "EpochInputError: there is no mechanism"),
        ("SubnetworkN", b"\xff\xff", "EpochInputError: 65535 neurons are more than 32768"),
    ],
)
def test_a_failed_epoch_is_told_and_changes_no_other_subnet(
    name: str, raw: bytes, reason: str
) -> None:
    broken, sound = Network(), Network()
    assert inject(broken.state, ITEMS[name], raw)
    skipped, reasons = set(), set()
    for _ in range(BLOCKS):
        run_on(broken, 1)
        run_on(sound, 1)
        events = [deposited.event for deposited in broken.state.events]
        skipped |= {event.netuid for event in events if isinstance(event, EpochSkipped)}
        reasons |= {f.reason for f in broken.runtime.subtensor.block_step.failures}

    assert skipped == {BROKEN}
    assert reasons == {reason}
    waiting = broken.runtime.subtensor.emission.pending_server_emission
    assert waiting[BROKEN] > sound.runtime.subtensor.emission.pending_server_emission[BROKEN]
    for netuid in SOUND:
        assert stakes(broken, netuid) == stakes(sound, netuid)


def stakes(network: Network, netuid: NetUid) -> dict[Any, Any]:
    """Every hotkey's stake in a subnet."""
    totals = network.runtime.subtensor.stake.total_hotkey_alpha.items()
    return {hotkey: total for (hotkey, place), total in totals if place == netuid}
