"""Blocks are executed, sealed with true roots, committed, and taken back."""

import pytest

from taonet.node.executor import UNROOTED, BlockExecutor, BlockInput
from taonet.node.header import Header
from taonet.node.store.chain import ChainStore
from taonet.node.store.errors import StateDiscarded
from taonet.node.store.memory_store import MemoryStore
from taonet.node.trie import state_root
from taonet.runtime.genesis import localnet_genesis
from tests.node.small_chain import ALICE, BOB, CONFIG, SmallChain


async def test_a_blocks_roots_are_those_of_its_state_and_body() -> None:
    small = SmallChain()
    before = small.free(BOB)
    await small.chain.submit(small.transfer(ALICE, 10**9))

    block = small.block()

    assert small.free(BOB) == before + 10**9
    assert len(block.extrinsics) == 3, "the time, the key and the transfer"
    items = small.store.state_at(1).items()
    assert state_root(items) == block.header.state_root
    assert Header.decode(block.header.encoded) == block.header


async def test_reopening_a_store_goes_on_from_its_head() -> None:
    values = MemoryStore()
    small = SmallChain(values)
    await small.chain.submit(small.transfer(ALICE, 5))
    head = small.block().hash

    again = SmallChain(values)

    assert again.chain.best() == head
    again.clock.advance(10_000)
    assert again.block().header.parent_hash == head


def test_the_same_inputs_give_the_same_hashes() -> None:
    def run() -> list[bytes]:
        store = ChainStore.open(MemoryStore(), keep_blocks=None)
        runtime = CONFIG.runtime
        executor = BlockExecutor.open(store, lambda: localnet_genesis(runtime), runtime)
        hashes = []
        for number in range(1, 30):
            time_ms = 1_700_000_000_000 + number * 250
            block = executor.execute(BlockInput(time_ms, time_ms // 250, []))
            executor.commit(block)
            hashes.append(block.header.hash)
        return hashes

    assert run() == run()


async def test_reverting_restores_state_trie_and_head() -> None:
    small = SmallChain()
    small.block()
    kept = small.executor.head
    balance = small.free(BOB)
    await small.chain.submit(small.transfer(ALICE, 7))
    small.block()

    small.chain.revert_to(1)

    assert small.executor.head == kept
    assert small.free(BOB) == balance
    assert small.executor.trie.root() == kept.state_root
    small.block()
    small.executor.runtime.try_state()


async def test_a_transaction_that_turned_invalid_is_left_out_and_leaves_no_trace() -> None:
    small = SmallChain()
    await small.chain.submit(small.transfer(ALICE, 1))
    rest = small.free(ALICE)
    # Both are valid alone; together they ask for more than there is.
    await small.chain.submit(small.transfer(ALICE, rest, nonce=1))
    small.block()

    assert small.free(ALICE) < rest
    small.executor.runtime.try_state()


def _open(store: ChainStore) -> BlockExecutor:
    return BlockExecutor.open(store, lambda: localnet_genesis(CONFIG.runtime), CONFIG.runtime)


def _input(number: int) -> BlockInput:
    time_ms = 1_700_000_000_000 + number * 250
    return BlockInput(time_ms, time_ms // 250, [])


def test_blocks_that_are_run_ahead_are_written_with_the_next_rooted_one() -> None:
    store = ChainStore.open(MemoryStore(), keep_blocks=4)
    executor = _open(store)
    for number in range(1, 4):
        executor.commit(executor.execute(_input(number)))

    ahead = [executor.run_ahead(_input(number)) for number in range(4, 14)]
    assert store.head() == (3, ahead[0].parent_hash), "nothing is written yet"
    assert {header.state_root for header in ahead} == {UNROOTED}
    block = executor.execute(_input(14))
    executor.commit(block)

    assert [store.hash_of(number) for number in range(4, 14)] == [h.hash for h in ahead]
    assert block.header.parent_hash == ahead[-1].hash
    assert state_root(store.state_at(14).items()) == block.header.state_root
    assert store.oldest_state() == 14
    with pytest.raises(StateDiscarded):
        store.state_at(3)
    executor.runtime.try_state()


def test_a_chain_goes_on_after_blocks_that_were_run_ahead() -> None:
    values = MemoryStore()
    executor = _open(ChainStore.open(values, keep_blocks=4))
    executor.run_ahead(_input(1))
    executor.commit(executor.execute(_input(2)))

    store = ChainStore.open(values, keep_blocks=4)
    again = _open(store)
    assert again.head == executor.head
    for number in range(3, 9):
        again.commit(again.execute(_input(number)))
    again.revert_to(6)

    assert state_root(store.state_at(6).items()) == again.head.state_root
    assert store.oldest_state() == 5


def test_blocks_that_were_only_run_ahead_are_gone_when_the_chain_is_taken_back() -> None:
    store = ChainStore.open(MemoryStore(), keep_blocks=4)
    executor = _open(store)
    executor.commit(executor.execute(_input(1)))
    rooted = executor.head
    executor.run_ahead(_input(2))

    executor.revert_to(1)

    assert executor.head == rooted
    assert executor.runtime.system.number == 1
    executor.commit(executor.execute(_input(2)))
    assert state_root(store.state_at(2).items()) == executor.head.state_root


def test_a_store_that_keeps_all_states_takes_no_run() -> None:
    executor = _open(ChainStore.open(MemoryStore(), keep_blocks=None))
    executor.run_ahead(_input(1))

    with pytest.raises(ValueError, match="keeps all states"):
        executor.commit(executor.execute(_input(2)))


def test_a_store_may_keep_the_heads_state_alone() -> None:
    store = ChainStore.open(MemoryStore(), keep_blocks=1)
    executor = _open(store)

    for number in range(1, 4):
        executor.commit(executor.execute(_input(number)))

    assert store.oldest_state() == 3
    assert state_root(store.state_at(3).items()) == executor.head.state_root
