"""The tutorial on weight copiers: its scenarios, its figures, and what it claims."""

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from taonet.cli.simulate.scenario import Scenario, load_scenario
from taonet.cli.simulate.simulation import simulate
from taonet.cli.simulate.summary import StrategyResult, by_strategy

TUTORIALS = Path(__file__).parents[3] / "docs" / "tutorials"
TEXT = (TUTORIALS / "weight-copier.md").read_text(encoding="utf-8")
OPEN, HIDDEN = "weights-in-the-open", "commit-reveal"


def scenario(name: str) -> Scenario:
    """One of the tutorial's files."""
    return load_scenario(TUTORIALS / "scenarios" / f"{name}.toml")


@lru_cache
def validators(name: str, blocks: int = 2_000, **changes: float) -> dict[str, StrategyResult]:
    """What honest validators and the copier came to; fields of the subnet or drift changed."""
    plan = scenario(name)
    (subnet,) = plan.subnets
    if "drift" in changes:
        miners = tuple(replace(group, drift=changes["drift"]) for group in subnet.miners)
        subnet = replace(subnet, miners=miners)
    if "reveal_period" in changes:
        subnet = replace(subnet, reveal_period=int(changes["reveal_period"]))
    with TemporaryDirectory() as folder:
        outcome = simulate(replace(plan, blocks=blocks, subnets=(subnet,)), Path(folder))
    return {r.strategy: r for r in by_strategy(outcome) if r.role == "validator"}


def kept(found: dict[str, StrategyResult]) -> float:
    """The copier's yield as a part of the honest validators'."""
    copied, honest = found["copier"].yield_on_stake, found["honest"].yield_on_stake
    assert copied is not None
    assert honest is not None
    return copied / honest


def test_the_scenarios_differ_in_commit_reveal_alone() -> None:
    (shown,), (hidden,) = scenario(OPEN).subnets, scenario(HIDDEN).subnets

    assert replace(hidden, commit_reveal=False, reveal_period=shown.reveal_period) == shown
    assert scenario(OPEN).seed == scenario(HIDDEN).seed
    assert "commit_reveal = true\nreveal_period = 6\n" in TEXT


def test_a_short_run_shows_that_commit_reveal_costs_the_copier() -> None:
    shown, hidden = validators(OPEN, 800), validators(HIDDEN, 800)

    assert kept(shown) > 0.93
    assert kept(hidden) < 0.88
    assert hidden["copier"].earned_alpha < 0.9 * shown["copier"].earned_alpha
    assert hidden["honest"].earned_alpha > shown["honest"].earned_alpha


def test_the_tables_of_the_tutorial_are_measured() -> None:
    measured = [
        (strategy, f"{result.earned_alpha / 1e9:.2f}", f"{result.yield_on_stake:.4f}")
        for name in (OPEN, HIDDEN)
        for strategy, result in validators(name).items()
    ]

    told = re.findall(r"^\| `(\w+)`.*? \| ([\d.]+) \| ([\d.]+) \|$", TEXT, re.MULTILINE)
    assert told == measured


def test_what_commit_reveal_costs_the_copier_is_as_told() -> None:
    shown, hidden = validators(OPEN), validators(HIDDEN)

    assert round(100 * kept(shown)) == 97
    assert round(100 * kept(hidden)) == 85
    fallen = 1 - hidden["copier"].profit_rao / shown["copier"].profit_rao
    assert fallen == pytest.approx(1 / 7, abs=0.01)
    assert all(f"{percent} %" in TEXT for percent in (97, 85))


@pytest.mark.parametrize(("period", "percent"), [(1, 94), (3, 90)])
def test_the_longer_the_wait_the_staler_the_copy(period: int, percent: int) -> None:
    assert round(100 * kept(validators(HIDDEN, reveal_period=period))) == percent
    assert f"{percent} %" in TEXT


def test_commit_reveal_protects_nothing_if_nothing_changes() -> None:
    assert kept(validators(HIDDEN, drift=0.0)) > 0.97
