"""The chain of records, and how somebody who knows only its end gets the weights."""

from dataclasses import replace
from itertools import pairwise

import orjson
import pytest

from taonet.subnets.training.blob_store import BlobMissing, digest_of
from taonet.subnets.training.checkpoint import (
    Checkpoint,
    HistoryInvalid,
    Record,
    advanced,
    beginning,
    caught_up,
    publish,
    replayed,
    weights_hash,
)
from taonet.subnets.training.payload import update_in
from tests.subnets.training.cast import SMALL, MemoryStore, a_payload, run

RUN = run(full_every=3)


async def history(windows: int, store: MemoryStore) -> list[Checkpoint]:
    """The beginning, and the checkpoint after each window, with everything in the store."""
    checkpoints = [beginning(RUN)]
    for window in range(windows):
        at = checkpoints[-1]
        updates = {}
        for uid in (1, 5):
            raw = a_payload(RUN, at, uid, seed=10 * window + uid)
            updates[uid] = (await store.put(raw), update_in(raw, SMALL))
        checkpoints.append(advanced(RUN, at, updates))
        await publish(store, checkpoints[-1])
    return checkpoints


async def test_whoever_has_the_last_hash_and_the_store_has_the_model() -> None:
    store = MemoryStore()
    checkpoints = await history(5, store)
    for checkpoint in checkpoints[1:]:
        found = await caught_up(RUN, store, checkpoint.record.hash)
        assert found.record == checkpoint.record
        assert weights_hash(found.weights) == checkpoint.record.weights


async def test_a_newcomer_reads_no_more_than_since_the_last_whole_checkpoint() -> None:
    store = MemoryStore()
    checkpoints = await history(5, store)
    assert [each.record.full for each in checkpoints] == [False, False, False, True, False, False]
    await caught_up(RUN, store, checkpoints[-1].record.hash)
    # Three records, one checkpoint, two payloads for each of two windows.
    assert len(store.reads) == 3 + 1 + 4


async def test_who_missed_a_window_replays_that_window_alone() -> None:
    store = MemoryStore()
    checkpoints = await history(5, store)
    found = await caught_up(RUN, store, checkpoints[5].record.hash, checkpoints[4])
    assert found.record == checkpoints[5].record
    assert len(store.reads) == 1 + 2
    same = await caught_up(RUN, store, checkpoints[5].record.hash, checkpoints[5])
    assert same == checkpoints[5]


async def test_every_node_computes_the_same_hash() -> None:
    store = MemoryStore()
    checkpoints = await history(2, store)
    for before, after in pairwise(checkpoints):
        own = await replayed(RUN, store, before, after.record)
        assert weights_hash(own.weights) == after.record.weights
        assert after.record.previous == before.record.hash


async def test_history_that_does_not_add_up_is_refused() -> None:
    store = MemoryStore()
    checkpoints = await history(2, store)
    last = checkpoints[-1].record
    wrong = replace(last, weights=checkpoints[0].record.weights)
    with pytest.raises(HistoryInvalid, match="window 1 makes the weights"):
        await caught_up(RUN, store, await store.put(wrong.encoded()))
    skipped = replace(last, previous=checkpoints[0].record.hash)
    await publish(store, checkpoints[0])
    with pytest.raises(HistoryInvalid, match="window 1 does not follow 0"):
        await caught_up(RUN, store, await store.put(skipped.encoded()))
    with pytest.raises(HistoryInvalid, match="of the run"):
        await caught_up(run(seed=2, full_every=3), store, last.hash)
    with pytest.raises(HistoryInvalid, match="does not follow"):
        await replayed(RUN, store, checkpoints[0], last)


async def test_a_record_of_another_beginning_is_refused() -> None:
    store = MemoryStore()
    other = replace(beginning(RUN).record, weights="b" * 64)
    with pytest.raises(HistoryInvalid, match="another beginning"):
        await caught_up(RUN, store, await store.put(other.encoded()))


async def test_a_whole_checkpoint_that_is_no_model_is_refused() -> None:
    store = MemoryStore()
    checkpoints = await history(3, store)
    junk = await store.put(b"\0" * 100)
    record = replace(checkpoints[3].record, weights=junk)
    with pytest.raises(HistoryInvalid, match="the weights of window 2"):
        await caught_up(RUN, store, await store.put(record.encoded()))


async def test_a_missing_payload_is_named() -> None:
    store = MemoryStore()
    checkpoints = await history(2, store)
    del store.blobs[checkpoints[2].record.contributions[0].payload]
    with pytest.raises(BlobMissing):
        await caught_up(RUN, store, checkpoints[2].record.hash)


@pytest.mark.parametrize(
    "change",
    [
        {"contributions": [{"uid": 5, "payload": ""}, {"uid": 1, "payload": ""}]},
        {"contributions": [{"uid": 1}]},
        {"window": -2},
        {"window": "1"},
        {"colour": 1},
    ],
)
def test_a_broken_record_is_named(change: dict[str, object]) -> None:
    value = orjson.loads(beginning(RUN).record.encoded()) | change
    with pytest.raises(HistoryInvalid):
        Record.decoded(orjson.dumps(value))
    with pytest.raises(HistoryInvalid):
        Record.decoded(b"{")
    assert digest_of(beginning(RUN).record.encoded()) == beginning(RUN).record.hash
