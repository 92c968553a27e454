"""What a Llama computes, in JAX: RMSNorm, rotary positions, grouped attention, SwiGLU."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from taonet.subnets.llama.gguf_file import GgufFile, ModelUnreadable
from taonet.subnets.llama.shape import LAYER_WEIGHTS, InvalidShape, Shape

Weights = Mapping[str, Any]
"""The arrays of `Shape.arrays`, of NumPy or JAX."""


def logits(weights: Weights, tokens: jax.Array, shape: Shape) -> jax.Array:
    """
    The unnormalised log-probability of each next token, (positions, vocabulary).

    `tokens` are (positions,). Pass weights to a jitted function as an argument: captured, they
    would be compiled in as constants.
    """
    hidden = weights["embedding"][tokens]  # (positions, width)
    rotation = _rotation(tokens.shape[0], shape)

    def layer(hidden: jax.Array, own: Weights) -> tuple[jax.Array, None]:
        hidden = hidden + _attention(_norm(hidden, own["attn_norm"], shape), own, rotation, shape)
        return hidden + _feed_forward(_norm(hidden, own["ffn_norm"], shape), own), None

    hidden, _ = jax.lax.scan(layer, hidden, {name: weights[name] for name in LAYER_WEIGHTS})
    output = weights.get("output", weights["embedding"])
    result: jax.Array = _norm(hidden, weights["norm"], shape) @ output.T
    return result


def shape_of(file: GgufFile) -> Shape:
    """The shape of the Llama in `file`; raises `ModelUnreadable`."""
    if file.facts.get("general.architecture") != "llama":
        raise ModelUnreadable(f"{file.path} is no Llama")
    fact = {key.removeprefix("llama."): value for key, value in file.facts.items()}
    try:
        vocabulary, width = file.tensors["token_embd.weight"].shape
        return Shape(
            vocabulary=vocabulary,
            width=width,
            layers=int(fact["block_count"]),
            heads=int(fact["attention.head_count"]),
            heads_kv=int(fact["attention.head_count_kv"]),
            feed_forward=int(fact["feed_forward_length"]),
            context=int(fact["context_length"]),
            rope_base=_plain(fact["rope.freq_base"]),
            epsilon=_plain(fact["attention.layer_norm_rms_epsilon"]),
            tied="output.weight" not in file.tensors,
        )
    except (KeyError, ValueError) as error:
        raise ModelUnreadable(f"{file.path}: {type(error).__name__}: {error}") from error


def _plain(number: float) -> float:
    """The shortest decimal number that the file's single precision stands for."""
    return float(str(np.float32(number)))


def weights_of(file: GgufFile, shape: Shape) -> dict[str, jax.Array]:
    """The weights in `file`, dequantised to float32; takes seconds. Raises `ModelUnreadable`."""
    names = {"embedding": "token_embd", "norm": "output_norm", "output": "output"}
    arrays = shape.arrays()
    try:
        read = {
            name: np.stack([file.numbers(f"blk.{i}.{name}.weight") for i in range(shape.layers)])
            if name in LAYER_WEIGHTS
            else file.numbers(f"{names[name]}.weight")
            for name in arrays
        }
        shape.check(read)
    except (KeyError, InvalidShape) as error:
        raise ModelUnreadable(f"{file.path}: {type(error).__name__}: {error}") from error
    return {name: jnp.asarray(array) for name, array in read.items()}


def _norm(hidden: jax.Array, scale: jax.Array, shape: Shape) -> jax.Array:
    size = jnp.mean(hidden * hidden, axis=-1, keepdims=True)
    normal: jax.Array = hidden * jax.lax.rsqrt(size + shape.epsilon) * scale
    return normal


def _feed_forward(hidden: jax.Array, own: Weights) -> jax.Array:
    gate = jax.nn.silu(hidden @ own["ffn_gate"].T)
    result: jax.Array = (gate * (hidden @ own["ffn_up"].T)) @ own["ffn_down"].T
    return result


def _rotation(positions: int, shape: Shape) -> tuple[jax.Array, jax.Array]:
    """Cosine and sine of the angle of each position and pair of channels."""
    width = shape.head_width
    frequencies = shape.rope_base ** (-jnp.arange(0, width, 2) / width)
    angles = jnp.arange(positions)[:, None] * frequencies  # (positions, width / 2)
    return jnp.cos(angles), jnp.sin(angles)


def _rotated(heads: jax.Array, rotation: tuple[jax.Array, jax.Array]) -> jax.Array:
    """Neighbouring channels turn together."""
    cosine, sine = (each[:, None] for each in rotation)
    pairs = heads.reshape(*heads.shape[:-1], -1, 2)
    real, imaginary = pairs[..., 0], pairs[..., 1]
    turned = [real * cosine - imaginary * sine, real * sine + imaginary * cosine]
    return jnp.stack(turned, axis=-1).reshape(heads.shape)


def _attention(
    hidden: jax.Array, own: Weights, rotation: tuple[jax.Array, jax.Array], shape: Shape
) -> jax.Array:
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
