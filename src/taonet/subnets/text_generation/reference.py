"""
What the model itself says of a miner's tokens: our own Llama, in JAX, over the same weights.

The weights are dequantised from the miner's own GGUF file, so that nothing but arithmetic's order
differs from an honest miner: 0.05 of mean difference in log-probability for the default model,
against 0.6 for the same weights quantised once more. All tokens of a reply are scored in one pass
(teacher forcing), padded to one of a few lengths, so that each is compiled once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from taonet.subnets.text_generation.gguf_file import GgufFile, ModelUnreadable

LENGTHS = (64, 128, 256, 512, 1024, 2048)
"""Sequences are padded to one of these; a longer one is refused."""
TEMPERATURE_MIN = 0.05
"""Greedy choice is judged as sampling this cold."""
_LAYER = ("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output")
_FEED_FORWARD = ("ffn_norm", "ffn_gate", "ffn_up", "ffn_down")

Weights = Mapping[str, Any]


class TooLong(ValueError):
    """A sequence over the longest of `LENGTHS`."""


@dataclass(frozen=True)
class Shape:
    """The numbers that make a Llama this Llama."""

    layers: int
    heads: int
    heads_kv: int
    rope_base: float
    epsilon: float


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
        if file.facts.get("general.architecture") != "llama":
            raise ModelUnreadable(f"{file.path} is no Llama")
        fact = {key.removeprefix("llama."): value for key, value in file.facts.items()}
        shape = Shape(
            layers=int(fact["block_count"]),
            heads=int(fact["attention.head_count"]),
            heads_kv=int(fact["attention.head_count_kv"]),
            rope_base=float(fact["rope.freq_base"]),
            epsilon=float(fact["attention.layer_norm_rms_epsilon"]),
        )
        weights: dict[str, Any] = {
            name: jnp.asarray(
                np.stack([file.numbers(f"blk.{i}.{name}.weight") for i in range(shape.layers)])
            )
            for name in (*_LAYER, *_FEED_FORWARD)
        }
        weights["embedding"] = jnp.asarray(file.numbers("token_embd.weight"))
        weights["norm"] = jnp.asarray(file.numbers("output_norm.weight"))
        if "output.weight" in file.tensors:
            weights["output"] = jnp.asarray(file.numbers("output.weight"))
        return cls(shape, weights)

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
    hidden = weights["embedding"][tokens]  # (positions, width)
    rotation = _rotation(tokens.shape[0], weights["attn_q"].shape[1] // shape.heads, shape)

    def layer(hidden: jax.Array, own: Weights) -> tuple[jax.Array, None]:
        hidden = hidden + _attention(_norm(hidden, own["attn_norm"], shape), own, rotation, shape)
        return hidden + _feed_forward(_norm(hidden, own["ffn_norm"], shape), own), None

    stacked = {name: weights[name] for name in (*_LAYER, *_FEED_FORWARD)}
    hidden, _ = jax.lax.scan(layer, hidden, stacked)
    output = weights.get("output", weights["embedding"])
    logits = _norm(hidden, weights["norm"], shape) @ output.T  # (positions, vocabulary)
    logprobs = jax.nn.log_softmax(logits)
    sampled = jax.nn.softmax(logits / temperature)
    surprise = -(sampled * logprobs).sum(-1)
    variance = (sampled * logprobs**2).sum(-1) - surprise**2
    following = jnp.roll(tokens, -1)
    chosen = jnp.take_along_axis(logprobs, following[:, None], axis=-1)[:, 0]
    return chosen, surprise, variance


def _norm(hidden: jax.Array, scale: jax.Array, shape: Shape) -> jax.Array:
    size = jnp.mean(hidden * hidden, axis=-1, keepdims=True)
    normal: jax.Array = hidden * jax.lax.rsqrt(size + shape.epsilon) * scale
    return normal


def _feed_forward(hidden: jax.Array, own: Weights) -> jax.Array:
    gate = jax.nn.silu(hidden @ own["ffn_gate"].T)
    result: jax.Array = (gate * (hidden @ own["ffn_up"].T)) @ own["ffn_down"].T
    return result


def _rotation(positions: int, width: int, shape: Shape) -> jax.Array:
    """The angle of each position and pair of channels, as a unit complex number."""
    frequencies = shape.rope_base ** (-jnp.arange(0, width, 2) / width)
    angles = jnp.arange(positions)[:, None] * frequencies  # (positions, width / 2)
    return jnp.exp(1j * angles)


def _rotated(heads: jax.Array, rotation: jax.Array) -> jax.Array:
    """Neighbouring channels turn together: GGUF's Llama weights are permuted to that."""
    pairs = heads.reshape(*heads.shape[:-1], -1, 2)
    turned = jax.lax.complex(pairs[..., 0], pairs[..., 1]) * rotation[:, None]
    return jnp.stack([turned.real, turned.imag], axis=-1).reshape(heads.shape)


def _attention(hidden: jax.Array, own: Weights, rotation: jax.Array, shape: Shape) -> jax.Array:
    positions = hidden.shape[0]

    def heads(name: str, count: int) -> jax.Array:
        projected: jax.Array = hidden @ own[name].T
        return projected.reshape(positions, count, -1)

    query = _rotated(heads("attn_q", shape.heads), rotation)
    key = _rotated(heads("attn_k", shape.heads_kv), rotation)
    groups = shape.heads // shape.heads_kv
    query = query.reshape(positions, shape.heads_kv, groups, -1)
    scores = jnp.einsum("pkgw,qkw->kgpq", query, key) / jnp.sqrt(query.shape[-1])
    causal = jnp.tril(jnp.ones((positions, positions), bool))
    weights = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf), axis=-1)
    mixed = jnp.einsum("kgpq,qkw->pkgw", weights, heads("attn_v", shape.heads_kv))
    result: jax.Array = mixed.reshape(positions, -1) @ own["attn_output"].T
    return result
