"""What benchmarks answer becomes rows, and a row knows whether its target is met."""

import pytest

from tests.benchmarks.rows import READINGS, Row, rows_of


@pytest.mark.parametrize(
    ("figure", "target", "met"),
    [(15.0, "<= 15", True), (15.1, "<= 15", False), (20.0, ">= 20", True), (19.0, ">= 20", False)],
)
def test_a_target_is_met_up_to_its_bound(figure: float, target: str, met: bool) -> None:
    assert Row("added", figure, target=target).met is met


def test_without_a_target_nothing_is_met_or_missed() -> None:
    assert Row("added", 1.0).met is None


def test_a_row_keeps_what_it_does_not_know_as_further_figures() -> None:
    (row,) = rows_of("rpc", {"name": "headers", "figure": 54.0, "target": ">= 20", "keys": 7})

    assert (row.name, row.figure, row.met, row.further) == ("headers", 54.0, True, {"keys": 7})


def test_figures_by_name_are_read_beside_their_reference() -> None:
    figures = {
        variant: {"numpy_ms": 2.0, "reference_ms": 80.0}
        for variant in ("yuma2", "yuma3", "yuma3_liquid")
    }

    rows = rows_of("epoch", figures)

    assert [row.ratio for row in rows] == [0.025] * len(READINGS["epoch"])


def test_a_figure_that_is_gone_is_an_error() -> None:
    with pytest.raises(KeyError, match="yuma2"):
        rows_of("epoch", {})
