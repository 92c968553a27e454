"""Addresses as the chain, the SDK and a dendrite need them."""

import pytest

from taonet.neuron.chain import Endpoint
from taonet.neuron.sdk_chain import _endpoint, _published


def test_an_endpoint_is_a_url() -> None:
    assert Endpoint("10.0.0.1", 80).url == "http://10.0.0.1:80"
    assert Endpoint("2001:db8::1", 80).url == "http://[2001:db8::1]:80"


@pytest.mark.parametrize(("ip", "port"), [("10.0.0.1", 0), ("10.0.0.1", 65_536), ("host", 80)])
def test_an_endpoint_that_cannot_be_is_refused(ip: str, port: int) -> None:
    with pytest.raises(ValueError, match=r"port|address"):
        Endpoint(ip, port)


def test_the_loopback_address_survives_a_chain_that_refuses_it() -> None:
    assert _published("127.0.0.1") == "::ffff:127.0.0.1"
    assert _published("192.0.2.1") == "192.0.2.1"
    assert _endpoint("[::ffff:127.0.0.1]:8091") == Endpoint("127.0.0.1", 8091)


@pytest.mark.parametrize("text", [None, "", "x:1", "10.0.0.1:0", "10.0.0.1"])
def test_a_neuron_that_publishes_nonsense_serves_nothing(text: str | None) -> None:
    assert _endpoint(text) is None
