"""
The optimal ate pairing of BLS12-381, as far as checking a product of pairings needs it.

Source: draft-irtf-cfrg-pairing-friendly-curves-11, appendix A; the final exponent's hard part is
that of Hayashida, Hayasaka and Teruya (eprint 2020/875).
"""

from collections.abc import Iterable

from tests.primitives.bls12_381.plain.curves import G1, G2
from tests.primitives.bls12_381.plain.fields import (
    ONE12,
    SEED,
    ZERO2,
    Fp2,
    Fp12,
    add2,
    conjugate12,
    frobenius12,
    invert2,
    invert12,
    is_one12,
    mul2,
    mul12,
    scale2,
    square2,
    square12,
    sub2,
)

Affine1 = tuple[int, int]
Affine2 = tuple[Fp2, Fp2]


def is_product_one(pairs: Iterable[tuple[G1, G2]]) -> bool:
    """Whether the pairings of points of the two groups multiply to one."""
    finite = [(p, q) for p, q in pairs if p is not None and q is not None]
    return is_one12(_final_power(_miller_loop(finite)))


def _miller_loop(pairs: list[tuple[Affine1, Affine2]]) -> Fp12:
    """
    The loop over the curve's parameter.

    The parameter is negative and the result should be conjugated; a product is one either way.
    """
    result = ONE12
    points = [q for _, q in pairs]
    for bit in bin(SEED)[3:]:
        result = square12(result)
        for i, (p, q) in enumerate(pairs):
            x, y = points[i]
            slope = mul2(scale2(square2(x), 3), invert2(scale2(y, 2)))
            result = mul12(result, _line(points[i], slope, p))
            points[i] = _step(points[i], x, slope)
            if bit == "1":
                x, y = points[i]
                slope = mul2(sub2(q[1], y), invert2(sub2(q[0], x)))
                result = mul12(result, _line(points[i], slope, p))
                points[i] = _step(points[i], q[0], slope)
    return result


def _line(through: Affine2, slope: Fp2, p: Affine1) -> Fp12:
    """The line at `p`, times a factor that the final power sends to one."""
    x, y = through
    constant = sub2(mul2(slope, x), y)
    return (constant, scale2(slope, -p[0]), ZERO2), (ZERO2, (p[1], 0), ZERO2)


def _step(point: Affine2, other_x: Fp2, slope: Fp2) -> Affine2:
    x = sub2(square2(slope), add2(point[0], other_x))
    return x, sub2(mul2(slope, sub2(point[0], x)), point[1])


def _power_of_seed(a: Fp12) -> Fp12:
    """`a`, whose inverse is its conjugate, to the power of the curve's (negative) parameter."""
    result = a
    for bit in bin(SEED)[3:]:
        result = square12(result)
        if bit == "1":
            result = mul12(result, a)
    return conjugate12(result)


def _final_power(f: Fp12) -> Fp12:
    """`f` to three times (P¹² - 1) / ORDER; three has no part in the order."""
    f = mul12(conjugate12(f), invert12(f))
    f = mul12(frobenius12(frobenius12(f)), f)
    # 3 (P⁴ - P² + 1) / ORDER = (x - 1)² (x + P) (x² + P² - 1) + 3
    t = mul12(_power_of_seed(f), conjugate12(f))
    t = mul12(_power_of_seed(t), conjugate12(t))
    t = mul12(_power_of_seed(t), frobenius12(t))
    squared = _power_of_seed(_power_of_seed(t))
    t = mul12(mul12(squared, frobenius12(frobenius12(t))), conjugate12(t))
    return mul12(t, mul12(square12(f), f))
