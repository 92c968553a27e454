"""Pulses: which are taken, from whom, and when they are forgotten."""

from dataclasses import replace

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed, Unsigned
from taonet.pallets.drand import beacon
from taonet.pallets.drand.beacon import (
    BeaconConfigChanged,
    InvalidRoundNumber,
    NewPulse,
    PulseVerificationError,
    SetOldestStoredRound,
)
from taonet.pallets.drand.payloads import (
    QUICKNET,
    BeaconConfigurationPayload,
    Ed25519Signer,
    Pulse,
    PulsesPayload,
    Sr25519Signer,
)
from taonet.pallets.drand.verification import is_of_beacon
from taonet.runtime.transaction_validity import Invalid, TransactionInvalid
from taonet.scale.codec import codec
from tests.pallets.drand.pulses import bringing, own, pulse_of, recorded
from tests.primitives.bls12_381 import quicknet
from tests.runtime.assertions import refuses
from tests.runtime.chain import ALICE, Chain, call_of

DEFAULT_CONFIG = (
    "0x810183cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a"
    "2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae899"
    "1ef5ece45a030000002721e6648052db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e97180"
    "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e60626c732d756e636861696e65642d"
    "67312d7266633933383020717569636b6e6574"
)
"""Of the real chain's metadata, spec 393."""


@pytest.fixture
def chain() -> Chain:
    return Chain()


@pytest.fixture
def own_chain(chain: Chain) -> Chain:
    """A chain that listens to the tests' own beacon."""
    chain.runtime.pulses.beacon_config = replace(QUICKNET, public_key=quicknet.own_public_key())
    return chain


def write(*pulses: Pulse) -> tuple[PulsesPayload, None]:
    return PulsesPayload(0, pulses, Sr25519Signer(ALICE.account)), None


def refusal(chain: Chain, *pulses: Pulse, **options: object) -> Invalid:
    with pytest.raises(TransactionInvalid) as caught:
        chain.validate(bringing(chain, *pulses, **options))  # type: ignore[arg-type]
    return caught.value.code


def test_a_recorded_pulse_is_taken(chain: Chain) -> None:
    pulse = recorded(1000)
    assert pulse.randomness == quicknet.RANDOMNESS[1000]
    assert chain.block(bringing(chain, pulse)) == [None]
    known = chain.runtime.pulses
    assert known.pulses[1000] == pulse
    assert (known.oldest_stored_round, known.last_stored_round) == (1000, 1000)
    assert known.next_unsigned_at == 1
    assert NewPulse(rounds=(1000,)) in chain.events()


def test_a_later_round_does_not_move_the_oldest(chain: Chain) -> None:
    chain.block(bringing(chain, recorded(1000)))
    assert chain.block(bringing(chain, recorded(2000))) == [None]
    known = chain.runtime.pulses
    assert (known.oldest_stored_round, known.last_stored_round) == (1000, 2000)


def test_several_pulses_of_a_block_come_in_transactions_of_their_own(own_chain: Chain) -> None:
    bring = [bringing(own_chain, own(round_)) for round_ in (5, 6, 7)]
    assert own_chain.block(*bring) == [None, None, None]
    assert own_chain.runtime.pulses.last_stored_round == 7


def test_a_pulse_that_is_no_signature_is_an_error(chain: Chain) -> None:
    bad = replace(recorded(1000), signature=quicknet.NOT_A_SIGNATURE)
    (error,) = chain.block(bringing(chain, bad))
    assert isinstance(error, PulseVerificationError)
    assert chain.runtime.pulses.pulses[1000] is None


def test_a_pulse_of_another_round_or_beacon_is_passed_over(chain: Chain) -> None:
    for pulse in (pulse_of(1001, quicknet.SIGNATURES[1000]), own(1001)):
        assert chain.block(bringing(chain, pulse)) == [None]
        assert chain.runtime.pulses.last_stored_round == 0
        assert not [e for e in chain.events() if isinstance(e, NewPulse)]


def test_rounds_only_go_forward(own_chain: Chain) -> None:
    runtime = own_chain.runtime
    refuses(runtime, call_of("Drand", "write_pulse", *write(own(6), own(5))), Unsigned())
    runtime.apply(call_of("Drand", "write_pulse", *write(own(5), own(6))), Unsigned())
    again = call_of("Drand", "write_pulse", *write(own(6)))
    refuses(runtime, again, Unsigned(), InvalidRoundNumber)


def test_old_pulses_are_forgotten_some_a_time(
    own_chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beacon, "PULSES_KEPT_MAX", 3)
    monkeypatch.setattr(beacon, "PULSES_REMOVED_MAX", 2)
    runtime, known = own_chain.runtime, own_chain.runtime.pulses
    for round_ in range(1, 4):
        known.pulses[round_] = own(round_)
    known.oldest_stored_round, known.last_stored_round = 1, 3
    runtime.apply(call_of("Drand", "write_pulse", *write(own(6))), Unsigned())
    assert sorted(known.pulses.keys()) == [3, 6]
    assert known.oldest_stored_round == 3
    runtime.apply(call_of("Drand", "write_pulse", *write(own(7))), Unsigned())
    assert known.oldest_stored_round == 5


def test_root_chooses_the_beacon_and_nobody_else(chain: Chain) -> None:
    other = replace(QUICKNET, public_key=quicknet.own_public_key(), period=1)
    payload = BeaconConfigurationPayload(0, other, Sr25519Signer(ALICE.account))
    call = call_of("Drand", "set_beacon_config", payload, None)
    for origin in (Signed(ALICE.account), Unsigned()):
        refuses(chain.runtime, call, origin, BadOrigin)
    chain.block()
    chain.runtime.apply(call, Root())
    assert chain.runtime.pulses.beacon_config == other
    assert chain.runtime.pulses.next_unsigned_at == 2
    assert chain.runtime.state.events[-1].event == BeaconConfigChanged()
    assert is_of_beacon(own(9), other)


def test_root_sets_the_oldest_round(chain: Chain) -> None:
    call = call_of("Drand", "set_oldest_stored_round", 77)
    refuses(chain.runtime, call, Signed(ALICE.account), BadOrigin)
    chain.runtime.apply(call, Root())
    assert chain.runtime.pulses.oldest_stored_round == 77
    assert chain.runtime.state.events[-1].event == SetOldestStoredRound(77)


def test_the_pool_offers_older_rounds_first_and_for_three_blocks(chain: Chain) -> None:
    older, newer = (chain.validate(bringing(chain, recorded(r))) for r in (1000, 2000))
    assert older.priority == newer.priority == 2**64 - 1, "the sum saturates"
    assert older.provides != newer.provides
    assert (older.longevity, older.propagate, older.requires) == (3, False, ())


def test_the_pool_wants_one_new_round_signed_by_its_bringer(chain: Chain) -> None:
    assert refusal(chain) == Invalid.CALL
    assert refusal(chain, recorded(1000), recorded(2000)) == Invalid.CALL
    assert refusal(chain, recorded(1000), signature=bytes(64)) == Invalid.BAD_PROOF
    assert refusal(chain, recorded(1000), block=2) == Invalid.FUTURE
    assert chain.validate(bringing(chain, recorded(1000), block=1))
    chain.block(bringing(chain, recorded(1000)))
    assert refusal(chain, recorded(1000)) == Invalid.STALE


def test_the_pool_takes_nothing_that_the_beacon_did_not_sign(chain: Chain) -> None:
    assert refusal(chain, pulse_of(1001, quicknet.SIGNATURES[1000])) == Invalid.BAD_PROOF
    assert refusal(chain, own(1001)) == Invalid.BAD_PROOF
    bad = replace(recorded(1000), signature=quicknet.NOT_A_SIGNATURE)
    assert refusal(chain, bad) == Invalid.BAD_PROOF
    assert refusal(chain, replace(bad, signature=b"")) == Invalid.BAD_PROOF


def test_a_payload_without_a_signature_or_of_another_scheme_is_refused(chain: Chain) -> None:
    signed = bringing(chain, recorded(1000))
    payload, _ = signed.call.arguments
    for arguments, code in (
        ((payload, None), Invalid.BAD_SIGNER),
        (
            (replace(payload, public=Ed25519Signer(bytes(32))), signed.call.arguments[1]),
            Invalid.BAD_PROOF,
        ),
        ((replace(payload, block_number=1), signed.call.arguments[1]), Invalid.BAD_PROOF),
    ):
        call = call_of("Drand", "write_pulse", *arguments)
        with pytest.raises(TransactionInvalid) as caught:
            chain.validate(replace(signed, call=call))
        assert caught.value.code == code
    with pytest.raises(TransactionInvalid) as caught:
        chain.validate(replace(signed, call=call_of("Drand", "set_oldest_stored_round", 1)))
    assert caught.value.code == Invalid.CALL


def test_a_changed_beacon_waits_for_the_next_block(chain: Chain) -> None:
    chain.runtime.pulses.next_unsigned_at = 2
    assert refusal(chain, recorded(1000)) == Invalid.STALE
    chain.block()
    assert chain.validate(bringing(chain, recorded(1000)))


def test_the_default_beacon_is_the_real_chains() -> None:
    assert codec(type(QUICKNET)).encode(QUICKNET).hex() == DEFAULT_CONFIG[2:]
