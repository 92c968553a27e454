"""The faucet: TAO for work on a recent block."""

import pytest

from taonet.economy.block_emission import TOTAL_SUPPLY
from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Root, Signed
from taonet.pallets.subtensor.errors import InvalidDifficulty, InvalidSeal, InvalidWorkBlock
from taonet.pallets.subtensor.events.stake import Faucet as FaucetPaid
from taonet.pallets.subtensor.faucet import FAUCET_AMOUNT, meets_difficulty, seal_of
from taonet.primitives.ids import H256
from taonet.primitives.units import Rao
from tests.pallets.subtensor.chain import Chain, account
from tests.pallets.subtensor.refusals import refuse

MINER = account("miner")
BLOCK_HASH = H256(bytes(range(32)))
NONCE = 2_118_912
WORK = bytes.fromhex("d14b035f786c000001f1630ddbcaaade65918f63de1f847955b4ada0bf030000")
"""The first nonce of that block and coldkey that will do."""


@pytest.fixture
def chain() -> Chain:
    chain = Chain()
    chain.system.number = 10
    for number in range(6, 11):
        chain.system.block_hash[number] = BLOCK_HASH
    return chain


def ask(chain: Chain, block: int = 9, nonce: int = NONCE, work: bytes = WORK) -> None:
    chain.subtensor.faucet.faucet(Signed(MINER), block, nonce, work)


def test_work_is_paid(chain: Chain) -> None:
    issuance = chain.balances.total_issuance
    ask(chain)
    assert chain.balances.free(MINER) == FAUCET_AMOUNT
    assert chain.balances.total_issuance == issuance + FAUCET_AMOUNT
    assert chain.subtensor.registrations.used_work[WORK] == 10
    assert chain.state.events[-1].event == FaucetPaid(MINER, int(FAUCET_AMOUNT))


def test_the_seal_is_of_the_block_the_nonce_and_the_coldkey() -> None:
    assert seal_of(BLOCK_HASH, NONCE, MINER) == WORK
    assert seal_of(BLOCK_HASH, NONCE + 1, MINER) != WORK
    assert seal_of(H256.zero(), NONCE, MINER) != WORK
    assert seal_of(BLOCK_HASH, NONCE, account("other")) != WORK


@pytest.mark.parametrize("block", [7, 11, 2**64 - 1])
def test_the_block_is_one_of_the_last_three(chain: Chain, block: int) -> None:
    refuse(chain, InvalidWorkBlock, ask, chain, block)
    for recent in (8, 9, 10):
        ask(chain, recent)


@pytest.mark.parametrize("work", [b"", bytes(31), bytes(33), b"\xff" * 32])
def test_the_seal_is_a_small_number(chain: Chain, work: bytes) -> None:
    refuse(chain, InvalidDifficulty, ask, chain, 9, NONCE, work)


def test_the_seal_is_the_nonces(chain: Chain) -> None:
    refuse(chain, InvalidSeal, ask, chain, 9, NONCE + 1)
    refuse(chain, InvalidSeal, ask, chain, 9, NONCE, bytes(32))


def test_nobody_and_root_do_not_work(chain: Chain) -> None:
    call = chain.subtensor.faucet.faucet
    refuse(chain, BadOrigin, call, Root(), 9, NONCE, WORK)


def test_all_tao_is_not_exceeded(chain: Chain) -> None:
    left = Rao(int(TOTAL_SUPPLY) - int(chain.balances.total_issuance) - 1)
    chain.fund(account("rest"), left)
    ask(chain)
    assert chain.balances.free(MINER) == Rao(0)
    assert int(chain.balances.total_issuance) == int(TOTAL_SUPPLY) - 1
    assert chain.subtensor.emission.total_issuance == chain.balances.total_issuance


def test_a_number_meets_its_difficulty_to_the_last() -> None:
    edge = 2**256 // 1_000_000
    assert meets_difficulty(edge.to_bytes(32, "little"), 1_000_000)
    assert not meets_difficulty((edge + 1).to_bytes(32, "little"), 1_000_000)
