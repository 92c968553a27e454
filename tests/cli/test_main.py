"""The command line as a whole."""

import subprocess
import sys

import typer
from typer.testing import CliRunner

from taonet.cli.main import COMMANDS, application


def test_every_command_says_what_it_is_for() -> None:
    shown = CliRunner().invoke(application(), ["--help"])
    command = typer.main.get_command(application())

    assert shown.exit_code == 0
    for name in COMMANDS:
        assert name in shown.stdout
        assert vars(command)["commands"][name].help


def test_a_single_command_is_loaded_alone() -> None:
    script = (
        "import sys; from taonet.cli.main import application; application('conformance');"
        "print([name for name in ('jax', 'bittensor', 'aiohttp') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_an_unknown_command_is_refused_by_name() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "taonet.cli.main", "fly"], capture_output=True, text=True
    )

    assert done.returncode == 2
    assert "fly" in done.stderr


def test_it_says_its_version() -> None:
    shown = CliRunner().invoke(application(), ["--version"])

    assert shown.exit_code == 0
    assert shown.stdout.strip().count(".") == 2
