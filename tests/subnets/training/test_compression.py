"""Sparse updates: what is kept, what is remembered, what it costs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.subnets.llama.shape import PRESETS, Array, Shape
from taonet.subnets.training.compression import (
    CHUNK,
    KEPT,
    ErrorFeedback,
    array_bytes,
    dense,
    sparse,
    squared_norm,
    update_bytes,
)

SMALL = Shape(64, 16, layers=2, heads=2, heads_kv=1, feed_forward=24, context=64)


def noise(*shape: int, seed: int = 1) -> Array:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_an_update_takes_146_times_fewer_bytes_than_its_numbers() -> None:
    chunk = array_bytes(100 * CHUNK) - 16
    assert chunk == 100 * KEPT * 14 // 8
    assert 100 * CHUNK * 4 / chunk == pytest.approx(146.3, abs=0.05)
    for name, ratio in (("nano", 140), ("micro", 145), ("smollm2-135m", 146)):
        shape = PRESETS[name]
        assert 4 * shape.parameters / update_bytes(shape) > ratio


def test_the_largest_of_each_chunk_are_kept() -> None:
    array = noise(2, CHUNK)
    found = dense(sparse(array), array.shape)
    for row, sent in zip(array, found, strict=True):
        largest = set(np.argsort(np.abs(row))[-KEPT:].tolist())
        assert set(np.flatnonzero(sent).tolist()) == largest
        assert (np.sign(sent[sent != 0]) == np.sign(row[sent != 0])).all()
    # Two bits tell of the kept numbers all but a tenth of their square.
    kept = np.where(found != 0, array, 0)
    assert ((kept - found) ** 2).sum() < 0.1 * (kept**2).sum()


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 3 * CHUNK), seed=st.integers(0, 99))
def test_arrays_of_every_size_are_sent(size: int, seed: int) -> None:
    array = noise(size, seed=seed)
    sent = sparse(array)
    assert (sent.places[:, 1:] > sent.places[:, :-1]).all()
    assert sent.places[-1, -1] < size - (len(sent.places) - 1) * CHUNK
    found = dense(sent, array.shape)
    assert found.shape == array.shape
    assert np.isclose(squared_norm({"x": sent}), (found.astype(np.float64) ** 2).sum(), rtol=1e-6)


def test_nothing_becomes_nothing() -> None:
    zeros = np.zeros((3, 100), np.float32)
    assert not dense(sparse(zeros), zeros.shape).any()
    same = np.full(5000, 0.25, np.float32)
    assert set(dense(sparse(same), same.shape).tolist()) == {0.0, 0.25}


def test_what_is_not_sent_is_remembered() -> None:
    feedback = ErrorFeedback(SMALL, retained=1.0)
    start = SMALL.initial(1)
    end = {name: array + np.float32(0.01) * noise(*array.shape) for name, array in start.items()}
    sent = {name: np.zeros_like(array) for name, array in start.items()}
    for _ in range(3):
        update = feedback.compress(start, end)
        for name, array in update.items():
            sent[name] += dense(array, start[name].shape)
    for name, error in feedback.error.items():
        assert np.allclose(sent[name] + error, 3 * (start[name] - end[name]), atol=1e-5)


def test_old_errors_fade() -> None:
    feedback = ErrorFeedback(SMALL, retained=0.5)
    start = SMALL.initial(1)
    end = {name: array + np.float32(0.01) * noise(*array.shape) for name, array in start.items()}
    feedback.compress(start, end)
    before = {name: error.copy() for name, error in feedback.error.items()}
    update = feedback.compress(start, start)
    for name, error in feedback.error.items():
        assert np.allclose(error + dense(update[name], error.shape), before[name] / 2, atol=1e-6)
