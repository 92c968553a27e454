"""What the field's SDK sealed opens with the pulse of its round, and with nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taonet.pallets.drand.payloads import SIGNATURE_BYTES_MAX
from taonet.pallets.drand.timelock import open_sealed
from tests.pallets.drand.pulses import pulse_of, recorded, sealed
from tests.primitives.bls12_381 import quicknet

FIRST_POINT = 96
MASK = FIRST_POINT + 8 + 32


@pytest.mark.parametrize("content", [b"", b"weights", bytes(3_000)])
def test_the_pulse_of_its_round_opens_it(content: bytes) -> None:
    assert open_sealed(sealed(content), recorded(1000)) == content
    assert open_sealed(sealed(content, 2000), recorded(2000)) == content


def test_another_rounds_pulse_does_not() -> None:
    assert open_sealed(sealed(b"weights"), recorded(2000)) is None
    assert open_sealed(sealed(b"weights"), pulse_of(1000, quicknet.own_signature(1000))) is None


@pytest.mark.parametrize(
    "signature",
    [b"", b"\x01", quicknet.NOT_A_SIGNATURE, bytes(SIGNATURE_BYTES_MAX)],
    ids=["none", "short", "no point", "zeros"],
)
def test_a_pulse_without_a_signature_opens_nothing(signature: bytes) -> None:
    assert open_sealed(sealed(b"weights"), pulse_of(1000, signature)) is None


def test_bytes_around_a_signature_do_not_matter() -> None:
    wrapped = b"0x" + quicknet.SIGNATURES[1000] + b"behind"
    assert open_sealed(sealed(b"weights"), pulse_of(1000, wrapped)) == b"weights"


@pytest.mark.parametrize("length", [0, 31, 33, 40, 2**40, 2**62])
@pytest.mark.parametrize("at", [FIRST_POINT, MASK])
def test_a_key_of_a_wrong_length_is_not_opened(at: int, length: int) -> None:
    good = sealed(b"weights")
    bad = good[:at] + length.to_bytes(8, "little") + good[at + 8 :]
    assert open_sealed(bad, recorded(1000)) is None


@given(at=st.integers(0, 248), byte=st.integers(1, 255), length=st.integers(0, 248))
def test_damaged_ciphertexts_are_not_opened(at: int, byte: int, length: int) -> None:
    good = sealed(b"hello")
    damaged = good[:at] + bytes([good[at] ^ byte]) + good[at + 1 :]
    # The name of the cipher, at the end, is not looked at.
    assert open_sealed(damaged, recorded(1000)) in (None, b"hello")
    assert at > 230 or open_sealed(damaged, recorded(1000)) is None
    assert open_sealed(good[:length], recorded(1000)) is None
