"""Scenario files for tests: a small subnet whose parts a test adds to."""

import tomllib
from pathlib import Path
from typing import Any

from taonet.cli.simulate.scenario import Scenario, read_scenario
from taonet.cli.simulate.simulation import Outcome, simulate
from taonet.cli.simulate.toml_table import TomlTable

SMALL = """
name = "small"
seed = 5
blocks = 200
sample_every = 10

[[subnet]]
name = "text"
tempo = 10
owner_cut = false
max_validators = 4

[[subnet.validator]]
name = "honest"
count = 3
stake = 200
noise = 0.05

[[subnet.miner]]
name = "miner"
count = 6
quality = [0.2, 0.8]
drift = 0.02
sells = 1.0
"""


def scenario_of(text: str = SMALL, **changes: Any) -> Scenario:
    """The scenario of a file's text, with other fields at its top."""
    return read_scenario(TomlTable(tomllib.loads(text) | changes))


def in_subnet(text: str, fields: str) -> str:
    """The file with more fields in its subnet."""
    return text.replace('name = "text"\n', f'name = "text"\n{fields}\n', 1)


def run(text: str, folder: Path, **changes: Any) -> Outcome:
    """A run of a file's text."""
    return simulate(scenario_of(text, **changes), folder)
