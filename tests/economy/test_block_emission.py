"""The halving curve at its thresholds."""

from taonet.economy.block_emission import FIRST_EMISSION, TOTAL_SUPPLY, block_emission
from taonet.primitives.units import Rao, to_rao


def test_emission_halves_exactly_at_half_of_what_is_left() -> None:
    half = to_rao(10_500_000)

    assert block_emission(Rao(0)) == FIRST_EMISSION
    assert block_emission(half - Rao(1)) == to_rao(1)
    assert block_emission(half) == Rao(500_000_000)
    assert block_emission(to_rao(15_750_000)) == Rao(250_000_000)


def test_nothing_is_emitted_at_the_end() -> None:
    assert block_emission(Rao(20_999_999_980_442_225)) == Rao(1)
    assert block_emission(Rao(20_999_999_980_442_226)) == Rao(0)
    assert block_emission(TOTAL_SUPPLY) == Rao(0)
    assert block_emission(Rao(2**64 - 1)) == Rao(0)
