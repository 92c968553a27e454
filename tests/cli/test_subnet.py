"""Founding a subnet needs a subnet, and a chain."""

from pathlib import Path

from typer.testing import CliRunner

from taonet.cli.main import application
from taonet.neuron.scaffold import write_subnet
from tests.flows.node_process import free_port


def test_a_file_that_is_no_subnet_leaves_no_wallets(tmp_path: Path) -> None:
    wallets = tmp_path / "wallets"
    words = ["subnet", "found", str(tmp_path / "absent.py"), "--wallet-path", str(wallets)]
    refused = CliRunner().invoke(application("subnet"), words)

    assert refused.exit_code == 1
    assert "absent.py is not a Python file" in refused.stderr
    assert not wallets.exists()


def test_a_chain_that_does_not_answer_is_told(tmp_path: Path) -> None:
    file, *_ = write_subnet(tmp_path, "mine")
    words = ["subnet", "found", str(file), "--wallet-path", str(tmp_path / "wallets")]
    words += ["--chain-url", f"ws://127.0.0.1:{free_port()}"]
    refused = CliRunner().invoke(application("subnet"), words)

    assert refused.exit_code == 1
    assert "could not connect" in refused.stderr


def test_a_new_subnet_is_told_by_its_files(tmp_path: Path) -> None:
    words = ["subnet", "new", "mine", "--folder", str(tmp_path)]
    done = CliRunner().invoke(application("subnet"), words)
    again = CliRunner().invoke(application("subnet"), words)

    assert (done.exit_code, done.stdout) == (0, "")
    assert (again.exit_code, "exists already" in again.stderr) == (1, True)
