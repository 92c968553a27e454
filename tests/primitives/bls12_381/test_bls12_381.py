"""Whether a signature is a key's, against recorded ones and the plain computation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.primitives.bls12_381 import NotAPoint, is_signed
from tests.primitives.bls12_381 import quicknet
from tests.primitives.bls12_381.plain import curves
from tests.primitives.bls12_381.plain.fields import P
from tests.primitives.bls12_381.plain.hash_to_curve import hash_to_g1

KEY = quicknet.PUBLIC_KEY
INFINITY1, INFINITY2 = quicknet.encode_g1(None), quicknet.encode_g2(None)


@pytest.mark.parametrize("round_", sorted(quicknet.SIGNATURES))
def test_a_recorded_pulse_is_of_its_round_alone(round_: int) -> None:
    for claimed in quicknet.SIGNATURES:
        message = quicknet.message(claimed)
        signed = is_signed(message, quicknet.SIGNATURES[round_], KEY, quicknet.DOMAIN)
        assert signed == (claimed == round_)


@settings(max_examples=10, deadline=None)
@given(st.binary(max_size=80), st.binary(min_size=1, max_size=60), st.integers(1, 2**250))
def test_what_the_plain_computation_signs_is_signed(
    message: bytes, domain: bytes, secret: int
) -> None:
    signature = quicknet.encode_g1(curves.multiply(hash_to_g1(message, domain), secret))
    key = quicknet.encode_g2(curves.multiply2(curves.GENERATOR2, secret))
    assert is_signed(message, signature, key, domain)
    assert not is_signed(message + b"!", signature, key, domain)
    assert not is_signed(message, signature, key, domain + b"!")
    assert not is_signed(message, signature, KEY, domain)


def test_nobody_signs_with_nothing() -> None:
    message, domain = quicknet.message(1000), quicknet.DOMAIN
    assert not is_signed(message, INFINITY1, KEY, domain)
    assert not is_signed(message, quicknet.SIGNATURES[1000], INFINITY2, domain)
    # As on the real chain: a beacon whose key is nothing says nothing.
    assert is_signed(message, INFINITY1, INFINITY2, domain)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, P - 1), st.booleans())
def test_points_are_told_as_the_plain_computation_tells_them(x: int, larger: bool) -> None:
    flags = curves.COMPRESSED | (curves.Y_IS_LARGER if larger else 0)
    raw = x.to_bytes(48, "big")
    data = bytes([raw[0] | flags]) + raw[1:]

    def refused(decode: object, *arguments: bytes) -> bool:
        assert callable(decode)
        try:
            decode(*arguments)
        except (NotAPoint, curves.NotAPoint):
            return True
        return False

    plain = refused(curves.decode_g1, data)
    assert refused(is_signed, b"", data, KEY, b"domain") == plain


@pytest.mark.parametrize(
    "data",
    [
        b"",
        quicknet.SIGNATURES[1000][:-1],
        quicknet.SIGNATURES[1000] + b"\x00",
        bytes(48),
        b"\x9f" + b"\xff" * 47,
        b"\x80" + bytes(46) + b"\x01",
        b"\x80" + bytes(46) + b"\x04",
        quicknet.NOT_A_SIGNATURE,
    ],
)
def test_bytes_that_are_no_point_are_refused(data: bytes) -> None:
    message, domain = quicknet.message(1000), quicknet.DOMAIN
    with pytest.raises(NotAPoint):
        is_signed(message, data, KEY, domain)
    with pytest.raises(NotAPoint):
        is_signed(message, quicknet.SIGNATURES[1000], data + bytes(48), domain)
