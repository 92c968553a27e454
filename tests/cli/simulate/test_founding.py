"""Subnets as the chain has them after the founding, and those that it refuses."""

from pathlib import Path

import pytest

from taonet.cli.simulate.simulation import Simulation
from taonet.cli.simulate.tables import Tables
from taonet.cli.simulate.toml_table import ScenarioError
from taonet.primitives.units import NetUid
from tests.cli.simulate.files import SMALL, in_subnet, scenario_of

SECOND = SMALL[SMALL.index("[[subnet]]") :].replace('"text"', '"images"')


def founded(text: str, folder: Path) -> Simulation:
    """A simulation that has not run yet."""
    with Tables(folder) as tables:
        return Simulation(scenario_of(text), tables)


def test_a_subnet_has_the_parameters_of_its_plan(tmp_path: Path) -> None:
    fields = """
yuma = 2
liquid_alpha = true
liquid_alpha_range = [0.5, 1.0]
commit_reveal = true
reveal_period = 4
bonds_moving_average = 0.5
bonds_penalty = 0.0
kappa = 0.6
"""
    chain = founded(in_subnet(SMALL, fields), tmp_path).world.chain

    parameters, netuid = chain.hyperparameters, NetUid(2)
    assert parameters.tempo[netuid] == 10
    assert parameters.yuma3_on[netuid] is False
    assert parameters.alpha_values[netuid] == (32_768, 65_535)
    assert parameters.commit_reveal_weights_enabled[netuid] is True
    assert parameters.reveal_period_epochs[netuid] == 4
    assert parameters.bonds_moving_average[netuid] == 500_000
    assert parameters.bonds_penalty[netuid] == 0
    assert parameters.kappa[netuid] == 39_321
    assert parameters.owner_cut_enabled[netuid] is False
    assert chain.networks.subnetwork_n[netuid] == 10


def test_a_small_subnet_can_follow_a_large_one(tmp_path: Path) -> None:
    world = founded(in_subnet(SMALL, "pool = 50_000") + SECOND, tmp_path).world

    pools = world.chain.pools.subnet_tao
    assert 50_000 < int(pools[NetUid(2)]) / 1e9 < 51_000
    assert 1_000 < int(pools[NetUid(3)]) / 1e9 < 2_000
    world.runtime.try_state()


def test_what_the_chain_refuses_is_named(tmp_path: Path) -> None:
    text = in_subnet(SMALL, "liquid_alpha = true\nliquid_alpha_range = [0.0, 0.9]")

    with pytest.raises(ScenarioError, match=r"^subnet 'text': .*: AlphaLowOutOfRange$"):
        founded(text, tmp_path)
