"""What a scenario file may say, and how it is told what it may not."""

from pathlib import Path

import pytest

from taonet.cli.simulate.scenario import Scenario, Strategy, load_scenario
from taonet.cli.simulate.toml_table import ScenarioError
from taonet.frame.config import ClientProfile, EmissionSplit, Timing
from tests.cli.simulate.files import SMALL, scenario_of

HONEST = 'name = "honest"\n'


def test_a_file_is_read_with_its_defaults() -> None:
    scenario = scenario_of()

    assert (scenario.rule_set, scenario.client_profile, scenario.timing) == (
        EmissionSplit.PRICE_BURN,
        ClientProfile.SDK11,
        Timing.FAST,
    )
    (subnet,) = scenario.subnets
    assert (subnet.tempo, subnet.yuma, subnet.commit_reveal) == (10, 3, False)
    assert [group.strategy for group in subnet.validators] == [Strategy.HONEST]
    assert (subnet.miners[0].quality, subnet.miners[0].count) == ((0.2, 0.8), 6)


def test_samples_are_about_five_hundred_by_default() -> None:
    text = SMALL.replace("sample_every = 10\n", "")

    assert scenario_of(text, blocks=5_000).sample_every == 10
    assert scenario_of(text, blocks=100).sample_every == 1


MISTAKES = [
    ('name = "small"', "", "name: is missing"),
    ("blocks = 200", "blocks = 0", "blocks: must be a whole number from 1 to"),
    ("blocks = 200", "blocks = true", "blocks: must be a whole number from 1 to"),
    ("seed = 5", "seed = -1", "seed: must be a whole number from 0"),
    ("seed = 5", 'epoch_variant = "yuma4"', "epoch_variant: must be one of subnet_choice, yuma2"),
    ("seed = 5", 'registration_price = "free"', "registration_price: must be one of continuous"),
    ("seed = 5", 'rule_set = "socialism"', "rule_set: must be one of price_burn, plain_price"),
    ("seed = 5", "sead = 5", "sead: no such field; there are blocks, client_profile"),
    ("tempo = 10", "tempo = 3", "subnet[0].tempo: must be a whole number from 4"),
    ("tempo = 10", "yuma = 4", "subnet[0].yuma: must be a whole number from 2 to 3"),
    ("tempo = 10", "pool = 5", "subnet[0].pool: must be a number from 1000"),
    ("tempo = 10", "commit_reveal = 1", "subnet[0].commit_reveal: must be true or false, not 1"),
    ("stake = 200", "stake = 'much'", "subnet[0].validator[0].stake: must be a number from 0.1"),
    ("stake = 200", "", "subnet[0].validator[0].stake: is missing"),
    ("stake = 200", "stake = nan", "subnet[0].validator[0].stake: must be a number from 0.1"),
    (
        HONEST,
        HONEST + 'strategy = "mean"\n',
        "subnet[0].validator[0].strategy: must be one of honest, lazy, copier, cabal, "
        "self_weighting, not 'mean'",
    ),
    (HONEST, 'name = ""\n', "subnet[0].validator[0].name: must be a text, not ''"),
    (
        HONEST,
        HONEST + 'strategy = "cabal"\n',
        "subnet[0].validator[0].cabal: names the group of a cabal's validators, and of no others",
    ),
    (
        HONEST,
        HONEST + 'cabal = "friends"\n',
        "subnet[0].validator[0].cabal: names the group of a cabal's validators, and of no others",
    ),
    (HONEST, 'name = "miner"\n', "subnet[0].name: 'miner' is used twice"),
    ("[0.2, 0.8]", "[0.8, 0.2]", "subnet[0].miner[0].quality: must be two numbers from 0 to 1"),
    ("[0.2, 0.8]", "0.5", "subnet[0].miner[0].quality: must be two numbers from 0 to 1"),
    ("count = 6", "count = 253", "subnet[0]: at most 255 neurons, not 256"),
    ("[[subnet.miner]]", "[subnet.miner]", "subnet[0].miner: must be written as [[subnet[0].miner"),
]


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES)
def test_a_mistake_is_named_by_its_place(right: str, wrong: str, message: str) -> None:
    with pytest.raises(ScenarioError) as refusal:
        scenario_of(SMALL.replace(right, wrong, 1))

    assert str(refusal.value).startswith(message)


def test_a_scenario_needs_a_subnet() -> None:
    with pytest.raises(ScenarioError, match=r"^subnet: at least one \[\[subnet\]\] is needed$"):
        scenario_of('name = "empty"\nblocks = 1')


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    broken, binary = tmp_path / "broken.toml", tmp_path / "binary.toml"
    broken.write_text("name = ", encoding="utf-8")
    binary.write_bytes(b"\xff\xfe")

    with pytest.raises(ScenarioError, match=r"cannot read .*missing\.toml: No such file"):
        load_scenario(tmp_path / "missing.toml")
    with pytest.raises(ScenarioError, match=r"broken\.toml is not TOML"):
        load_scenario(broken)
    with pytest.raises(ScenarioError, match=r"binary\.toml is not TOML"):
        load_scenario(binary)


def test_a_file_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "small.toml"
    file.write_text(SMALL, encoding="utf-8")

    assert isinstance(load_scenario(file), Scenario)
    assert load_scenario(file) == scenario_of()
