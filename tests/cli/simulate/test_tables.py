"""Numbers as the tables have them."""

from pathlib import Path

import pytest

from taonet.cli.simulate.tables import COLUMNS, Tables, amount, part, price, read_table


@pytest.mark.parametrize(
    ("rao", "text"),
    [
        (0, "0.000000000"),
        (1, "0.000000001"),
        (-1_500_000_000, "-1.500000000"),
        (10**12, "1000.000000000"),
    ],
)
def test_amounts_are_exact(rao: int, text: str) -> None:
    assert amount(rao) == text


def test_prices_and_parts() -> None:
    assert price(3 << 63) == "1.500000000000"
    assert price(1 << 31, 32) == "0.500000000000"
    assert part(65_535) == "1.000000"


def test_tables_are_made_anew_and_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    for pool in ("1", "2"):
        with Tables(folder) as tables:
            tables.add("prices", 7, "text, or so", "0.5", "0.4", pool, "9")

    assert {path.stem for path in folder.iterdir()} == set(COLUMNS)
    assert read_table(folder, "prices") == [
        {
            "block": "7",
            "subnet": "text, or so",
            "price": "0.5",
            "moving_price": "0.4",
            "pool_tao": "2",
            "pool_alpha": "9",
        }
    ]


def test_a_row_of_another_length_is_a_mistake(tmp_path: Path) -> None:
    with Tables(tmp_path) as tables, pytest.raises(AssertionError, match="other columns"):
        tables.add("prices", 7)
