"""
What the model itself says of a miner's tokens: our own Llama, in JAX, over the same weights.

The weights are dequantised from the miner's own GGUF file, so that nothing but arithmetic's order
differs from an honest miner: 0.05 of mean difference in log-probability for the default model,
against 0.6 for the same weights quantised once more. All tokens of a reply are scored in one pass
(teacher forcing), padded to one of a few lengths, so that each is compiled once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from taonet.subnets.llama.forward import Weights, logits, shape_of, weights_of
from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.llama.shape import Shape

LENGTHS = (64, 128, 256, 512, 1024, 2048)
"""Sequences are padded to one of these; a longer one is refused."""
TEMPERATURE_MIN = 0.05
"""Greedy choice is judged as sampling this cold."""


class TooLong(ValueError):
    """A sequence over the longest of `LENGTHS`."""


@dataclass(frozen=True)
class Verdict:
    """
    What the model says of each scored token.

    `logprobs` are its own, before temperature. Sampled at the query's temperature, a token's
    surprise (minus its log-probability) has the mean `surprise` and the variance `variance`.
    """

    logprobs: NDArray[np.float32]
    surprise: NDArray[np.float32]
    variance: NDArray[np.float32]


class Reference:
    """A model that scores sequences. Pure: the same tokens give the same verdict."""

    def __init__(self, shape: Shape, weights: Weights) -> None:
        self._shape = shape
        self._weights = weights

    @classmethod
    def load(cls, file: GgufFile) -> "Reference":
        """The Llama in `file`, dequantised to float32; takes seconds. Raises `ModelUnreadable`."""
        shape = shape_of(file)
        return cls(shape, weights_of(file, shape))

    def score(self, prompt: Sequence[int], reply: Sequence[int], temperature: float) -> Verdict:
        """What the model says of `reply` after `prompt`; raises `TooLong`. Blocks for a while."""
        total = len(prompt) + len(reply)
        padded = next((length for length in LENGTHS if length >= total), None)
        if padded is None:
            raise TooLong(f"{total} tokens are more than {LENGTHS[-1]}")
        tokens = np.zeros(padded, np.int32)
        tokens[:total] = [*prompt, *reply]
        # The weights are an argument: captured, they would be compiled in as constants.
        scored = _score(self._weights, tokens, max(temperature, TEMPERATURE_MIN), self._shape)
        own = slice(len(prompt) - 1, total - 1)
        logprobs, surprise, variance = (np.asarray(each)[own] for each in scored)
        return Verdict(logprobs, surprise, variance)


@partial(jax.jit, static_argnums=3)
def _score(
    weights: Weights, tokens: jax.Array, temperature: float, shape: Shape
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """For each position: the next token's log-probability, and a sampled one's surprise."""
    said = logits(weights, tokens, shape)  # (positions, vocabulary)
    logprobs = jax.nn.log_softmax(said)
    sampled = jax.nn.softmax(said / temperature)
    surprise = -(sampled * logprobs).sum(-1)
    variance = (sampled * logprobs**2).sum(-1) - surprise**2
    following = jnp.roll(tokens, -1)
    chosen = jnp.take_along_axis(logprobs, following[:, None], axis=-1)[:, 0]
    return chosen, surprise, variance
