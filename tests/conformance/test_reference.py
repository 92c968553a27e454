"""The numbers that the real chain's own tests state come out here."""

from fractions import Fraction

import pytest

from tests.conformance.reference import Row, alike, play, rows

ROWS = tuple(rows())


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_numbers_are_those_of_the_reference(row: Row) -> None:
    play(row)


def test_every_row_states_a_number_and_names_its_source() -> None:
    assert not [str(row) for row in ROWS if not row.checks()]
    assert not [str(row) for row in ROWS if ".rs " not in row.source]


def test_a_number_that_is_off_by_more_than_the_source_allows_is_found() -> None:
    assert alike([1, {"a": Fraction(1, 2)}], [1, {"a": 0.5}], Fraction(0))
    assert alike(12, 10, Fraction(2))
    assert not alike(13, 10, Fraction(2))
    assert not alike([1], [1, 2], Fraction(0))
    assert not alike(None, 0, Fraction(0))
    with pytest.raises(AssertionError, match="not 3"):
        play(Row("none", "x.rs y", ({"formula": "upscaled", "of": [[2]], "is": 3},)))
