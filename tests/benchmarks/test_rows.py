"""What benchmarks answer becomes rows, and a row knows whether its target is met."""

from pathlib import Path

import pytest

from tests.benchmarks.blocks import build, dictionary_mib, opened, run
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
        variant: {
            "numpy_ms": 2.0,
            "reference_ms": 80.0,
            "recorded_times_rust": 2.0,
            "recorded_source": "once",
        }
        for variant in ("yuma2", "yuma3", "yuma3_liquid")
    }

    rows = rows_of("epoch", figures)

    assert [row.ratio for row in rows] == [0.025] * len(READINGS["epoch"])
    assert rows[0].further == {"recorded_times_rust": 2.0, "recorded_source": "once"}


def test_a_figure_that_is_gone_is_an_error() -> None:
    with pytest.raises(KeyError, match="yuma2"):
        rows_of("epoch", {})


def test_the_chain_of_the_blocks_goes_on_from_what_was_built(tmp_path: Path) -> None:
    path = tmp_path / "state"
    build(path, subnets=2, neurons=4, tempo=10)

    figures = run(path, blocks=6, root_every=3)

    assert opened(path).head.number == 11
    assert figures["keys"] >= len(opened(path).trie)
    assert figures["blocks_per_s"] > 0
    assert figures["memory_mib"] > dictionary_mib(path) > 0
    assert len(rows_of("blocks", figures | {"localnet_blocks_per_s": 4, "dictionary_mib": 9})) == 3
