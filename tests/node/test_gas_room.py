"""How much EVM code a block may run, and what waits for the next one."""

from dataclasses import replace

import pytest

from taonet.frame.call import Call
from taonet.node.gas_room import BLOCK_GAS_MAX, gas_of, within_gas
from taonet.node.tx_pool import PoolRefused
from taonet.pallets.evm.types import U256
from taonet.pallets.subtensor.types import H160
from taonet.runtime.extrinsic import Extrinsic
from tests.node.small_chain import ALICE, SmallChain
from tests.runtime.chain import call_of


@pytest.fixture(scope="module")
def small() -> SmallChain:
    return SmallChain()


def evm_call(gas: int) -> Call:
    """A call into the EVM that may use so much gas."""
    address = H160(bytes(20))
    return call_of(
        "EVM", "call", address, address, b"", U256.of(0), gas, U256.of(10**10), None, None, (), ()
    )


def extrinsic(small: SmallChain, call: Call) -> Extrinsic:
    plain = small.chain.executor.decode(small.transfer(ALICE, 1, nonce=0))
    return replace(plain, call=call)


def test_gas_is_that_of_all_calls_within() -> None:
    remark = call_of("System", "remark", b"")
    inner = call_of("Utility", "batch_all", (evm_call(2), remark, evm_call(3)))
    assert gas_of(call_of("Sudo", "sudo", inner)) == 5
    assert gas_of(remark) == 0
    assert gas_of(call_of("EVM", "set_whitelist", ())) == 0


def test_what_does_not_fit_waits_and_smaller_ones_pass_it(small: SmallChain) -> None:
    gas = [6, 5, 4, 0, 1]
    offered = [extrinsic(small, evm_call(each)) for each in gas]
    taken = [gas_of(each.call) for each in within_gas(offered, 10)]
    assert taken == [6, 4, 0]


def test_what_no_block_holds_is_refused_at_the_pool(small: SmallChain) -> None:
    raw = small.sign(ALICE, evm_call(BLOCK_GAS_MAX + 1), nonce=0)
    with pytest.raises(PoolRefused) as caught:
        small.chain.pool.submit(raw)
    assert caught.value.data == "Transaction would exhaust the block limits"
    assert small.chain.pending() == []
    small.chain.pool.submit(small.sign(ALICE, evm_call(BLOCK_GAS_MAX), nonce=0))
