"""The price of gas: between blocks, at its floor, and set by root."""

import pytest

from taonet.pallets.base_fee import DEFAULT_WEI, ELASTICITY, LOWEST_WEI, moved_price
from taonet.pallets.evm.types import U256
from tests.runtime.chain import ALICE, Chain, call_of


@pytest.mark.parametrize(
    ("usage", "price"),
    [
        (500_000, DEFAULT_WEI),
        (0, DEFAULT_WEI * 875_000 // 1_000_000),
        (1_000_000, DEFAULT_WEI * 1_125_000 // 1_000_000),
        (750_000, DEFAULT_WEI * 1_062_500 // 1_000_000),
        (250_000, DEFAULT_WEI * 937_500 // 1_000_000),
    ],
)
def test_the_price_follows_how_full_a_block_was(usage: int, price: int) -> None:
    assert moved_price(DEFAULT_WEI, usage, ELASTICITY) == price


def test_the_price_has_a_floor_and_a_ceiling() -> None:
    assert moved_price(LOWEST_WEI + 1, 0, ELASTICITY) == LOWEST_WEI
    assert moved_price(2**256 - 1, 1_000_000, ELASTICITY) is None


def test_empty_blocks_bring_it_to_the_floor() -> None:
    chain = Chain()
    assert chain.runtime.base_fee.wei == DEFAULT_WEI
    for _ in range(8):
        chain.block()
    assert chain.runtime.base_fee.wei == LOWEST_WEI


def test_root_sets_it_and_nobody_else() -> None:
    chain = Chain()
    call = call_of("BaseFee", "set_base_fee_per_gas", U256.of(10**12))
    assert type(chain.send(ALICE, call)).__name__ == "BadOrigin"
    assert chain.send(ALICE, call_of("Sudo", "sudo", call)) is None
    assert 8 * 10**11 < chain.runtime.base_fee.wei < 10**12
