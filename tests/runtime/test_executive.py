"""Blocks: what stands in System after each, and what a block cannot do."""

import pytest

from taonet.frame.multi_address import AddressId
from taonet.pallets.aura import Slot
from taonet.pallets.block_limits import BASE_EXTRINSIC, BLOCK_WEIGHTS
from taonet.pallets.subtensor.guard_weights import COLDKEY_SWAP
from taonet.pallets.system import (
    ApplyExtrinsic,
    ExtrinsicFailed,
    ExtrinsicSuccess,
    LastRuntimeUpgradeInfo,
    PreRuntime,
)
from taonet.pallets.timestamp import InvalidInherent
from taonet.primitives.units import Rao
from taonet.runtime.version import SPEC_NAME, SPEC_VERSION
from tests.runtime.chain import ALICE, BOB, SLOT_MS, START_MS, Chain, call_of


@pytest.fixture
def chain() -> Chain:
    return Chain()


TRANSFER = call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(5))


def test_system_tells_of_the_block(chain: Chain) -> None:
    for _ in range(3):
        chain.block()

    system = chain.runtime.system
    assert system.number == 3
    assert system.parent_hash == chain.hashes[2]
    assert [system.block_hash[n] for n in range(3)] == chain.hashes[:3]
    assert chain.runtime.timestamp.now == START_MS + 3 * SLOT_MS
    slot = chain.runtime.timestamp.now // SLOT_MS
    assert chain.runtime.aura.current_slot == Slot(slot)
    (log,) = system.digest.logs
    assert isinstance(log, PreRuntime)
    assert log._1 == slot.to_bytes(8, "little")
    assert system.last_runtime_upgrade == LastRuntimeUpgradeInfo(SPEC_VERSION, SPEC_NAME)
    assert chain.runtime.randomness_collective_flip.random_material == tuple(chain.hashes[:3])


def test_events_are_written_as_clients_decode_them(chain: Chain) -> None:
    chain.send(ALICE, TRANSFER)

    runtime = chain.runtime
    records = runtime.events()
    assert [r.event for r in records] == [d.event for d in runtime.state.events]
    assert records[-1].phase == ApplyExtrinsic(1)
    assert runtime.system.event_count == len(records)
    raw = runtime.state.overlay.get(type(runtime.system).events_.prefix)
    assert raw is not None
    decoded = chain.sdk.decode(chain.sdk.storage_entry("System", "Events").value_type, raw)
    names = [(e["module_id"], e["event_id"]) for e in decoded if e.get("extrinsic_idx") == 1]
    assert names == [
        ("Balances", "Withdraw"),
        ("Balances", "Transfer"),
        ("Balances", "Deposit"),
        ("TransactionPayment", "TransactionFeePaid"),
        ("System", "ExtrinsicSuccess"),
    ]


def test_the_blocks_weight_counts_what_was_really_used(chain: Chain) -> None:
    chain.block()
    empty = chain.runtime.system.block_weight
    assert empty.normal.ref_time == 0
    assert empty.mandatory.ref_time > BLOCK_WEIGHTS.base_block.ref_time
    chain.send(ALICE, TRANSFER)
    used = chain.runtime.system.block_weight

    assert used.normal.ref_time == TRANSFER.info().weight.ref_time + BASE_EXTRINSIC.ref_time
    assert used.normal.proof_size == 3593 + COLDKEY_SWAP.proof_size + 141


def test_a_block_without_its_time_cannot_end(chain: Chain) -> None:
    chain.executive.initialize_block(number=1, parent_hash=chain.head, time_ms=START_MS)
    with pytest.raises(InvalidInherent, match="no time"):
        chain.executive.finalize_block()


def test_time_and_numbers_go_forward(chain: Chain) -> None:
    chain.block()
    with pytest.raises(AssertionError):
        chain.executive.initialize_block(number=3, parent_hash=chain.head, time_ms=2 * START_MS)
    with pytest.raises(AssertionError):
        chain.executive.initialize_block(number=2, parent_hash=chain.head, time_ms=START_MS)


def test_the_same_blocks_give_the_same_state() -> None:
    states = []
    for _ in range(2):
        chain = Chain()
        for nonce in range(3):
            chain.block(
                chain.sign(ALICE, TRANSFER, nonce=nonce), chain.sign(BOB, TRANSFER, nonce=nonce)
            )
        states.append(chain.entries)
    first, second = states
    # Signatures are not deterministic; nothing of them may reach the state.
    assert first == second


def test_outcomes_stand_in_events_with_what_they_cost(chain: Chain) -> None:
    too_much = call_of("Balances", "transfer_keep_alive", AddressId(BOB.account), Rao(2**63))
    chain.send(ALICE, too_much)
    *_, failed = chain.events()
    assert isinstance(failed, ExtrinsicFailed)
    assert failed.dispatch_info.weight == too_much.info().weight + BASE_EXTRINSIC
    chain.send(ALICE, TRANSFER)
    *_, success = chain.events()
    assert isinstance(success, ExtrinsicSuccess)
    assert success.dispatch_info.weight == TRANSFER.info().weight + BASE_EXTRINSIC
