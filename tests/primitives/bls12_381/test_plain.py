"""The oracle itself, against recorded signatures of drand and the standard's own vectors."""

import pytest

from tests.primitives.bls12_381 import quicknet
from tests.primitives.bls12_381.plain.curves import (
    GENERATOR2,
    NotAPoint,
    add_points,
    decode_g1,
    decode_g2,
    multiply,
    multiply2,
    negate,
)
from tests.primitives.bls12_381.plain.fields import ORDER, P, square_root2
from tests.primitives.bls12_381.plain.hash_to_curve import hash_to_g1
from tests.primitives.bls12_381.plain.pairing import is_product_one

GENERATOR1 = (
    0x17F1D3A73197D7942695638C4FA9AC0FC3688C4F9774B905A14E3A3F171BAC586C55E83FF97A1AEFFB3AF00ADB22C6BB,
    0x08B3F481E3AAA0F1A09E30ED741D8AE4FCF5E095D5D00AF600DB18CB2C04B3EDD03CC744A2888AE40CAA232946C5E7E1,
)
RFC_DOMAIN = b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_"


@pytest.mark.parametrize("round_", sorted(quicknet.SIGNATURES))
def test_a_recorded_pulse_satisfies_the_equation_of_its_round_alone(round_: int) -> None:
    signature = negate(decode_g1(quicknet.SIGNATURES[round_]))
    key = decode_g2(quicknet.PUBLIC_KEY)
    for claimed in quicknet.SIGNATURES:
        signed = hash_to_g1(quicknet.message(claimed), quicknet.DOMAIN)
        equal = is_product_one([(signature, GENERATOR2), (signed, key)])
        assert equal == (claimed == round_)


def test_the_pairing_is_bilinear() -> None:
    three, five = multiply(GENERATOR1, 3), multiply2(GENERATOR2, 5)
    fifteen = negate(multiply(GENERATOR1, 15))
    assert is_product_one([(three, five), (fifteen, GENERATOR2)])
    assert not is_product_one([(three, five), (negate(three), GENERATOR2)])
    assert not is_product_one([(GENERATOR1, GENERATOR2)]), "the pairing is not degenerate"


def test_pairings_with_infinity_are_one() -> None:
    assert is_product_one([(None, GENERATOR2), (GENERATOR1, None)])


@pytest.mark.parametrize(
    ("text", "x"),
    [
        (
            b"",
            "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4"
            "e8cf62d9c09db0fac349612b759e79a1",
        ),
        (
            b"abc",
            "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3a"
            "ee664ba5379a7655d3c68900be2f6903",
        ),
    ],
)
def test_hashes_are_the_standards(text: bytes, x: str) -> None:
    """RFC 9380, appendix J.9.1."""
    point = hash_to_g1(text, RFC_DOMAIN)
    assert point is not None
    assert point[0] == int(x, 16)
    assert multiply(point, ORDER) is None


def test_points_survive_their_encoding() -> None:
    for factor in (1, 2, 3, ORDER - 1):
        one, two = multiply(GENERATOR1, factor), multiply2(GENERATOR2, factor)
        assert decode_g1(quicknet.encode_g1(one)) == one
        assert decode_g2(quicknet.encode_g2(two)) == two
    assert decode_g1(quicknet.encode_g1(None)) is None
    assert decode_g2(quicknet.encode_g2(None)) is None


def test_a_point_and_its_opposite_add_to_infinity() -> None:
    assert add_points(GENERATOR1, negate(GENERATOR1)) is None
    assert negate(None) is None
    assert multiply2(GENERATOR2, ORDER) is None


def test_square_roots_in_the_extension() -> None:
    for number in ((4, 0), (P - 4, 0), (3, 4), (0, 2)):
        root = square_root2(number)
        assert root is not None
        square = ((root[0] ** 2 - root[1] ** 2) % P, 2 * root[0] * root[1] % P)
        assert square == number
    assert square_root2((1, 1)) is None


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (quicknet.SIGNATURES[1000][:-1], "47 bytes"),
        (bytes(48), "not compressed"),
        (b"\xe0" + bytes(47), "infinity has no coordinates"),
        (b"\xc0" + bytes(46) + b"\x01", "infinity has no coordinates"),
        (b"\x9f" + b"\xff" * 47, "not below the field's size"),
        (b"\x80" + bytes(46) + b"\x01", "no point of the curve"),
        (b"\x80" + bytes(46) + b"\x04", "not of the group of prime order"),
        (quicknet.NOT_A_SIGNATURE, "no point of the curve|prime order"),
    ],
)
def test_bytes_that_are_no_point_say_why(data: bytes, why: str) -> None:
    with pytest.raises(NotAPoint, match=why):
        decode_g1(data)


def test_a_point_off_the_second_group_is_refused() -> None:
    refusals = set()
    for last in range(8):
        try:
            decode_g2(b"\x80" + bytes(94) + bytes([last]))
        except NotAPoint as refusal:
            refusals.add(str(refusal))
    assert refusals == {
        "no point of the curve has this x",
        "the point is not of the group of prime order",
    }
