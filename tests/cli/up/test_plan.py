"""What is planned for a network."""

import pytest
import typer

from taonet.cli.up.command import trains
from taonet.cli.up.plan import MINERS, OWNER, VALIDATOR, Cheat, NetworkPlan


def test_addresses_follow_from_the_ports() -> None:
    plan = NetworkPlan(chain_port=1944, gateway_port=1080)

    assert plan.chain_url == "ws://127.0.0.1:1944"
    assert plan.chain_http_url == "http://127.0.0.1:1944"
    assert plan.gateway_url == "http://127.0.0.1:1080/v1"


def test_every_process_that_listens_has_a_port_of_its_own() -> None:
    assert dict(NetworkPlan(axon_port=8091).ports()) == {
        9944: "the chain",
        8080: "the gateway",
        8092: "miner-1",
        8093: "miner-2",
        8094: "miner-3",
    }


def test_only_the_last_miner_cheats() -> None:
    plan = NetworkPlan(cheat=Cheat.CANNED)

    assert [plan.cheat_of(miner) for miner in MINERS] == [Cheat.NONE, Cheat.NONE, Cheat.CANNED]


def test_the_subnet_has_an_owner_a_validator_and_the_miners() -> None:
    subnet = NetworkPlan(tempo_blocks=7).subnet

    assert (subnet.name, subnet.tempo_blocks) == ("text generation", 7)
    assert subnet.everyone == (OWNER, VALIDATOR, *MINERS)


def test_a_second_subnet_trains_with_keys_of_its_own() -> None:
    plan = NetworkPlan(block_time_s=0.5, training=True)
    own = plan.training_subnet

    assert own.name == "training"
    assert not {each.name for each in own.everyone} & {each.name for each in plan.subnet.everyone}
    assert plan.window_blocks == 80
    assert NetworkPlan(block_time_s=12.0).window_blocks == 20


@pytest.mark.parametrize("plan", [NetworkPlan(), NetworkPlan(training=True)])
def test_subnets_are_told_as_they_are_asked_for(plan: NetworkPlan) -> None:
    assert trains(plan.subnets) is plan.training


@pytest.mark.parametrize("subnets", ["", "training", "text,pictures"])
def test_unknown_subnets_are_refused(subnets: str) -> None:
    with pytest.raises(typer.Exit) as caught:
        trains(subnets)
    assert caught.value.exit_code == 2
