"""Options of a node that contradict each other are refused before anything starts."""

import pytest
from typer.testing import CliRunner

from taonet.cli.main import application


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::", "example.org"])
def test_dev_methods_are_for_loopback_only(host: str) -> None:
    refused = CliRunner().invoke(application("node"), ["node", "--dev", "--host", host])

    assert refused.exit_code == 2
    assert f"not {host}" in refused.stderr


def test_a_localnet_is_fast_or_not() -> None:
    refused = CliRunner().invoke(application("localnet"), ["localnet", "perhaps"])

    assert refused.exit_code == 2
    assert "not 'perhaps'" in refused.stderr


@pytest.mark.parametrize(
    "words", [["--sealing", "never"], ["--port", "http"], ["--drand", "somewhere"]]
)
def test_a_value_that_no_option_has_is_refused(words: list[str]) -> None:
    assert CliRunner().invoke(application("node"), ["node", *words]).exit_code == 2


def test_a_localnet_asks_no_server_that_is_none() -> None:
    refused = CliRunner().invoke(application("localnet"), ["localnet", "--drand", "somewhere"])

    assert refused.exit_code == 2
    assert "'somewhere' is no server" in refused.stderr
