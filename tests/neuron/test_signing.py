"""A request proves who sent it, to whom, when, and only once."""

import pytest

from taonet.neuron.errors import Busy, MalformedRequest, NotAuthentic, Replayed
from taonet.neuron.signing import AGE_S_MAX, SKEW_S_MAX, NonceCache, Verifier, sign
from tests.neuron.cast import ALICE, BOB, CAROL

BODY = b'{"numbers":[1]}'


def headers(path: str = "/adding") -> dict[str, str]:
    return sign(ALICE, path=path, body=BODY, receiver=BOB.ss58_address)


def verifier(nonces: NonceCache | None = None) -> Verifier:
    return Verifier(BOB.ss58_address, nonces or NonceCache())


def test_a_signed_request_names_its_sender() -> None:
    assert verifier().verify(headers(), path="/adding", body=BODY) == ALICE.ss58_address


def test_the_same_request_is_accepted_once() -> None:
    bob, signed = verifier(), headers()
    bob.verify(signed, path="/adding", body=BODY)
    with pytest.raises(Replayed):
        bob.verify(signed, path="/adding", body=BODY)


def test_another_body_path_or_receiver_is_not_what_was_signed() -> None:
    signed = headers()
    with pytest.raises(NotAuthentic):
        verifier().verify(signed, path="/adding", body=BODY + b" ")
    with pytest.raises(NotAuthentic):
        verifier().verify(signed, path="/adding?x", body=BODY)
    with pytest.raises(NotAuthentic):
        Verifier(CAROL.ss58_address, NonceCache()).verify(signed, path="/adding", body=BODY)


def test_a_signature_of_somebody_else_is_refused() -> None:
    signed = headers() | {"X-Bittensor-Hotkey": CAROL.ss58_address}
    with pytest.raises(NotAuthentic):
        verifier().verify(signed, path="/adding", body=BODY)


@pytest.mark.parametrize("shift_s", [AGE_S_MAX + 1.0, -SKEW_S_MAX - 1.0])
def test_a_request_of_another_time_is_refused(shift_s: float) -> None:
    signed = headers()
    moment_ns = int(signed["X-Bittensor-Nonce"]) + int(shift_s * 1e9)
    bob = Verifier(BOB.ss58_address, NonceCache(), time_ns=lambda: moment_ns)
    with pytest.raises(NotAuthentic):
        bob.verify(signed, path="/adding", body=BODY)


def test_a_request_from_before_the_start_is_refused_since_its_nonce_is_forgotten() -> None:
    signed = headers()
    started_ns = int(signed["X-Bittensor-Nonce"]) + int((SKEW_S_MAX + 1.0) * 1e9)
    bob = Verifier(BOB.ss58_address, NonceCache(), time_ns=lambda: started_ns)
    with pytest.raises(NotAuthentic, match="before this miner started"):
        bob.verify(signed, path="/adding", body=BODY)


@pytest.mark.parametrize("name", ["X-Bittensor-Signature", "X-Bittensor-Nonce"])
@pytest.mark.parametrize("value", ["", "zz", "0x00", "9" * 400])
def test_nonsense_in_a_header_is_a_named_refusal(name: str, value: str) -> None:
    with pytest.raises((MalformedRequest, NotAuthentic)):
        verifier().verify(headers() | {name: value}, path="/adding", body=BODY)


def test_the_cache_of_nonces_is_bounded_and_forgets_what_is_stale_anyway() -> None:
    now_s = [0.0]
    cache = NonceCache(capacity=2, now_s=lambda: now_s[0])
    assert cache.check_and_store("a", 1)
    assert cache.check_and_store("a", 2)
    assert not cache.check_and_store("a", 2)
    with pytest.raises(Busy, match="2 requests"):
        cache.check_and_store("a", 3)
    now_s[0] = AGE_S_MAX + SKEW_S_MAX
    assert cache.check_and_store("a", 3)
    assert len(cache) == 1
