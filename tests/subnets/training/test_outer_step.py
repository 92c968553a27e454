"""The outer step: clipped, averaged, the same bits everywhere."""

import numpy as np
import pytest

from taonet.subnets.training.checkpoint import beginning, weights_hash
from taonet.subnets.training.compression import SparseArray, chunks, dense, kept
from taonet.subnets.training.outer_step import applied, averaged, clips
from tests.subnets.training.cast import SMALL, an_update, run

START = beginning(run())
UPDATES = {uid: an_update(START, uid) for uid in (4, 2, 9)}


def test_the_mean_is_taken_off() -> None:
    after = averaged(START.weights, UPDATES, 0.5)
    for name, array in START.weights.items():
        parts = [dense(update[name], array.shape) for update in UPDATES.values()]
        mean = sum(
            part * clips(UPDATES)[uid] for uid, part in zip(UPDATES, parts, strict=True)
        ) / len(parts)
        assert np.allclose(after[name], array - 0.5 * mean, atol=1e-7)


def test_nobody_is_longer_than_the_median() -> None:
    loud = UPDATES | {5: an_update(START, 5, size=10.0)}
    scales = clips(loud)
    assert list(scales) == [2, 4, 5, 9]
    assert scales[5] < 0.01
    assert sorted(scales.values())[-2:] == [1.0, 1.0]
    assert clips({}) == {}


def test_the_order_in_which_updates_came_does_not_matter() -> None:
    one = averaged(START.weights, UPDATES, 0.9)
    other = averaged(START.weights, dict(sorted(UPDATES.items())), 0.9)
    assert weights_hash(one) == weights_hash(other)


def test_the_hash_is_the_same_on_every_machine() -> None:
    def plain(uid: int) -> dict[str, SparseArray]:
        codebook = np.array([-0.03, -0.01, 0.02, 0.04], np.float32) * np.float32(uid)
        return {
            name: SparseArray(
                np.tile(np.arange(kept(size), dtype=np.uint16), (chunks(size), 1)),
                (np.arange(chunks(size) * kept(size)) % 4).astype(np.uint8).reshape(-1, kept(size)),
                codebook,
            )
            for name, size in ((name, array.size) for name, array in START.weights.items())
        }

    after = averaged(START.weights, {uid: plain(uid) for uid in (1, 2, 3)}, 0.9)
    assert weights_hash(after) == "e0fdb4914c0db7edac05aaefe38e07d551249afc3ce7f5c29061c9d0f30a72c2"


def test_no_update_changes_nothing_and_the_old_weights_stay() -> None:
    before = weights_hash(START.weights)
    assert weights_hash(averaged(START.weights, {}, 0.9)) == before
    averaged(START.weights, UPDATES, 0.9)
    assert weights_hash(START.weights) == before


def test_a_single_update_can_be_tried() -> None:
    update = UPDATES[2]
    tried = applied(START.weights, update, 0.2)
    for name, array in START.weights.items():
        expected = array - 0.2 * dense(update[name], array.shape)
        assert tried[name] == pytest.approx(expected, abs=1e-7)
    assert list(tried) == list(SMALL.arrays())
