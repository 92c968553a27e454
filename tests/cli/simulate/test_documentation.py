"""The how-to page lists every field of a scenario and every table, and no other."""

import re
import tomllib
from pathlib import Path

import pytest

from taonet.cli.simulate.scenario import read_scenario
from taonet.cli.simulate.tables import COLUMNS
from taonet.cli.simulate.toml_table import ScenarioError, TomlTable
from tests.cli.simulate.files import SMALL

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "simulate.md"
SECTIONS = dict(re.findall(r"^#+ (.+?)\n(.*?)(?=^#|\Z)", PAGE.read_text("utf-8"), re.M | re.S))

FULL = f"""{SMALL}
[[subnet.staker]]
name = "saver"
buy = 1
[[subnet.trader]]
name = "sandwich"
capital = 1
"""


def told(section: str) -> set[str]:
    """What the first column of a section's table names."""
    cells = re.findall(r"^\| (`.*?) \|", SECTIONS[section], re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([\w.]+)`", cell)}


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("", "The file"),
        ("[[subnet]]\n", "`[[subnet]]`"),
        ("[[subnet.validator]]\n", "`[[subnet.validator]]`"),
        ("[[subnet.miner]]\n", "`[[subnet.miner]]`"),
        ("[[subnet.staker]]\n", "`[[subnet.staker]]`"),
        ("[[subnet.trader]]\n", "`[[subnet.trader]]`"),
    ],
)
def test_every_field_is_told(heading: str, section: str) -> None:
    text = FULL.replace(heading, f"{heading}misspelt = 1\n", 1)

    with pytest.raises(ScenarioError) as refusal:
        read_scenario(TomlTable(tomllib.loads(text)))

    _, known = str(refusal.value).split("misspelt: no such field; there are ")
    assert told(section) == set(known.split(", ")) - {"misspelt"}


def test_every_table_is_told() -> None:
    assert told("What is written") == {f"{name}.csv" for name in COLUMNS}
