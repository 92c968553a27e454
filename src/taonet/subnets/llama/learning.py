"""How a Llama gets better: the loss of next tokens, its gradient, a step of AdamW, in JAX."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec, Sharding, SingleDeviceSharding
from numpy.typing import NDArray

from taonet.subnets.llama.forward import Weights, logits
from taonet.subnets.llama.shape import NORMS, Array, Shape

Tokens = NDArray[np.int32]
_ROW = "row"


@dataclass(frozen=True)
class AdamW:
    """
    The optimiser's constants. The rate of a step is an argument of the step.

    Gradients whose norm over all weights is above `clip` are scaled down to it. Norms' scales are
    not decayed.
    """

    beta_first: float = 0.9
    beta_second: float = 0.95
    decay: float = 0.1
    epsilon: float = 1e-8
    clip: float = 1.0


@dataclass(frozen=True)
class Moments:
    """The optimiser's memory: running means of gradients and of their squares, over `steps`."""

    first: Mapping[str, jax.Array]
    second: Mapping[str, jax.Array]
    steps: jax.Array

    @classmethod
    def none(cls, weights: Weights) -> "Moments":
        """Before the first step; laid out over devices as `weights` are."""
        first, second = (
            {name: jnp.zeros_like(array) for name, array in weights.items()} for _ in range(2)
        )
        steps = jax.device_put(np.zeros((), np.int32), _sharding())
        return cls(first, second, steps)


jax.tree_util.register_dataclass(Moments, ["first", "second", "steps"], [])


def loss(weights: Weights, tokens: jax.Array, shape: Shape) -> jax.Array:
    """Mean surprise, in nats, of each token after those before it; `tokens` is (batch, length)."""
    said = jax.vmap(lambda row: logits(weights, row, shape))(tokens[:, :-1])
    total = jax.nn.logsumexp(said, axis=-1)
    chosen = jnp.take_along_axis(said, tokens[:, 1:, None], axis=-1)[..., 0]
    return jnp.mean(total - chosen)


@partial(jax.jit, static_argnames="shape")
def evaluated(weights: Weights, tokens: jax.Array, shape: Shape) -> jax.Array:
    """`loss`, compiled once for each number of rows and tokens."""
    return loss(weights, tokens, shape)


@partial(jax.jit, static_argnames=("shape", "optimiser"), donate_argnums=(0, 1))
def step(
    weights: Weights,
    moments: Moments,
    tokens: jax.Array,
    rate: float,
    *,
    shape: Shape,
    optimiser: AdamW,
) -> tuple[Weights, Moments, jax.Array]:
    """One step: new weights and moments, and the loss before it. Both old ones are used up."""
    surprise, gradient = jax.value_and_grad(loss)(weights, tokens, shape)
    changed, moments = improved(weights, moments, gradient, rate, optimiser)
    return changed, moments, surprise


def improved(
    weights: Weights,
    moments: Moments,
    gradient: Mapping[str, jax.Array],
    rate: float | jax.Array,
    optimiser: AdamW,
) -> tuple[dict[str, jax.Array], Moments]:
    """
    What one step of AdamW makes of weights and moments, given the loss's gradient.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, arXiv 1711.05101.
    """
    size = jnp.sqrt(sum(jnp.sum(part * part) for part in gradient.values()))
    scale = jnp.minimum(1.0, optimiser.clip / (size + optimiser.epsilon))
    count = moments.steps + 1
    unbiased_first = 1.0 - optimiser.beta_first**count
    unbiased_second = 1.0 - optimiser.beta_second**count
    first, second, changed = {}, {}, {}
    for name, weight in weights.items():
        part = gradient[name] * scale
        first[name] = moments.first[name] + (1.0 - optimiser.beta_first) * (
            part - moments.first[name]
        )
        second[name] = moments.second[name] + (1.0 - optimiser.beta_second) * (
            part * part - moments.second[name]
        )
        direction = (first[name] / unbiased_first) / (
            jnp.sqrt(second[name] / unbiased_second) + optimiser.epsilon
        )
        decay = 0.0 if name in NORMS else optimiser.decay
        changed[name] = weight - rate * (direction + decay * weight)
    return changed, Moments(first, second, count)


class Learner:
    """
    A copy of the model that learns; the optimiser's moments outlive changes of the weights.

    Rows of a batch are spread over every device that JAX has, when their number allows.
    """

    def __init__(self, shape: Shape, optimiser: AdamW | None = None) -> None:
        self.shape = shape
        self._optimiser = optimiser or AdamW()
        self._weights: Weights | None = None
        self._moments: Moments | None = None

    def restart(self, weights: Mapping[str, Array]) -> None:
        """Go on from other weights."""
        whole = _sharding()
        self._weights = {
            # Copied, since a step may write over what it was given.
            name: jax.device_put(np.array(array), whole)
            for name, array in weights.items()
        }
        if self._moments is None:
            self._moments = Moments.none(self._weights)

    def learn(self, tokens: Tokens, rate: float) -> float:
        """One step on `tokens` (batch, length); the loss before it."""
        assert self._weights is not None, "restart comes first"
        assert self._moments is not None
        self._weights, self._moments, surprise = step(
            self._weights,
            self._moments,
            _placed(tokens),
            rate,
            shape=self.shape,
            optimiser=self._optimiser,
        )
        return float(surprise)

    def weights(self) -> dict[str, Array]:
        """A copy of the weights as they are now."""
        assert self._weights is not None, "restart comes first"
        return {name: np.array(self._weights[name], np.float32) for name in self.shape.arrays()}


def _sharding(*axes: str) -> Sharding:
    """Over the devices by `axes` of the array, whole on each without any."""
    if jax.device_count() == 1:
        return SingleDeviceSharding(jax.devices()[0])
    mesh = Mesh(np.array(jax.devices()), (_ROW,))
    return NamedSharding(mesh, PartitionSpec(*axes))  # type: ignore[no-untyped-call]


def _placed(tokens: Tokens) -> jax.Array:
    even = tokens.shape[0] % jax.device_count() == 0
    placed: jax.Array = jax.device_put(tokens, _sharding(_ROW) if even else _sharding())
    return placed
