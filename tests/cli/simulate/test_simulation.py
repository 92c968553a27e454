"""Whole runs on the real runtime: the same seed, honest books, and who earns."""

from pathlib import Path

import pytest

from taonet.cli.simulate.simulation import Outcome, Simulation
from taonet.cli.simulate.summary import StrategyResult, by_strategy
from taonet.cli.simulate.tables import COLUMNS, Tables, read_table
from taonet.primitives.units import NetUid, Rao
from tests.cli.simulate.files import SMALL, in_subnet, run, scenario_of

RIVAL = """
[[subnet.validator]]
name = "rival"
strategy = "{strategy}"
stake = 200
"""


def files(folder: Path) -> dict[str, bytes]:
    """Every table's bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def validators(outcome: Outcome) -> dict[str, StrategyResult]:
    """The validators' results by strategy."""
    return {r.strategy: r for r in by_strategy(outcome) if r.role == "validator"}


def yields(outcome: Outcome) -> dict[str, float]:
    """What validators earned on each alpha, by strategy."""
    return {s: r.yield_on_stake or 0.0 for s, r in validators(outcome).items()}


def refusals(outcome: Outcome) -> dict[str, int]:
    """What the chain refused, of everyone."""
    return {name: n for who in outcome.participants for name, n in who.refused.items()}


def test_the_same_seed_writes_the_same_tables(tmp_path: Path) -> None:
    for name, seed in (("first", 5), ("second", 5), ("other", 6)):
        run(SMALL, tmp_path / name, seed=seed)

    assert files(tmp_path / "first") == files(tmp_path / "second")
    assert files(tmp_path / "first") != files(tmp_path / "other")
    assert set(files(tmp_path / "first")) == {f"{name}.csv" for name in COLUMNS}


def test_tables_hold_what_was_sampled(tmp_path: Path) -> None:
    outcome = run(SMALL, tmp_path)

    prices, dividends = read_table(tmp_path, "prices"), read_table(tmp_path, "dividends")
    assert len(prices) == len(read_table(tmp_path, "emission")) == 20
    assert outcome.world.number == 203
    epochs = int(dividends[-1]["epoch"])
    assert epochs in (19, 20)
    assert len(dividends) == 3 * epochs
    assert len(read_table(tmp_path, "incentives")) == 6 * epochs
    assert sum(float(row["earned"]) for row in dividends) == pytest.approx(
        sum(r.earned_alpha for r in validators(outcome).values()) / 1e9
    )


def test_better_miners_earn_more(tmp_path: Path) -> None:
    run(SMALL.replace("drift = 0.02", "drift = 0"), tmp_path)

    earned = [float(row["earned_alpha"]) for row in read_table(tmp_path, "profits")][3:]
    assert earned == sorted(earned)
    assert earned[0] > 0


def test_a_profit_is_what_one_has_more_than_one_brought(tmp_path: Path) -> None:
    outcome = run(SMALL, tmp_path)

    for row, who in zip(read_table(tmp_path, "profits"), outcome.participants, strict=True):
        has = int(outcome.world.free(who.coldkey))
        has += int(outcome.world.alpha_of(who)) * outcome.world.price_bits(who.netuid) >> 64
        assert float(row["profit"]) == pytest.approx((has - int(who.endowment)) / 1e9)


def test_the_books_are_checked_at_the_end(tmp_path: Path) -> None:
    with Tables(tmp_path) as tables:
        simulation = Simulation(scenario_of(blocks=5), tables)
        simulation.run(lambda _: None)
        simulation.world.chain.emission.total_issuance = Rao(0)

        with pytest.raises(AssertionError, match="TAO that nobody issued"):
            simulation.finish()


def test_progress_is_told_up_to_the_last_block(tmp_path: Path) -> None:
    heard: list[int] = []
    with Tables(tmp_path) as tables:
        Simulation(scenario_of(blocks=40), tables).run(heard.append)

    assert heard == [32, 40]


@pytest.mark.parametrize("profile", ["sdk11", "sdk10"])
@pytest.mark.parametrize("period", [1, 2])
def test_commits_are_revealed_in_their_epoch(tmp_path: Path, profile: str, period: int) -> None:
    text = in_subnet(SMALL, f"commit_reveal = true\nreveal_period = {period}")

    outcome = run(text, tmp_path, client_profile=profile, blocks=120)

    assert refusals(outcome) == {}
    assert validators(outcome)["honest"].earned_alpha > 0
    trust = [float(row["trust"]) for row in read_table(tmp_path, "dividends")]
    assert max(trust[-3:]) > 0.5


@pytest.mark.parametrize("rule_set", ["price_burn", "plain_price", "tao_flow", "net_flow"])
def test_a_rule_set_decides_who_gets_the_tao(tmp_path: Path, rule_set: str) -> None:
    second = SMALL[SMALL.index("[[subnet]]") :].replace('"text"', '"images"')
    bought = """
[[subnet.staker]]
name = "saver"
buy = 200
every = 5
"""
    run(SMALL + second + bought, tmp_path, rule_set=rule_set, blocks=100)

    got = {"text": 0.0, "images": 0.0}
    for row in read_table(tmp_path, "emission"):
        got[row["subnet"]] += float(row["tao_in"]) + float(row["excess_tao"])
    part = got["images"] / sum(got.values())
    if rule_set in ("tao_flow", "net_flow"):
        assert part > 0.7
    else:
        assert 0.4 < part < 0.6


def test_root_stake_makes_room_for_liquidity(tmp_path: Path) -> None:
    run(SMALL, tmp_path / "without", blocks=50)
    outcome = run(SMALL, tmp_path / "with", blocks=50, root_stake=100_000)

    def liquidity(folder: str) -> float:
        return sum(float(row["tao_in"]) for row in read_table(tmp_path / folder, "emission"))

    assert liquidity("without") == 0
    assert liquidity("with") > 0
    assert int(outcome.world.chain.pools.subnet_tao[NetUid(0)]) == 100_000 * 10**9


def test_an_honest_validator_earns_the_most(tmp_path: Path) -> None:
    earned = {}
    for strategy in ("lazy", "copier", "self_weighting"):
        outcome = run(SMALL + RIVAL.format(strategy=strategy), tmp_path / strategy, blocks=400)
        found = yields(outcome)
        earned[strategy] = found[strategy] / found["honest"]
        assert refusals(outcome) == {}

    assert earned["self_weighting"] < earned["lazy"] < 1
    assert earned["self_weighting"] < earned["copier"] < 1


CABAL = """
[[subnet.validator]]
name = "boss"
strategy = "cabal"
cabal = "friends"
stake = {stake}

[[subnet.miner]]
name = "friend"
cabal = "friends"
quality = [0.0, 0.0]
"""


@pytest.mark.parametrize(("stake", "rules"), [(100, False), (3_000, True)])
def test_a_cabal_feeds_its_friends_if_it_has_the_majority(
    tmp_path: Path, stake: int, rules: bool
) -> None:
    outcome = run(SMALL + CABAL.format(stake=stake), tmp_path)

    miners = {r.strategy: r.earned_alpha for r in by_strategy(outcome) if r.role == "miner"}
    assert (miners["cabal"] > miners["honest"]) is rules
