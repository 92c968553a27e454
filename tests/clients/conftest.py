"""Clients in environments of their own, each module with a node of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from taonet.frame.config import ClientProfile
from tests.clients.environments import (
    NodeEnvironment,
    PythonEnvironment,
    node_environment,
    python_environment,
)
from tests.clients.network import Node, running_node
from tests.clients.running import Client


@pytest.fixture(scope="session")
def sdk11_environment() -> PythonEnvironment:
    """bittensor 11.3.0 with its btcli."""
    return python_environment("sdk11")


@pytest.fixture(scope="session")
def sdk10_environment() -> PythonEnvironment:
    """bittensor 10.5.0."""
    return python_environment("sdk10")


@pytest.fixture(scope="session")
def web3_environment() -> PythonEnvironment:
    """web3.py 8.0.0."""
    return python_environment("web3")


@pytest.fixture(scope="session")
def polkadot_js_environment() -> NodeEnvironment:
    """@polkadot/api."""
    return node_environment("polkadot_js")


@pytest.fixture(scope="session")
def papi_environment() -> NodeEnvironment:
    """polkadot-api."""
    return node_environment("papi")


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A fast local network."""
    with running_node() as started:
        yield started


@pytest.fixture(scope="module")
def node_for_sdk10() -> Iterator[Node]:
    """A fast local network with the rules that bittensor 10 expects."""
    with running_node(ClientProfile.SDK10) as started:
        yield started


@pytest.fixture
def sdk11(sdk11_environment: PythonEnvironment, node: Node, tmp_path: Path) -> Client:
    """The SDK and btcli 11.3, with a fresh home."""
    return Client(sdk11_environment, node, tmp_path)


@pytest.fixture
def sdk10(sdk10_environment: PythonEnvironment, node_for_sdk10: Node, tmp_path: Path) -> Client:
    """The SDK 10.5, with a fresh home."""
    return Client(sdk10_environment, node_for_sdk10, tmp_path)


@pytest.fixture(scope="module")
def calm_node() -> Iterator[Node]:
    """A local network whose blocks come a second apart: slow enough to see each state."""
    with running_node(block_time_s=1.0) as started:
        yield started


@pytest.fixture
def web3(web3_environment: PythonEnvironment, node: Node, tmp_path: Path) -> Client:
    """web3.py, with a fresh home."""
    return Client(web3_environment, node, tmp_path)


@pytest.fixture
def polkadot_js(
    polkadot_js_environment: NodeEnvironment, calm_node: Node, tmp_path: Path
) -> Client:
    """@polkadot/api, with a fresh home."""
    return Client(polkadot_js_environment, calm_node, tmp_path)


@pytest.fixture
def papi(papi_environment: NodeEnvironment, node: Node, tmp_path: Path) -> Client:
    """polkadot-api, with a fresh home."""
    return Client(papi_environment, node, tmp_path)
