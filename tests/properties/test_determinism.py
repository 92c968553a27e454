"""The same blocks have the same hashes: again, in another store, under another hash seed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from taonet.node.store.lmdb_store import LmdbStore
from taonet.node.store.memory_store import MemoryStore
from tests.properties.stream import Recorded, open_executor, record, replay

SEED, BLOCKS = 11, 60
HASH_SEEDS = ("0", "1", "424242")
ROOT_FOLDER = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def recorded() -> list[Recorded]:
    return record(SEED, BLOCKS)


def test_a_replay_from_genesis_gives_the_same_hashes(recorded: list[Recorded]) -> None:
    assert sum(len(block.transactions) for block in recorded) > BLOCKS
    assert replay(recorded, MemoryStore()) == [block.hash for block in recorded]


def test_a_store_on_disk_gives_the_same_hashes(recorded: list[Recorded], tmp_path: Path) -> None:
    store = LmdbStore.open(tmp_path / "chain", sync=False)
    assert replay(recorded, store) == [block.hash for block in recorded]


def test_reopening_the_store_between_blocks_gives_the_same_hashes(
    recorded: list[Recorded],
) -> None:
    # A new executor remembers nothing of what the one before has read.
    store = MemoryStore()
    hashes = []
    for start in range(0, BLOCKS, 10):
        hashes += replay(recorded[start : start + 10], store)
    assert hashes == [block.hash for block in recorded]


def test_taking_blocks_back_and_making_them_again_gives_the_same_hashes(
    recorded: list[Recorded],
) -> None:
    store = MemoryStore()
    replay(recorded[:30], store)
    open_executor(store).revert_to(20)
    assert replay(recorded[20:], store) == [block.hash for block in recorded[20:]]


def test_the_order_of_sets_in_this_process_does_not_matter(recorded: list[Recorded]) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.properties.stream", str(SEED), str(BLOCKS)],
            cwd=ROOT_FOLDER,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed in HASH_SEEDS
    ]
    answers = {process.communicate()[0].strip() for process in running}
    assert answers == {recorded[-1].hash.hex()}
