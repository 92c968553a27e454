"""Blocks are executed, sealed with true roots, committed, and taken back."""

from taonet.node.executor import BlockExecutor, BlockInput
from taonet.node.header import Header
from taonet.node.store.chain import ChainStore
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
