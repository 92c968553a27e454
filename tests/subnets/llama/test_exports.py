"""A model of ours in the programs of others."""

from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import orjson
import pytest

from taonet.subnets.llama import gguf_export, hugging_face, safetensors_file
from taonet.subnets.llama.forward import logits, shape_of, weights_of
from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.llama.learning import Learner
from taonet.subnets.llama.shape import PRESETS, InvalidShape, Shape
from taonet.subnets.text_generation.language_model import Request
from taonet.subnets.text_generation.llama_server import LlamaServer
from taonet.subnets.text_generation.reference import Reference
from taonet.subnets.text_generation.tokenizer import Tokenizer
from taonet.subnets.training.vocabulary import Vocabulary

NANO = PRESETS["nano"]
UNTIED = Shape(32, 8, layers=2, heads=2, heads_kv=1, feed_forward=12, context=16, tied=False)


TEXT = "In the beginning was the word, 1000 years before. And what was said was said again; "


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    """A model that has learnt a sentence."""
    tokens = Vocabulary.frozen("english-1024").tokenizer.encode(TEXT * 8)
    rows = np.array([tokens[at : at + 65] for at in range(8)], np.int32)
    learner = Learner(NANO)
    learner.restart(NANO.initial(5))
    for _ in range(25):
        learner.learn(rows, 2e-3)
    return learner.weights()


async def test_llama_cpp_says_what_we_say(weights: dict[str, np.ndarray], tmp_path: Path) -> None:
    vocabulary = Vocabulary.frozen("english-1024")
    path = tmp_path / "nano.gguf"
    gguf_export.write(path, weights, NANO, vocabulary.words, name="nano")
    file = GgufFile.open(path)
    tokenizer = Tokenizer.from_gguf(file)
    prompt = tokenizer.encode("In the beginning was the word, 1000 years before.")
    assert prompt == vocabulary.tokenizer.encode(
        "In the beginning was the word, 1000 years before."
    )
    request = Request(tuple(prompt), 40, 1.0, 1.0, seed=3)
    async with LlamaServer.running(path, tokenizer, context=256, slots=1) as server:
        chunks = [chunk async for chunk in server.generate(request)]
    tokens = [token for chunk in chunks for token in chunk.token_ids]
    claimed = np.array([said for chunk in chunks for said in chunk.logprobs])
    own = Reference.load(file).score(prompt, tokens, 1.0).logprobs
    # From a byte on that is no whole character, tokens are guessed.
    whole = int(np.argmax(claimed == 0.0)) if 0.0 in claimed else len(claimed)
    assert whole > 20
    assert claimed[:whole].std() > 0.3
    assert np.abs(claimed - own)[:whole].max() < 0.02


def test_a_gguf_file_is_read_back(weights: dict[str, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "nano.gguf"
    words = Vocabulary.frozen("english-1024").words
    gguf_export.write(path, weights, NANO, words, name="nano")
    file = GgufFile.open(path)
    assert shape_of(file) == NANO
    for name, array in weights_of(file, NANO).items():
        assert np.array_equal(np.asarray(array), weights[name])
    gguf_export.write(path, weights, NANO, words, name="nano", halved=True)
    halved = weights_of(GgufFile.open(path), NANO)
    assert np.allclose(np.asarray(halved["ffn_up"]), weights["ffn_up"], rtol=1e-3, atol=1e-6)
    assert path.stat().st_size < 2.1 * NANO.parameters


def test_a_vocabulary_of_another_size_is_refused(tmp_path: Path) -> None:
    words = Vocabulary.frozen("english-4096").words
    with pytest.raises(ValueError, match="4096 tokens for a vocabulary of 1024"):
        gguf_export.write(tmp_path / "x.gguf", NANO.initial(1), NANO, words, name="x")
    assert list(tmp_path.iterdir()) == []


def test_hugging_faces_layout_computes_the_same(tmp_path: Path) -> None:
    """Attention by the rule of their Llama, channels half a head apart, agrees with ours."""
    weights = UNTIED.initial(2)
    tokens = np.array([3, 1, 4, 1, 5, 9, 2, 6], np.int32)
    hugging_face.write(tmp_path, weights, UNTIED)
    arrays, _ = safetensors_file.decoded((tmp_path / "model.safetensors").read_bytes())
    config = orjson.loads((tmp_path / "config.json").read_bytes())
    assert hugging_face.shape_from(config) == UNTIED
    ours = np.asarray(logits(weights, jnp.asarray(tokens), UNTIED))
    assert np.allclose(theirs(arrays, config, tokens), ours, atol=1e-5)
    back = hugging_face.imported(arrays, UNTIED)
    assert all(np.array_equal(back[name], array) for name, array in weights.items())


def theirs(arrays: dict[str, Any], config: dict[str, Any], tokens: np.ndarray) -> Any:
    """transformers' LlamaForCausalLM, in NumPy."""
    heads, width = int(config["num_attention_heads"]), int(config["head_dim"])
    groups = heads // int(config["num_key_value_heads"])
    count = len(tokens)
    frequencies = config["rope_theta"] ** -(np.arange(0, width, 2) / width)
    angles = np.arange(count)[:, None] * np.concatenate([frequencies, frequencies])

    def norm(x: Any, name: str) -> Any:
        scale = np.sqrt((x * x).mean(-1, keepdims=True) + config["rms_norm_eps"])
        return x / scale * arrays[f"{name}.weight"]

    def turned(x: Any) -> Any:
        half = np.concatenate([-x[..., width // 2 :], x[..., : width // 2]], -1)
        return x * np.cos(angles)[:, None] + half * np.sin(angles)[:, None]

    x = arrays["model.embed_tokens.weight"][tokens]
    for layer in range(int(config["num_hidden_layers"])):
        at = f"model.layers.{layer}"
        y = norm(x, f"{at}.input_layernorm")
        q, k, v = (
            (y @ arrays[f"{at}.self_attn.{name}_proj.weight"].T).reshape(count, -1, width)
            for name in "qkv"
        )
        q, k, v = turned(q), np.repeat(turned(k), groups, 1), np.repeat(v, groups, 1)
        scores = np.einsum("qhw,khw->hqk", q, k) / np.sqrt(width)
        scores = np.where(np.tril(np.ones((count, count), bool)), scores, -np.inf)
        share = np.exp(scores - scores.max(-1, keepdims=True))
        share /= share.sum(-1, keepdims=True)
        mixed = np.einsum("hqk,khw->qhw", share, v).reshape(count, -1)
        x = x + mixed @ arrays[f"{at}.self_attn.o_proj.weight"].T
        y = norm(x, f"{at}.post_attention_layernorm")
        gate = y @ arrays[f"{at}.mlp.gate_proj.weight"].T
        gate = gate / (1 + np.exp(-gate))
        x = (
            x
            + (gate * (y @ arrays[f"{at}.mlp.up_proj.weight"].T))
            @ arrays[f"{at}.mlp.down_proj.weight"].T
        )
    return norm(x, "model.norm") @ arrays["lm_head.weight"].T


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"model_type": "gpt2"}, "of the type 'gpt2', not llama"),
        ({"attention_bias": True}, "biases and scaled rotation"),
        ({"num_attention_heads": 3}, "does not make 3 heads"),
    ],
)
def test_a_config_that_is_not_ours_is_named(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(InvalidShape, match=complaint):
        hugging_face.shape_from(hugging_face.config(UNTIED) | change)
    with pytest.raises(InvalidShape, match="lacks"):
        hugging_face.imported({}, UNTIED)
