"""
A Llama as the programs around Hugging Face's library know it: `config.json`, `model.safetensors`.

Their Llama rotates channel i with channel i + half of its head, ours and GGUF's neighbours: rows of
the query and key projections are put into the other order.

Source: transformers src/transformers/models/llama/modeling_llama.py; the reverse of
llama.cpp convert_hf_to_gguf.py `LlamaModel.permute`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from taonet.subnets.llama import safetensors_file
from taonet.subnets.llama.shape import LAYER_WEIGHTS, Array, InvalidShape, Shape

_LAYER_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OTHER_NAMES = {
    "embedding": "model.embed_tokens.weight",
    "norm": "model.norm.weight",
    "output": "lm_head.weight",
}


def layer_name(name: str, layer: int) -> str:
    """What our array `name` is called there, for one layer."""
    return f"model.layers.{layer}.{_LAYER_NAMES[name]}.weight"


def config(shape: Shape) -> dict[str, Any]:
    """The content of `config.json`."""
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.width,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads_kv,
        "head_dim": shape.head_width,
        "max_position_embeddings": shape.context,
        "rope_theta": shape.rope_base,
        "rms_norm_eps": shape.epsilon,
        "tie_word_embeddings": shape.tied,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "torch_dtype": "float32",
    }


def shape_from(config: Mapping[str, Any]) -> Shape:
    """The shape that a `config.json` describes; raises `InvalidShape`."""
    if config.get("model_type") != "llama":
        raise InvalidShape(f"the model is of the type {config.get('model_type')!r}, not llama")
    if config.get("attention_bias") or config.get("mlp_bias") or config.get("rope_scaling"):
        raise InvalidShape("biases and scaled rotation are not supported")
    try:
        return Shape(
            vocabulary=config["vocab_size"],
            width=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            heads_kv=config.get("num_key_value_heads", config["num_attention_heads"]),
            feed_forward=config["intermediate_size"],
            context=config["max_position_embeddings"],
            rope_base=config.get("rope_theta", 10_000.0),
            epsilon=config["rms_norm_eps"],
            tied=bool(config.get("tie_word_embeddings", False)),
        )
    except KeyError as error:
        raise InvalidShape(f"config.json lacks {error}") from error


def exported(weights: Mapping[str, Array], shape: Shape) -> dict[str, Array]:
    """The arrays under the names and in the layout of `model.safetensors`."""
    arrays: dict[str, Array] = {}
    for name in shape.arrays():
        if name not in LAYER_WEIGHTS:
            arrays[_OTHER_NAMES[name]] = weights[name]
            continue
        for layer in range(shape.layers):
            arrays[layer_name(name, layer)] = halves(name, weights[name][layer], shape)
    return arrays


def imported(arrays: Mapping[str, Array], shape: Shape) -> dict[str, Array]:
    """The reverse of `exported`; raises `InvalidShape`."""
    try:
        weights = {
            name: np.stack(
                [
                    neighbours(name, arrays[layer_name(name, layer)], shape)
                    for layer in range(shape.layers)
                ]
            )
            if name in LAYER_WEIGHTS
            else arrays[_OTHER_NAMES[name]]
            for name in shape.arrays()
        }
    except KeyError as error:
        raise InvalidShape(f"the file lacks {error}") from error
    except ValueError as error:
        raise InvalidShape(f"the arrays do not fit the shape: {error}") from error
    shape.check(weights)
    return weights


def write(folder: Path, weights: Mapping[str, Array], shape: Shape) -> None:
    """Put `config.json` and `model.safetensors` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    raw = safetensors_file.encoded(exported(weights, shape), {"format": "pt"})
    (folder / "model.safetensors").write_bytes(raw)
    (folder / "config.json").write_bytes(orjson.dumps(config(shape), option=orjson.OPT_INDENT_2))


def halves(name: str, array: Array, shape: Shape) -> Array:
    """Rows of a projection with the two channels of a pair half a head apart."""
    if name not in ("attn_q", "attn_k"):
        return array
    pairs = array.reshape(-1, shape.head_width // 2, 2, array.shape[-1])
    return pairs.swapaxes(1, 2).reshape(array.shape)


def neighbours(name: str, array: Array, shape: Shape) -> Array:
    """The reverse of `halves`."""
    if name not in ("attn_q", "attn_k"):
        return array
    pairs = array.reshape(-1, 2, shape.head_width // 2, array.shape[-1])
    return pairs.swapaxes(1, 2).reshape(array.shape)
