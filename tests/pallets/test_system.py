"""System: what keeps accounts alive, hashes of past blocks, and root's raw storage."""

import pytest

from taonet.frame.config import RuntimeConfig
from taonet.frame.dispatch_error import (
    BadOrigin,
    ConsumerRemaining,
    NoProviders,
    TooManyConsumers,
)
from taonet.frame.origin import Root, Signed, Unsigned
from taonet.frame.overlay import EmptyState
from taonet.frame.state import State
from taonet.pallets.block_limits import BLOCK_HASH_COUNT, BLOCK_LENGTH, BLOCK_WEIGHTS
from taonet.pallets.system import (
    CONSUMERS_MAX,
    Digest,
    FailedToExtractRuntimeVersion,
    KilledAccount,
    NewAccount,
    NothingAuthorized,
    Remarked,
    System,
    Unauthorized,
    UpgradeAuthorized,
)
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256, AccountId
from taonet.scale.codec import codec

ALICE = AccountId(bytes([1]) * 32)


@pytest.fixture
def system() -> System:
    return System(State(EmptyState(), RuntimeConfig()))


def reported(system: System) -> list[object]:
    return [deposited.event for deposited in system.state.events]


def test_an_account_lives_by_its_providers(system: System) -> None:
    system.increment_providers(ALICE)
    system.increment_providers(ALICE)
    system.decrement_providers(ALICE)
    assert system.account[ALICE].providers == 1
    system.decrement_providers(ALICE)

    assert reported(system) == [NewAccount(account=ALICE), KilledAccount(account=ALICE)]
    assert ALICE not in system.account


def test_consumers_need_a_provider_and_hold_it(system: System) -> None:
    with pytest.raises(NoProviders):
        system.increment_consumers(ALICE)
    system.increment_providers(ALICE)
    for _ in range(CONSUMERS_MAX):
        system.increment_consumers(ALICE)
    with pytest.raises(TooManyConsumers):
        system.increment_consumers(ALICE)
    with pytest.raises(ConsumerRemaining):
        system.decrement_providers(ALICE)
    for _ in range(CONSUMERS_MAX):
        system.decrement_consumers(ALICE)
    system.decrement_providers(ALICE)
    assert ALICE not in system.account


def test_a_sufficient_reason_needs_no_balance(system: System) -> None:
    system.increment_sufficients(ALICE)
    system.increment_providers(ALICE)
    system.decrement_providers(ALICE)
    assert ALICE in system.account
    system.decrement_sufficients(ALICE)

    assert reported(system) == [NewAccount(account=ALICE), KilledAccount(account=ALICE)]


def test_old_hashes_are_forgotten_but_for_genesis(system: System) -> None:
    for number in range(1, BLOCK_HASH_COUNT + 5):
        system.begin_block(number, H256(number.to_bytes(32, "big")), Digest(()))
        system.prune_block_hashes()

    # At block 2404, hashes 1 … 3 are older than 2400 blocks.
    kept = sorted(system.block_hash.keys())
    assert kept[:2] == [0, 4]
    assert kept[-1] == BLOCK_HASH_COUNT + 3


def test_remarks_are_made_by_anyone(system: System) -> None:
    system.remark(Unsigned(), b"hello")
    system.remark_with_event(Signed(ALICE), b"hello")

    assert reported(system) == [Remarked(sender=ALICE, hash=H256(blake2_256(b"hello")))]
    with pytest.raises(BadOrigin):
        system.remark_with_event(Unsigned(), b"hello")


def test_root_writes_raw_storage(system: System) -> None:
    prefix = bytes(32)
    items = tuple((prefix + bytes([n]), bytes([n])) for n in range(4))
    system.set_storage(Root(), items)
    assert system.state.overlay.get(prefix + b"\x03") == b"\x03"
    system.kill_storage(Root(), (prefix + b"\x00",))
    system.kill_prefix(Root(), prefix, 2)
    assert list(system.state.keys(prefix)) == [prefix + b"\x03"]
    with pytest.raises(BadOrigin):
        system.set_storage(Signed(ALICE), items)
    with pytest.raises(BadOrigin):
        system.kill_storage(Signed(ALICE), ())
    with pytest.raises(BadOrigin):
        system.kill_prefix(Signed(ALICE), prefix, 2)


def test_the_runtime_is_not_replaced_by_a_call(system: System) -> None:
    code = b"\0asm"
    with pytest.raises(NothingAuthorized):
        system.apply_authorized_upgrade(Signed(ALICE), code)
    system.authorize_upgrade(Root(), H256(blake2_256(code)))
    assert reported(system) == [
        UpgradeAuthorized(code_hash=H256(blake2_256(code)), check_version=True)
    ]
    with pytest.raises(Unauthorized):
        system.apply_authorized_upgrade(Signed(ALICE), b"other")
    with pytest.raises(FailedToExtractRuntimeVersion):
        system.apply_authorized_upgrade(Signed(ALICE), code)
    with pytest.raises(FailedToExtractRuntimeVersion):
        system.set_code(Root(), code)
    with pytest.raises(FailedToExtractRuntimeVersion):
        system.set_code_without_checks(Root(), code)
    with pytest.raises(BadOrigin):
        system.set_code(Signed(ALICE), code)


def test_the_limits_of_a_block_are_the_real_chains() -> None:
    """As the real chain's metadata has them."""
    assert codec(type(BLOCK_WEIGHTS)).encode(BLOCK_WEIGHTS).hex() == (
        "c2a0e766000b00409452a30313ffffffffffffffff2261c91900010bb837a1555d02136666666666666"
        "6a6010b0030ef7dba0213ffffffffffffffbf0100002261c91900010bb847462a460313666666666666"
        "66e6010b00409452a30313ffffffffffffffff01070010a5d4e81300000000000000402261c91900000"
        "000"
    )
    assert codec(type(BLOCK_LENGTH)).encode(BLOCK_LENGTH).hex() == "000078000000a0000000a000"
