"""Purchases with a sandwich trader around them, in the clear, hidden, and with a limit."""

from pathlib import Path

from taonet.cli.simulate.tables import read_table
from tests.cli.simulate.files import SMALL, run

BUYERS = """
[[subnet.staker]]
name = "saver"
buy = 50
every = 10
{how}

[[subnet.trader]]
name = "sandwich"
capital = 200
"""


def purchases(folder: Path, how: str = "") -> tuple[list[dict[str, str]], float, dict[str, int]]:
    """Every purchase, the trader's profit, and what the chain refused the staker."""
    outcome = run(SMALL + BUYERS.format(how=how), folder, blocks=60)
    rows = read_table(folder, "purchases")
    (trader,) = [row for row in read_table(folder, "profits") if row["role"] == "trader"]
    (staker,) = [who for who in outcome.participants if who.role == "staker"]
    return rows, float(trader["profit"]), dict(staker.refused)


def test_a_purchase_in_the_clear_pays_the_trader(tmp_path: Path) -> None:
    rows, profit, refused = purchases(tmp_path)

    assert len(rows) == 6
    assert refused == {}
    assert all(float(row["alpha"]) < 0.95 * float(row["undisturbed_alpha"]) for row in rows)
    assert all(float(row["traders_gain"]) > 0 for row in rows)
    assert profit > 0


def test_a_shielded_purchase_is_not_disturbed(tmp_path: Path) -> None:
    rows, profit, _ = purchases(tmp_path, "shielded = true")

    assert [row["alpha"] for row in rows] == [row["undisturbed_alpha"] for row in rows]
    assert {row["traders_gain"] for row in rows} == {"0.000000000"}
    assert profit == 0


def test_a_limit_turns_the_attack_into_a_loss(tmp_path: Path) -> None:
    rows, profit, refused = purchases(tmp_path, "max_slippage = 0.12")

    assert refused == {"PriceLimitExceeded": 6}
    assert {row["paid"] for row in rows} == {"0.000000000"}
    assert all(float(row["traders_gain"]) < 0 for row in rows)
    assert profit < 0
