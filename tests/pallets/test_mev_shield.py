"""MevShield: how announced keys move, what carriers report, and what becomes of stored calls."""

from typing import Any

import pytest

from taonet.frame.call import RUNTIME_CALL
from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed, Unsigned
from taonet.frame.pallet import Event
from taonet.frame.weight import DispatchClass, Weight, database_weight
from taonet.pallets.aura import AuraId
from taonet.pallets.mev_shield import (
    CIPHERTEXT_BYTES_MAX,
    ON_INITIALIZE_WEIGHT_MAX,
    PUBLIC_KEY_BYTES,
    BadEncKeyLen,
    EncryptedSubmitted,
    ExtrinsicDecodeFailed,
    ExtrinsicExpired,
    ExtrinsicLifetimeSet,
    ExtrinsicStored,
    MaxExtrinsicWeightSet,
    MaxPendingExtrinsicsNumberSet,
    MevShield,
    OnInitializeWeightSet,
    TooManyPendingExtrinsics,
    Unreachable,
    WeightExceedsAbsoluteMax,
)
from taonet.pallets.subtensor.guard_weights import COLDKEY_SWAP
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import H256
from taonet.runtime.extrinsic import decode_extrinsic, encode_bare
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid
from taonet.scale.codec import MalformedScale
from tests.runtime.assertions import leaves_no_trace, refuses
from tests.runtime.chain import ALICE, BOB, Chain, call_of

CIPHERTEXT = bytes(16) + b"\x02\x00" + b"kc" + bytes(24) + b"sealed"
"""As short as its parts may be: hash of the key, length, encapsulation, nonce, the sealed rest."""


@pytest.fixture
def chain() -> Chain:
    return Chain()


def key(number: int) -> bytes:
    """The key that the test's author announces in a block."""
    return number.to_bytes(2, "little") * (PUBLIC_KEY_BYTES // 2)


def announce(chain: Chain, enc_key: bytes | None) -> MevShield:
    """A block that announces a key."""
    chain.begin()
    chain.runtime.apply(call_of("MevShield", "announce_next_key", enc_key), Unsigned())
    chain.end()
    return chain.runtime.mev_shield


def start_events(chain: Chain) -> list[Event]:
    """What the pallet reported at the start of the last block, before any extrinsic."""
    deposited = [d for d in chain.runtime.state.events if isinstance(d.event, MevShield.events)]
    return [d.event for d in deposited if d.extrinsic is None and not d.finalizing]


def offered(shield: MevShield) -> tuple[bytes | None, ...]:
    """The next, the pending and the current key."""
    return shield.next_key, shield.pending_key, shield.current_key


def store(chain: Chain, data: bytes = b"call") -> Any:
    return chain.send(ALICE, call_of("MevShield", "store_encrypted", data))


def test_a_key_moves_from_its_author_to_next_to_pending_to_current(chain: Chain) -> None:
    authorities = chain.runtime.aura.authorities
    assert len(authorities) == 3
    for number in range(1, 5):
        shield = announce(chain, key(number))
        assert shield.author_keys[authorities[number % 3]] == key(number)
    assert offered(shield) == (key(3), key(2), key(1))
    assert (shield.next_key_expires_at, shield.pending_key_expires_at) == (7, 6)
    announce(chain, key(5))
    assert offered(shield) == (key(4), key(3), key(2))
    # The fourth and fifth blocks are again the first's and second's authors'.
    assert dict(shield.author_keys.items()) == {
        authorities[0]: key(3),
        authorities[1]: key(4),
        authorities[2]: key(5),
    }


def test_the_first_key_is_offered_at_once(chain: Chain) -> None:
    shield = announce(chain, key(1))
    assert offered(shield) == (key(1), None, None)
    assert (shield.next_key_expires_at, shield.pending_key_expires_at) == (4, None)
    announce(chain, key(2))
    assert offered(shield) == (key(1), key(1), None)


def test_an_author_without_a_key_is_left_out(chain: Chain) -> None:
    for number in range(1, 4):
        announce(chain, key(number))
    shield = announce(chain, None)
    assert chain.runtime.aura.authorities[1] not in shield.author_keys
    assert shield.next_key == key(3)

    announce(chain, key(5))
    assert offered(shield) == (key(5), key(3), key(2))
    announce(chain, None)
    assert offered(shield) == (key(5), key(5), key(3))


def test_without_any_key_none_is_offered(chain: Chain) -> None:
    announce(chain, key(1))
    for _ in range(5):
        shield = announce(chain, None)
    assert offered(shield) == (None, None, None)
    assert (shield.next_key_expires_at, shield.pending_key_expires_at) == (None, None)
    assert list(shield.author_keys.keys()) == []


def test_one_author_alone_offers_the_key_of_the_block_before(chain: Chain) -> None:
    chain.runtime.aura.authorities = (AuraId(bytes(32)),)
    announce(chain, key(1))
    shield = announce(chain, key(2))
    assert shield.next_key == key(1)


@pytest.mark.parametrize("length", [0, PUBLIC_KEY_BYTES - 1, PUBLIC_KEY_BYTES + 1, 2048])
def test_a_key_of_another_length_is_refused(chain: Chain, length: int) -> None:
    announce(chain, key(1))
    chain.begin()
    call = call_of("MevShield", "announce_next_key", bytes(length))
    refuses(chain.runtime, call, Unsigned(), BadEncKeyLen)


def test_nobody_but_the_author_announces(chain: Chain) -> None:
    call = call_of("MevShield", "announce_next_key", key(1))
    refuses(chain.runtime, call, Signed(ALICE.account), BadOrigin)
    refuses(chain.runtime, call, Root(), BadOrigin)


def test_a_chain_without_authorities_has_no_author(chain: Chain) -> None:
    chain.runtime.aura.authorities = ()
    refuses(
        chain.runtime, call_of("MevShield", "announce_next_key", key(1)), Unsigned(), Unreachable
    )


def test_a_carrier_reports_itself_and_pays(chain: Chain) -> None:
    before = chain.free(ALICE)
    call = call_of("MevShield", "submit_encrypted", CIPHERTEXT)
    era = {"period": 8, "current": 0}
    assert chain.send(ALICE, call, era=era, birth=chain.hashes[0]) is None

    carried = ALICE.account + bytes([len(CIPHERTEXT) << 2]) + CIPHERTEXT
    event = EncryptedSubmitted(id=H256(blake2_256(carried)), who=ALICE.account)
    assert event in chain.events()
    assert chain.free(ALICE) == before - int(chain.fee()) < before


def test_a_carrier_must_be_short_lived(chain: Chain) -> None:
    call = call_of("MevShield", "submit_encrypted", CIPHERTEXT)
    for period in (4, 8):
        short = {"period": period, "current": 0}
        chain.validate(chain.sign(ALICE, call, era=short, birth=chain.hashes[0]))
    eras: list[Any] = [{"period": 16, "current": 0}, "00"]
    for era in eras:
        extrinsic = chain.sign(ALICE, call, era=era, birth=chain.hashes[0])
        _expect_invalid(chain, extrinsic, Invalid.STALE, None)


@pytest.mark.parametrize(
    "ciphertext",
    [b"", bytes(17), bytes(18 + 23), bytes(16) + b"\xff\xff" + bytes(3000), CIPHERTEXT[:40]],
    ids=["empty", "no length", "no nonce", "cut off", "a nonce cut off"],
)
def test_a_carrier_must_have_its_parts(chain: Chain, ciphertext: bytes) -> None:
    call = call_of("MevShield", "submit_encrypted", ciphertext)
    era = {"period": 8, "current": 0}
    extrinsic = chain.sign(ALICE, call, era=era, birth=chain.hashes[0])
    _expect_invalid(chain, extrinsic, Invalid.CUSTOM, 23)


def _expect_invalid(chain: Chain, extrinsic: Any, code: Invalid, custom: int | None) -> None:
    """Neither the pool nor a block takes it."""

    def judge() -> None:
        chain.validate(extrinsic)

    error = leaves_no_trace(chain.runtime.state, TransactionInvalid, judge)
    assert isinstance(error, TransactionInvalid)
    assert (error.code, error.custom) == (code, custom)
    chain.begin()
    with pytest.raises(TransactionInvalid):
        chain.executive.apply_extrinsic(extrinsic)
    chain.end()


def test_no_ciphertext_is_longer_than_the_limit(chain: Chain) -> None:
    for name in ("submit_encrypted", "store_encrypted"):
        longest = call_of("MevShield", name, bytes(CIPHERTEXT_BYTES_MAX))
        assert chain.sign(ALICE, longest).call == longest
        with pytest.raises((MalformedScale, OverflowError, ValueError)):
            chain.sign(ALICE, call_of("MevShield", name, bytes(CIPHERTEXT_BYTES_MAX + 1)))


def test_a_stored_call_is_reported_undecodable_by_the_next_block(chain: Chain) -> None:
    shield = chain.runtime.mev_shield
    assert chain.runtime.mev_shield.on_initialize(1) == database_weight(reads=2)
    first, second = (
        chain.sign(ALICE, call_of("MevShield", "store_encrypted", data), nonce=nonce)
        for nonce, data in enumerate((b"one", b"two"))
    )
    assert chain.block(first, second) == [None, None]
    assert ExtrinsicStored(index_=0, who=ALICE.account) in chain.events(1)
    assert ExtrinsicStored(index_=1, who=ALICE.account) in chain.events(2)
    waiting = shield.pending_extrinsics[1]
    assert waiting is not None
    assert (waiting.who, waiting.encrypted_call) == (ALICE.account, b"two")
    assert waiting.submitted_at == 1
    assert shield.counter_for_pending_extrinsics == 2

    chain.block()
    assert start_events(chain) == [ExtrinsicDecodeFailed(0), ExtrinsicDecodeFailed(1)]
    assert shield.counter_for_pending_extrinsics == 0
    assert shield.next_pending_extrinsic_index == 2
    chain.block()
    assert start_events(chain) == []


def test_a_stored_call_that_may_not_wait_expires(chain: Chain) -> None:
    chain.runtime.mev_shield.extrinsic_lifetime = 0
    assert store(chain) is None
    chain.block()
    assert start_events(chain) == [ExtrinsicExpired(0)]


def test_no_more_calls_are_stored_than_may_wait(chain: Chain) -> None:
    chain.runtime.mev_shield.max_pending_extrinsics_limit = 1
    call = call_of("MevShield", "store_encrypted", b"call")
    chain.begin()
    chain.runtime.apply(call, Signed(ALICE.account))
    refuses(chain.runtime, call, Signed(BOB.account), TooManyPendingExtrinsics)
    chain.end()
    chain.begin()
    chain.runtime.apply(call, Signed(BOB.account))


@pytest.mark.parametrize(
    ("name", "attribute", "event", "largest"),
    [
        (
            "set_max_pending_extrinsics_number",
            "max_pending_extrinsics_limit",
            MaxPendingExtrinsicsNumberSet,
            None,
        ),
        (
            "set_on_initialize_weight",
            "on_initialize_weight",
            OnInitializeWeightSet,
            ON_INITIALIZE_WEIGHT_MAX,
        ),
        (
            "set_stored_extrinsic_lifetime",
            "extrinsic_lifetime",
            ExtrinsicLifetimeSet,
            None,
        ),
        (
            "set_max_extrinsic_weight",
            "max_extrinsic_weight",
            MaxExtrinsicWeightSet,
            ON_INITIALIZE_WEIGHT_MAX,
        ),
    ],
)
def test_root_sets_the_limits(
    chain: Chain, name: str, attribute: str, event: Any, largest: int | None
) -> None:
    runtime = chain.runtime
    refuses(runtime, call_of("MevShield", name, 7), Signed(ALICE.account), BadOrigin)
    assert chain.send(ALICE, call_of("Sudo", "sudo", call_of("MevShield", name, 7))) is None
    assert getattr(runtime.mev_shield, attribute) == 7
    assert event(value=7) in chain.events()
    if largest is not None:
        runtime.apply(call_of("MevShield", name, largest), Root())
        too_much = call_of("MevShield", name, largest + 1)
        refuses(runtime, too_much, Root(), WeightExceedsAbsoluteMax)


def test_storing_is_dear(chain: Chain) -> None:
    """So that the queue is no cheap place to be a nuisance in."""
    stored = call_of("MevShield", "store_encrypted", b"call").info().weight
    carried = call_of("MevShield", "submit_encrypted", b"call").info().weight
    assert stored == Weight(20_000_000_000, 0) + COLDKEY_SWAP
    assert carried == Weight(207_223_000, 0) + COLDKEY_SWAP
    assert chain.runtime.mev_shield.max_pending_extrinsics_limit == 100


def test_an_announcement_may_fail_but_not_come_late(chain: Chain) -> None:
    """The real chain's is of the normal class: a bad key of the author's costs it its key alone."""
    call = call_of("MevShield", "announce_next_key", b"short")
    assert call.info().class_ is DispatchClass.NORMAL
    raw = encode_bare(chain.runtime.codecs.of(RUNTIME_CALL).encode(call))
    extrinsic = decode_extrinsic(chain.runtime.codecs, raw)
    chain.begin()
    assert isinstance(chain.executive.apply_extrinsic(extrinsic), BadEncKeyLen)
    chain.executive.apply_extrinsic(chain.sign(ALICE, call_of("System", "remark", b"")))
    with pytest.raises(TransactionInvalid) as late:
        chain.executive.apply_extrinsic(extrinsic)
    assert late.value.code is Invalid.BAD_MANDATORY
    chain.end()
