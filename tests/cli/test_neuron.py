"""A neuron that cannot start says why in one line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from taonet.cli.main import application


def invoke(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(application(words[0]), [*words])
    return done.exit_code, done.stderr


@pytest.mark.parametrize("role", ["miner", "validator"])
def test_a_file_that_is_no_subnet_is_named(role: str, tmp_path: Path) -> None:
    code, said = invoke(role, str(tmp_path / "absent.py"), "--netuid", "2")

    assert code == 1
    assert "NotASubnet" in said
    assert "absent.py is not a Python file" in said
    assert "Traceback" not in said


def test_an_axon_on_every_address_needs_a_public_one(tmp_path: Path) -> None:
    code, said = invoke("miner", "--netuid", "2", "--host", "0.0.0.0")

    assert code == 2
    assert "--public-ip" in said


@pytest.mark.parametrize("words", [["--netuid", "65536"], ["--netuid", "2", "--port", "65536"]])
def test_numbers_beyond_their_range_are_refused(words: list[str]) -> None:
    assert invoke("miner", *words)[0] == 2
