"""What a new subnet costs."""

from taonet.pallets.subtensor.types import NetworkLastRegistered
from taonet.primitives.units import Rao
from tests.runtime.runtime_apis.small_chain import NOW, UNIT, SmallChain

TRAIT = "SubnetRegistrationRuntimeApi"


def test_the_price_doubles_with_a_subnet_and_falls_again(chain: SmallChain) -> None:
    subtensor = chain.runtime.subtensor
    assert chain.ask(TRAIT, "get_network_registration_cost") == 1_000 * UNIT

    subtensor.global_parameters.network_last_lock_cost = Rao(5_000 * UNIT)
    subtensor.rate_limits.last_rate_limited_block[NetworkLastRegistered()] = NOW
    assert chain.ask(TRAIT, "get_network_registration_cost") == 10_000 * UNIT

    chain.runtime.system.number += 1
    assert 9_999 * UNIT < chain.ask(TRAIT, "get_network_registration_cost") < 10_000 * UNIT
