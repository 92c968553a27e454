"""
What an adapter is worth: how much better than its base it does on the hidden test.

Every example gets a score with and without the adapter, higher is better. The gain is the mean of
the differences, and counts only where chance alone would hardly have brought it: where the lower
end of a bootstrap interval is above zero.

An answer counts as an exact match where every one of its tokens is the likeliest one after those
before it: that is what greedy generation would have said, in one pass instead of one a token.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from taonet.subnets.fine_tuning.dataset import Example
from taonet.subnets.fine_tuning.lora import DOWN, UP, Adapter, merged, name, surprise
from taonet.subnets.fine_tuning.tokens import (
    LENGTHS,
    Sequences,
    TokenSequence,
    padded,
    sequence_of,
    sequences_of,
)
from taonet.subnets.llama.forward import Weights, logits
from taonet.subnets.llama.shape import Shape
from taonet.subnets.text_generation.tokenizer import Tokenizer

ROWS: Final = 8
"""Sequences that are scored at once."""
RESAMPLES: Final = 2_000
CONFIDENCE: Final = 0.95
"""How sure it has to be that a gain is one."""
SAME_COSINE: Final = 0.99
"""Adapters whose changes to the model point so much the same way are copies of each other."""

HELD_OUT_LOSS, EXACT_MATCH, PREFERENCE = "held_out_loss", "exact_match", "preference_accuracy"
METRICS: Final = (HELD_OUT_LOSS, EXACT_MATCH, PREFERENCE)

Scores = NDArray[np.float64]
_Measure = Callable[[Weights, NDArray[np.int32], NDArray[np.float32], Shape], jax.Array]


class MetricUnfit(ValueError):
    """A metric that a dataset of this form has no answers for."""


@dataclass(frozen=True)
class Gain:
    """How much better an adapter is, with the ends of its bootstrap interval."""

    mean: float
    lower: float
    upper: float
    base: float
    """Mean score of the base model."""
    tuned: float
    """Mean score with the adapter."""

    @property
    def counted(self) -> float:
        """The gain if it is one, else 0."""
        return self.mean if self.lower > 0 else 0.0


class Judge:
    """Measures adapters of one base model on one test."""

    def __init__(
        self,
        weights: Weights,
        shape: Shape,
        tokenizer: Tokenizer,
        test: Sequence[Example],
        metric: str,
    ) -> None:
        if metric not in METRICS:
            raise MetricUnfit(f"there is no metric {metric!r}, but {', '.join(METRICS)}")
        if metric == PREFERENCE and any(example.rejected is None for example in test):
            raise MetricUnfit("preferences are judged on examples with a rejected answer")
        self._weights = weights
        self._shape = shape
        self._metric = metric
        self._test = test
        self._tokenizer = tokenizer
        self._base = self._scores(weights)

    @property
    def base(self) -> float:
        """Mean score of the base model."""
        return float(self._base.mean())

    def gain(self, adapter: Adapter, seed: int) -> Gain:
        """What the adapter gains; `seed` decides what is drawn for the interval."""
        factors = {key: jnp.asarray(array) for key, array in adapter.factors.items()}
        tuned = self._scores(_merged(self._weights, factors, adapter.scale))
        return interval(self._base, tuned, seed)

    def _scores(self, weights: Weights) -> Scores:
        """One for each example of the test."""
        if self._metric == PREFERENCE:
            return self._preferences(weights)
        sequences = sequences_of(self._tokenizer, self._test, self._shape.context)
        if self._metric == EXACT_MATCH:
            return _measured(weights, sequences, self._shape, _matches)
        return -_measured(weights, sequences, self._shape, _surprises)

    def _preferences(self, weights: Weights) -> Scores:
        """1 where the chosen answer is likelier than the rejected one, a token."""
        longest = min(LENGTHS[-1], self._shape.context)
        pairs = [
            (
                sequence_of(self._tokenizer, example, example.answer),
                sequence_of(self._tokenizer, example, example.rejected or ""),
            )
            for example in self._test
        ]
        fitting = [pair for pair in pairs if max(each.length for each in pair) <= longest]
        if not fitting:
            raise MetricUnfit(f"no pair of answers has at most {longest} tokens")
        chosen, rejected = (
            _measured(weights, [pair[side] for pair in fitting], self._shape, _surprises)
            for side in (0, 1)
        )
        return (chosen < rejected).astype(np.float64)


def interval(base: Scores, tuned: Scores, seed: int) -> Gain:
    """The gain of paired scores, with its interval by the bootstrap's percentiles."""
    differences = tuned - base
    drawn = np.random.default_rng(seed).integers(0, differences.size, (RESAMPLES, differences.size))
    means = differences[drawn].mean(axis=1)
    tail = 50.0 * (1.0 - CONFIDENCE)
    lower, upper = np.percentile(means, [tail, 100.0 - tail])
    return Gain(
        float(differences.mean()),
        float(lower),
        float(upper),
        float(base.mean()),
        float(tuned.mean()),
    )


def likeness(one: Adapter, other: Adapter) -> float:
    """
    The cosine between what two adapters change: 1 for the same change, whatever its factors.

    Products of low rank are compared by their factors alone, without being multiplied out.
    """
    inner, sizes = 0.0, [0.0, 0.0]
    for target in set(one.targets) & set(other.targets):
        inner += _inner(one, other, target)
    for index, adapter in enumerate((one, other)):
        sizes[index] = sum(_inner(adapter, adapter, target) for target in adapter.targets)
    if not all(sizes):
        return 0.0
    return float(inner / (sizes[0] * sizes[1]) ** 0.5)


def originals(adapters: Mapping[str, Adapter], order: Sequence[str]) -> set[str]:
    """Of adapters by hotkey, those that are no copy of one that comes before them in `order`."""
    kept: list[str] = []
    for hotkey in order:
        if all(likeness(adapters[hotkey], adapters[known]) < SAME_COSINE for known in kept):
            kept.append(hotkey)
    return set(kept)


def _inner(one: Adapter, other: Adapter, target: str) -> float:
    """The sum over all layers of the inner products of both changes to a target."""
    ups = np.einsum("lor,los->lrs", one.factors[name(target, UP)], other.factors[name(target, UP)])
    downs = np.einsum(
        "lri,lsi->lrs", one.factors[name(target, DOWN)], other.factors[name(target, DOWN)]
    )
    return float((ups.astype(np.float64) * downs).sum() * one.scale * other.scale)


def _measured(weights: Weights, sequences: Sequences, shape: Shape, measure: _Measure) -> Scores:
    """What `measure` says of each sequence, in their order."""
    scores = np.zeros(len(sequences))
    for length in LENGTHS:
        places = [i for i, sequence in enumerate(sequences) if sequence.fits(length)]
        for start in range(0, len(places), ROWS):
            batch = places[start : start + ROWS]
            rows: list[TokenSequence] = [sequences[place] for place in batch]
            said = measure(weights, *padded(rows, length, ROWS), shape)
            scores[batch] = np.asarray(said, np.float64)[: len(batch)]
    return scores


@partial(jax.jit, static_argnums=2)
def _merged(weights: Weights, factors: Weights, scale: float) -> dict[str, jax.Array]:
    return merged(weights, factors, scale)


@partial(jax.jit, static_argnums=3)
def _surprises(weights: Weights, tokens: jax.Array, answered: jax.Array, shape: Shape) -> jax.Array:
    """Mean surprise of each row's answer, in nats a token."""
    surprises = surprise(weights, tokens, shape) * answered
    return surprises.sum(axis=1) / jnp.maximum(answered.sum(axis=1), 1.0)


@partial(jax.jit, static_argnums=3)
def _matches(weights: Weights, tokens: jax.Array, answered: jax.Array, shape: Shape) -> jax.Array:
    """1 for each row whose whole answer is what greedy generation says."""
    said = jax.vmap(lambda row: logits(weights, row, shape))(tokens[:, :-1])
    right = (jnp.argmax(said, axis=-1) == tokens[:, 1:]) | (answered == 0)
    return right.all(axis=1).astype(jnp.float32)
