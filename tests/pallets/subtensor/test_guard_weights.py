"""What guards add to the weight that calls declare."""

import pytest

from taonet.frame.weight import Weight
from taonet.pallets.subtensor.guard_weights import (
    COLDKEY_SWAP,
    DELEGATE_TAKE,
    EVM_KEY,
    RATE_LIMITS,
    SERVING,
    WEIGHTS,
    guard_weight,
)
from taonet.runtime.pallets import CALLS, PALLETS


@pytest.mark.parametrize(
    ("call", "guards"),
    [
        ("set_weights", (WEIGHTS, RATE_LIMITS)),
        ("commit_mechanism_weights", (WEIGHTS, RATE_LIMITS)),
        ("batch_set_weights", (WEIGHTS,)),
        ("reveal_weights", (WEIGHTS,)),
        ("commit_timelocked_mechanism_weights", (WEIGHTS,)),
        ("register_network", (RATE_LIMITS,)),
        ("register_network_with_identity", ()),
        ("increase_take", (DELEGATE_TAKE,)),
        ("serve_prometheus", (SERVING,)),
        ("associate_evm_key", (EVM_KEY,)),
        ("add_stake", ()),
    ],
)
def test_a_call_pays_for_the_guards_that_look_at_it(call: str, guards: tuple[Weight, ...]) -> None:
    weight = COLDKEY_SWAP
    for guard in guards:
        weight += guard
    spec = CALLS["SubtensorModule", call][0]
    assert guard_weight("SubtensorModule", call) == spec.guard_weight == weight


def test_calls_of_other_pallets_pay_for_the_look_at_a_swap_alone() -> None:
    assert guard_weight("Elsewhere", "set_weights") == COLDKEY_SWAP
    others = [spec for (pallet, _), (spec, *_) in CALLS.items() if pallet != "SubtensorModule"]
    assert len(PALLETS) > 20
    assert {spec.guard_weight for spec in others} == {COLDKEY_SWAP}


def test_the_weight_of_calls_saturates() -> None:
    most = 2**64 - 1
    assert Weight(most - 1, 1).saturating_add(Weight(7, 2)) == Weight(most, 3)
