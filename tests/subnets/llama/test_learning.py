"""Loss and AdamW against NumPy; what a learner does."""

import os
import subprocess
import sys

import jax.numpy as jnp
import numpy as np
import pytest

from taonet.subnets.llama.forward import logits
from taonet.subnets.llama.learning import AdamW, Learner, Moments, evaluated, step
from taonet.subnets.llama.shape import NORMS, PRESETS, Shape

SMALL = Shape(64, 16, layers=2, heads=2, heads_kv=1, feed_forward=24, context=64)


def batch(rows: int = 4, length: int = 12, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 64, (rows, length)).astype(np.int32)


def test_the_loss_is_the_mean_surprise_of_the_next_token() -> None:
    weights, tokens = SMALL.initial(1), batch()
    surprises = []
    for row in tokens:
        said = np.asarray(logits(weights, jnp.asarray(row[:-1]), SMALL), np.float64)
        logprobs = said - np.log(np.exp(said).sum(-1, keepdims=True))
        surprises += [-logprobs[at, token] for at, token in enumerate(row[1:])]
    assert float(evaluated(weights, tokens, SMALL)) == pytest.approx(np.mean(surprises), rel=1e-5)


def test_a_new_model_knows_nothing() -> None:
    shape = PRESETS["nano"]
    tokens = np.random.default_rng(1).integers(0, shape.vocabulary, (2, 33)).astype(np.int32)
    assert float(evaluated(shape.initial(1), tokens, shape)) == pytest.approx(np.log(1024), abs=0.1)


def test_the_future_does_not_matter() -> None:
    weights, row = SMALL.initial(1), batch()[0]
    other = row.copy()
    other[6:] = (other[6:] + 1) % 64
    said, same = (np.asarray(logits(weights, jnp.asarray(each), SMALL)) for each in (row, other))
    assert np.allclose(said[:6], same[:6], atol=1e-6)
    assert not np.allclose(said[6:], same[6:], atol=1e-3)


def test_a_step_is_that_of_adamw() -> None:
    import jax

    from taonet.subnets.llama.learning import loss

    optimiser = AdamW(clip=0.05)
    start, tokens, rate = SMALL.initial(1), jnp.asarray(batch()), 0.01
    gradient = {
        n: np.asarray(g, np.float64) for n, g in jax.grad(loss)(start, tokens, SMALL).items()
    }
    norm = np.sqrt(sum((g * g).sum() for g in gradient.values()))
    assert norm > optimiser.clip
    weights = {name: jnp.asarray(array) for name, array in start.items()}
    after, moments, _ = step(
        weights, Moments.none(weights), tokens, rate, shape=SMALL, optimiser=optimiser
    )
    assert int(moments.steps) == 1
    for name, array in start.items():
        clipped = gradient[name] * optimiser.clip / norm
        # After one step the unbiased means are the gradient and its square.
        direction = clipped / (np.abs(clipped) + optimiser.epsilon)
        decay = 0.0 if name in NORMS else optimiser.decay
        expected = array - rate * (direction + decay * array)
        settled = np.abs(clipped) > 1e-6
        assert np.allclose(np.asarray(after[name])[settled], expected[settled], atol=1e-4)


def test_a_learner_learns_and_can_start_again() -> None:
    learner, start = Learner(SMALL), SMALL.initial(1)
    learner.restart(start)
    losses = [learner.learn(batch(), 0.01) for _ in range(30)]
    assert losses[-1] < losses[0] - 0.5
    assert not np.array_equal(learner.weights()["attn_q"], start["attn_q"])
    learner.restart(start)
    assert all(np.array_equal(array, start[name]) for name, array in learner.weights().items())
    assert list(learner.weights()) == list(SMALL.arrays())


SHARDED = """
import jax, numpy as np
from taonet.subnets.llama.learning import Learner
from tests.subnets.llama.test_learning import SMALL, batch
learner = Learner(SMALL)
learner.restart(SMALL.initial(1))
print(jax.device_count(), *[learner.learn(batch(), 0.01) for _ in range(3)])
"""


def test_several_devices_compute_what_one_does() -> None:
    options = "--xla_cpu_multi_thread_eigen=false --xla_force_host_platform_device_count=2"
    done = subprocess.run(
        [sys.executable, "-c", SHARDED],
        env={**os.environ, "XLA_FLAGS": options},
        capture_output=True,
        text=True,
        check=True,
    )
    devices, *losses = done.stdout.split()
    learner = Learner(SMALL)
    learner.restart(SMALL.initial(1))
    assert devices == "2"
    assert [float(each) for each in losses] == pytest.approx(
        [learner.learn(batch(), 0.01) for _ in range(3)], rel=1e-4
    )
