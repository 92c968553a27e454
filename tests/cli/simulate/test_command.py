"""The command: its results on stdout, all else on stderr, and its exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from taonet.cli.main import application
from taonet.cli.simulate import command
from taonet.cli.simulate.plots import draw_plots
from tests.cli.simulate.files import SMALL, run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small scenario's file."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_json_is_the_result_and_nothing_else(file: Path, tmp_path: Path) -> None:
    arguments = ["simulate", str(file), "--out", str(tmp_path / "out"), "--blocks", "40", "--json"]

    result = CliRunner().invoke(application("simulate"), arguments)

    assert result.exit_code == 0
    summary = json.loads(result.stdout)
    assert (summary["scenario"], summary["blocks"], summary["rule_set"]) == (
        "small",
        40,
        "price_burn",
    )
    assert [(r["role"], r["strategy"], r["count"]) for r in summary["results"]] == [
        ("validator", "honest", 3),
        ("miner", "honest", 6),
    ]
    assert all((tmp_path / "out" / name).is_file() for name in summary["files"])
    assert "40 blocks in" in result.stderr


def test_without_matplotlib_it_says_how_to_get_plots(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "can_draw", lambda: False)
    arguments = ["simulate", str(file), "--out", str(tmp_path / "out"), "--blocks", "5"]

    result = CliRunner().invoke(application("simulate"), arguments)

    assert result.exit_code == 0
    assert "pip install 'taonet[simulate]'" in result.stderr
    assert "honest" in result.stdout
    assert not list((tmp_path / "out").glob("*.png"))


def test_a_wrong_file_ends_with_2_and_its_mistake(file: Path, tmp_path: Path) -> None:
    file.write_text(SMALL.replace("tempo = 10", "tempo = 1"), encoding="utf-8")

    result = CliRunner().invoke(
        application("simulate"), ["simulate", str(file), "--out", str(tmp_path / "out")]
    )

    assert result.exit_code == 2
    assert "subnet[0].tempo: must be a whole number" in result.stderr
    assert not (tmp_path / "out").exists()


def test_every_table_is_drawn(tmp_path: Path) -> None:
    run(SMALL, tmp_path, blocks=40)

    drawn = draw_plots(tmp_path)

    assert [path.name for path in drawn] == [
        "emission.png",
        "prices.png",
        "dividends.png",
        "incentives.png",
        "profits.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
