"""Endpoints: what may be announced, and how often."""

import pytest

from taonet.frame.origin import Signed
from taonet.pallets.subtensor.errors import (
    HotKeyNotRegisteredInNetwork,
    InvalidIpAddress,
    InvalidIpType,
    InvalidPort,
    ServingRateLimitExceeded,
)
from taonet.pallets.subtensor.events.accounts import AxonServed, PrometheusServed
from taonet.pallets.subtensor.serving import certificate_from
from taonet.pallets.subtensor.types import AxonInfo, NeuronCertificate, PrometheusInfo
from tests.pallets.subtensor.chain import NETUID, Chain, account
from tests.pallets.subtensor.refusals import refuse

MINER = account("miner")
IP = 0x0A000001


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.add_subnet()
    chain.register("miner")
    chain.system.number = 7
    return chain


def test_a_neuron_announces_its_axon(chain: Chain) -> None:
    chain.subtensor.serving.serve_axon(Signed(MINER), NETUID, 1, IP, 8091, 4, 4, 5, 6)

    axon = AxonInfo(7, 1, IP, 8091, 4, 4, 5, 6)
    assert chain.subtensor.neurons.axons[NETUID, MINER] == axon
    assert chain.events(AxonServed) == [AxonServed(NETUID, MINER)]


def test_an_ip_of_zero_withdraws_an_axon_but_no_prometheus(chain: Chain) -> None:
    chain.subtensor.serving.serve_axon(Signed(MINER), NETUID, 1, 0, 8091, 4, 0, 0, 0)

    axon = chain.subtensor.neurons.axons[NETUID, MINER]
    assert axon is not None
    assert axon.ip == 0
    call = chain.subtensor.serving.serve_prometheus
    refuse(chain, InvalidIpAddress, call, Signed(MINER), NETUID, 1, 0, 9100, 4)


def test_a_certificate_is_kept_beside_the_axon(chain: Chain) -> None:
    key = bytes([1]) + bytes(range(64))
    chain.subtensor.serving.serve_axon_tls(Signed(MINER), NETUID, 1, IP, 8091, 4, 4, 0, 0, key)

    assert chain.subtensor.neurons.neuron_certificates[NETUID, MINER] == NeuronCertificate(
        public_key=key[1:], algorithm=1
    )


@pytest.mark.parametrize("raw", [b"", bytes(66)])
def test_what_is_no_certificate_is_dropped(chain: Chain, raw: bytes) -> None:
    chain.subtensor.serving.serve_axon_tls(Signed(MINER), NETUID, 1, IP, 8091, 4, 4, 0, 0, raw)

    assert certificate_from(raw) is None
    assert chain.subtensor.neurons.neuron_certificates[NETUID, MINER] is None
    assert chain.subtensor.neurons.axons[NETUID, MINER] is not None


def test_a_neuron_announces_its_metrics(chain: Chain) -> None:
    chain.subtensor.serving.serve_prometheus(Signed(MINER), NETUID, 2, IP, 9100, 4)

    assert chain.subtensor.neurons.prometheus[NETUID, MINER] == PrometheusInfo(7, 2, IP, 9100, 4)
    assert chain.events(PrometheusServed) == [PrometheusServed(NETUID, MINER)]


@pytest.mark.parametrize(
    ("ip", "port", "ip_type", "error"),
    [
        (IP, 8091, 5, InvalidIpType),
        (0x7F000001, 8091, 4, InvalidIpAddress),
        (2**32 - 1, 8091, 4, InvalidIpAddress),
        (2**32, 8091, 4, InvalidIpAddress),
        (1, 8091, 6, InvalidIpAddress),
        (2**128 - 1, 8091, 6, InvalidIpAddress),
        (IP, 0, 4, InvalidPort),
    ],
)
def test_an_endpoint_must_be_reachable(
    chain: Chain, ip: int, port: int, ip_type: int, error: type[InvalidPort]
) -> None:
    serving = chain.subtensor.serving
    refuse(chain, error, serving.serve_axon, Signed(MINER), NETUID, 1, ip, port, ip_type, 4, 0, 0)
    refuse(chain, error, serving.serve_prometheus, Signed(MINER), NETUID, 1, ip, port, ip_type)


def test_only_neurons_announce(chain: Chain) -> None:
    serving, stranger = chain.subtensor.serving, Signed(account("stranger"))
    error = HotKeyNotRegisteredInNetwork
    refuse(chain, error, serving.serve_axon, stranger, NETUID, 1, IP, 80, 4, 4, 0, 0)
    refuse(chain, error, serving.serve_prometheus, stranger, NETUID, 1, IP, 80, 4)


def test_endpoints_change_only_so_often(chain: Chain) -> None:
    serve = chain.subtensor.serving.serve_axon
    arguments = (Signed(MINER), NETUID, 1, IP, 8091, 4, 4, 0, 0)
    serve(*arguments)
    chain.system.number = 7 + 49
    refuse(chain, ServingRateLimitExceeded, serve, *arguments)
    chain.system.number = 7 + 50
    serve(*arguments)

    axon = chain.subtensor.neurons.axons[NETUID, MINER]
    assert axon is not None
    assert axon.block == 57
