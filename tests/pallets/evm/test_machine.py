"""
The machine against the Ethereum specification's own executable model, Cancun.

`vectors.json` was written by `ethereum-execution` 2.20 (ethereum.forks.cancun): a message over a
world, and what the model made of it. Random programs stand beside those that were written.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from taonet.pallets.evm.machine.calls import contract_address
from taonet.pallets.evm.machine.execution import execute
from taonet.pallets.evm.machine.execution_context import Context
from taonet.pallets.evm.machine.frame import Message, Purpose
from taonet.pallets.evm.machine.precompiled import STANDARD
from tests.pallets.evm.memory_world import BLOCK, MemoryWorld, accounts_from

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
ORIGIN, CONTRACT = bytes.fromhex("11" * 20), bytes.fromhex("aa" * 20)


@pytest.mark.parametrize("case", VECTORS, ids=[case["name"] for case in VECTORS])
def test_a_message_ends_as_the_specification_says(case: dict[str, Any]) -> None:
    world = MemoryWorld(accounts_from(case["pre"]))
    target = contract_address(ORIGIN, world.nonce(ORIGIN)) if case["create"] else CONTRACT
    context = Context(world, ORIGIN, BLOCK.base_fee)
    context.substate.addresses |= {ORIGIN, target, BLOCK.coinbase, *STANDARD}
    if not case["create"]:
        world.increment_nonce(ORIGIN)

    result = execute(
        context,
        Message(
            purpose=Purpose.CREATE if case["create"] else Purpose.CALL,
            caller=ORIGIN,
            address=target,
            code_address=target,
            value=case["value"],
            input=bytes.fromhex(case["input"]),
            gas=case["gas"],
            depth=0,
            is_static=False,
        ),
    )

    substate = context.substate
    for destroyed in substate.destroyed:
        del world.accounts[destroyed]
    assert result.success == case["success"], result
    assert result.gas_left == case["gas_left"]
    assert result.output.hex() == case["output"]
    if result.success:
        assert substate.refund == case["refund"]
    logs = [
        {"address": e.address.hex(), "topics": [t.hex() for t in e.topics], "data": e.data.hex()}
        for e in substate.logs
    ]
    assert logs == case["logs"]
    left = {a: w for a, w in world.accounts.items() if not world.is_empty(a) or w.storage}
    assert left == accounts_from(case["post"])
