"""
Low-rank adapters: small matrices whose product is added to a model's own, learnt while those rest.

Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, arXiv 2106.09685.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from taonet.subnets.fine_tuning.tokens import LENGTHS, Sequences, padded
from taonet.subnets.llama.forward import Weights, logits
from taonet.subnets.llama.learning import AdamW, Moments, improved
from taonet.subnets.llama.shape import Array, Shape

TARGETS: Final = (
    "attn_q",
    "attn_k",
    "attn_v",
    "attn_output",
    "ffn_gate",
    "ffn_up",
    "ffn_down",
)
"""The matrices that an adapter may change."""

DOWN, UP = "down", "up"
"""The two factors: into the rank, and out of it. They are A and B of the paper."""


@dataclass(frozen=True)
class Adapter:
    """
    An adapter of a Llama.

    `factors` has two arrays for each target, by `name(target, factor)`: `down` is
    (layers, rank, inputs), `up` is (layers, outputs, rank). What is added to the target's matrix is
    their product times `alpha / rank`.
    """

    rank: int
    alpha: float
    targets: tuple[str, ...]
    factors: Mapping[str, Array]

    @property
    def scale(self) -> float:
        """What the product is multiplied by."""
        return self.alpha / self.rank

    @classmethod
    def initial(
        cls, shape: Shape, *, rank: int, alpha: float, targets: Sequence[str], seed: int
    ) -> "Adapter":
        """One that changes nothing yet: `up` is zero, `down` is random."""
        random = np.random.default_rng(seed)
        factors: dict[str, Array] = {}
        for target in targets:
            layers, outputs, inputs = shape.arrays()[target]
            down = random.standard_normal((layers, rank, inputs), np.float32) / inputs**0.5
            factors[name(target, DOWN)] = down.astype(np.float32)
            factors[name(target, UP)] = np.zeros((layers, outputs, rank), np.float32)
        return cls(rank, alpha, tuple(targets), factors)


@dataclass(frozen=True)
class Recipe:
    """How an adapter is learnt. `rate` falls to zero along a cosine over all steps."""

    rank: int = 8
    alpha: float = 16.0
    targets: tuple[str, ...] = ("attn_q", "attn_v")
    epochs: int = 3
    batch: int = 8
    rate: float = 2e-3
    seed: int = 0


@dataclass(frozen=True)
class _Fixed:
    """What stays the same through all steps, and is compiled in."""

    scale: float
    shape: Shape
    optimiser: AdamW


def name(target: str, factor: str) -> str:
    """What `Adapter.factors` calls a factor."""
    return f"{target}.{factor}"


def merged(weights: Weights, factors: Weights, scale: float) -> dict[str, jax.Array]:
    """The model's weights with the adapter's products added."""
    whole = dict(weights)
    for target in sorted({key.partition(".")[0] for key in factors}):
        up, down = factors[name(target, UP)], factors[name(target, DOWN)]
        whole[target] = whole[target] + scale * jnp.einsum("lor,lri->loi", up, down)
    return whole


def learnt(
    weights: Weights,
    shape: Shape,
    sequences: Sequences,
    recipe: Recipe,
    progress: Callable[[int, int, float], None] | None = None,
) -> Adapter:
    """
    An adapter that makes the answers of `sequences` likelier. The same recipe on the same machine
    gives the same one. `progress` is told the steps done, all steps, and the last step's loss.
    """
    start = Adapter.initial(
        shape, rank=recipe.rank, alpha=recipe.alpha, targets=recipe.targets, seed=recipe.seed
    )
    fixed = _Fixed(start.scale, shape, AdamW(decay=0.0))
    factors: Weights = {key: jnp.asarray(array) for key, array in start.factors.items()}
    moments = Moments.none(factors)
    batches = list(_batches(sequences, recipe))
    for done, (tokens, answered) in enumerate(batches):
        rate = recipe.rate * 0.5 * (1.0 + np.cos(np.pi * done / len(batches)))
        factors, moments, loss = _step(
            factors,
            moments,
            weights,
            tokens,
            answered,
            float(rate),
            fixed,
        )
        if progress is not None:
            progress(done + 1, len(batches), float(loss))
    arrays = {key: np.array(array, np.float32) for key, array in factors.items()}
    return Adapter(recipe.rank, recipe.alpha, start.targets, arrays)


def _batches(
    sequences: Sequences, recipe: Recipe
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
    """Every example once an epoch, in an order of its own, with those of like length."""
    random = Random(recipe.seed)  # noqa: S311 no secret: whoever has the seed may have the order
    for _ in range(recipe.epochs):
        for length in LENGTHS:
            fitting = [s for s in sequences if s.fits(length)]
            random.shuffle(fitting)
            for start in range(0, len(fitting), recipe.batch):
                yield padded(fitting[start : start + recipe.batch], length, recipe.batch)


@partial(jax.jit, static_argnames="fixed", donate_argnums=(0, 1))
def _step(
    factors: Weights,
    moments: Moments,
    weights: Weights,
    tokens: jax.Array,
    answered: jax.Array,
    rate: float,
    fixed: _Fixed,
) -> tuple[Weights, Moments, jax.Array]:
    loss, gradient = jax.value_and_grad(_loss)(factors, weights, tokens, answered, fixed)
    changed, moments = improved(factors, moments, gradient, rate, fixed.optimiser)
    return changed, moments, loss


def _loss(
    factors: Weights,
    weights: Weights,
    tokens: jax.Array,
    answered: jax.Array,
    fixed: _Fixed,
) -> jax.Array:
    """Mean surprise of the answers' tokens, in nats."""
    surprises = surprise(merged(weights, factors, fixed.scale), tokens, fixed.shape)
    return jnp.sum(surprises * answered) / jnp.maximum(jnp.sum(answered), 1.0)


def surprise(weights: Weights, tokens: jax.Array, shape: Shape) -> jax.Array:
    """Minus the log-probability of each token after those before it, (rows, length - 1)."""
    said = jax.vmap(lambda row: logits(weights, row, shape))(tokens[:, :-1])
    chosen = jnp.take_along_axis(said, tokens[:, 1:, None], axis=-1)[..., 0]
    return jax.nn.logsumexp(said, axis=-1) - chosen
