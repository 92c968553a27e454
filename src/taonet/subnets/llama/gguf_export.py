"""A Llama and its tokens as one GGUF file, which llama.cpp and what is built on it serve."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.llama.shape import LAYER_WEIGHTS, Array, Shape

_NORMAL, _CONTROL = 1, 3
_OTHER_NAMES = {"embedding": "token_embd", "norm": "output_norm", "output": "output"}
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)


@dataclass(frozen=True)
class Words:
    """
    A byte-level vocabulary as GGUF files describe one.

    `merges` are pairs with a space between them, the first merged first; `control` are the tokens
    that no text makes, of which `end_of_text` ends a document.
    """

    tokens: Sequence[str]
    merges: Sequence[str]
    control: frozenset[int]
    end_of_text: int

    @classmethod
    def of(cls, file: GgufFile) -> "Words":
        """The vocabulary of a file; raises `KeyError` where it has none of this kind."""
        types = file.facts["tokenizer.ggml.token_type"]
        return cls(
            file.facts["tokenizer.ggml.tokens"],
            file.facts["tokenizer.ggml.merges"],
            frozenset(index for index, kind in enumerate(types) if kind == _CONTROL),
            int(file.facts["tokenizer.ggml.eos_token_id"]),
        )


def write(
    path: Path,
    weights: Mapping[str, Array],
    shape: Shape,
    words: Words,
    *,
    name: str,
    halved: bool = False,
) -> None:
    """
    Write the file at `path`, atomically; weights are float32, or, `halved`, matrices float16.

    Channels are laid out as GGUF wants them already. Raises `ValueError` when the vocabulary has
    another size than the model's.
    """
    if len(words.tokens) != shape.vocabulary:
        raise ValueError(f"{len(words.tokens)} tokens for a vocabulary of {shape.vocabulary}")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    writer = gguf.GGUFWriter(temporary, "llama")
    _add_shape(writer, shape, name)
    _add_words(writer, words)
    for own, array in weights.items():
        if own not in LAYER_WEIGHTS:
            _add(writer, _OTHER_NAMES[own], array, halved=halved)
            continue
        for layer in range(shape.layers):
            _add(writer, f"blk.{layer}.{own}", array[layer], halved=halved)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    temporary.replace(path)


def _add(writer: gguf.GGUFWriter, name: str, array: Array, *, halved: bool) -> None:
    # llama.cpp wants norms in float32 whatever the rest is.
    kind = np.float16 if halved and array.ndim > 1 else np.float32
    writer.add_tensor(f"{name}.weight", np.ascontiguousarray(array, kind))


def _add_shape(writer: gguf.GGUFWriter, shape: Shape, name: str) -> None:
    writer.add_name(name)
    writer.add_block_count(shape.layers)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads_kv)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)


def _add_words(writer: gguf.GGUFWriter, words: Words) -> None:
    count = len(words.tokens)
    writer.add_tokenizer_model("gpt2")
    # The rule by which text is split before merging: single digits, words with their space.
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(list(words.tokens))
    writer.add_token_types([_CONTROL if i in words.control else _NORMAL for i in range(count)])
    writer.add_token_merges(list(words.merges))
    writer.add_bos_token_id(words.end_of_text)
    writer.add_eos_token_id(words.end_of_text)
    writer.add_bool(gguf.Keys.Tokenizer.ADD_BOS, False)  # noqa: FBT003 its API
    writer.add_chat_template(CHAT_TEMPLATE)
