"""The pool orders, bounds, announces and refuses with what clients match."""

from dataclasses import replace
from typing import Any

import pytest

from taonet.node import tx_pool
from taonet.node.chain import PoolChecker
from taonet.node.tx_pool import PoolRefused, TransactionPool
from taonet.runtime.extrinsic import Extrinsic
from taonet.runtime.transaction_validity import ValidTransaction
from tests.node.small_chain import ALICE, BOB, POOR, SmallChain


@pytest.fixture
def small() -> SmallChain:
    return SmallChain()


def refused(small: SmallChain, raw: bytes) -> PoolRefused:
    """Submit, and return the refusal; the pool must be as it was."""
    before = small.chain.pending(), len(small.chain.pool)
    with pytest.raises(PoolRefused) as caught:
        small.chain.pool.submit(raw)

    assert (small.chain.pending(), len(small.chain.pool)) == before
    return caught.value


def test_nonces_wait_for_the_ones_before_them(small: SmallChain) -> None:
    statuses: list[Any] = []
    later = small.transfer(ALICE, 1, nonce=1)
    small.chain.pool.submit(later, statuses.append)

    assert statuses == ["future"]
    assert small.chain.pending() == []
    first = small.transfer(ALICE, 1, nonce=0)
    small.chain.pool.submit(first)

    assert small.chain.pending() == [first, later]
    assert small.chain.account_next_index(ALICE.id) == 2


async def test_watchers_hear_ready_in_block_and_nothing_twice(small: SmallChain) -> None:
    statuses: list[Any] = []
    small.chain.pool.submit(small.transfer(ALICE, 1), statuses.append)

    block = small.block()

    assert statuses == ["ready", {"inBlock": f"0x{block.hash.hex()}"}]
    assert len(small.chain.pool) == 0


class TipsCount(PoolChecker):
    """As the chain's own checks, but a tip is the priority: this chain gives all calls one."""

    def check(self, extrinsic: Extrinsic, *, signature_checked: bool = False) -> ValidTransaction:
        validity = super().check(extrinsic, signature_checked=signature_checked)
        return replace(validity, priority=extrinsic.tip)


def test_a_higher_priority_goes_first(small: SmallChain) -> None:
    pool = TransactionPool(TipsCount(small.executor))
    low, high = small.transfer(ALICE, 1), small.transfer(BOB, 1, tip=10**6)
    pool.submit(low)
    pool.submit(high)

    assert pool.pending() == [high, low]


def test_a_higher_priority_takes_the_place_of_the_same_nonce(small: SmallChain) -> None:
    pool = TransactionPool(TipsCount(small.executor))
    statuses: list[Any] = []
    pool.submit(small.transfer(ALICE, 1), statuses.append)
    with pytest.raises(PoolRefused, match="Priority is too low") as low:
        pool.submit(small.transfer(ALICE, 2))
    better = small.transfer(ALICE, 1, tip=10**9)
    waiting = pool.submit(better)

    assert low.value.code == 1014
    assert pool.pending() == [better]
    assert statuses[-1] == {"usurped": f"0x{waiting.extrinsic.hash.hex()}"}


async def test_refusals_carry_what_clients_match(small: SmallChain) -> None:
    good = small.transfer(ALICE, 1)
    tampered = bytearray(good)
    tampered[60] ^= 1
    wrong_genesis = small.transfer(ALICE, 1, genesis=bytes(32))

    assert refused(small, bytes(tampered)).data == "Transaction has a bad signature"
    assert refused(small, wrong_genesis).data == "Transaction has a bad signature"
    broke = refused(small, small.transfer(POOR, 1))
    assert broke.data == "Inability to pay some fees (e.g. account balance too low)"
    assert (broke.code, broke.message) == (1010, "Invalid Transaction")
    small.chain.pool.submit(good)
    assert refused(small, good).code == 1013
    small.block()
    assert refused(small, good).data == "Transaction is outdated"


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\xff" * 40, b"\x08\x84\x00", b"\x04\x07"])
def test_malformed_bytes_are_refused_by_name(small: SmallChain, raw: bytes) -> None:
    error = refused(small, raw)

    assert error.code == 1002
    assert "Could not decode the extrinsic" in error.message


def test_limits_are_named(small: SmallChain, monkeypatch: pytest.MonkeyPatch) -> None:
    far = refused(small, small.transfer(ALICE, 1, nonce=tx_pool.FUTURE_NONCE_DISTANCE_MAX + 1))
    assert str(tx_pool.FUTURE_NONCE_DISTANCE_MAX) in str(far.data)
    monkeypatch.setattr(tx_pool, "ACCOUNT_TRANSACTIONS_MAX", 2)
    for nonce in range(2):
        small.chain.pool.submit(small.transfer(ALICE, 1, nonce=nonce))
    share = refused(small, small.transfer(ALICE, 1, nonce=2))
    assert "The account has 2 transactions waiting" in str(share.data)
    monkeypatch.setattr(tx_pool, "POOL_TRANSACTIONS_MAX", 2)
    full = refused(small, small.transfer(BOB, 1))
    assert full.code == 1016
    too_long = refused(small, bytes(tx_pool.EXTRINSIC_BYTES_MAX + 1))
    assert "over the limit" in str(too_long.data)


async def test_what_waits_too_long_or_is_outdated_leaves(small: SmallChain) -> None:
    statuses: list[Any] = []
    small.chain.pool.submit(small.transfer(ALICE, 1, nonce=5), statuses.append)
    for waiting in small.chain.pool._by_hash.values():
        object.__setattr__(waiting.validity, "longevity", 1)
    small.block()
    small.block()

    assert statuses == ["future", "invalid"]
    assert len(small.chain.pool) == 0
