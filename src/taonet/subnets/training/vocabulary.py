"""
The tokens of a run: byte-level BPE, trained once and frozen; its hash is part of the run's.

A text is split as SmolLM2's is, by single digits and words with their space, so that every program
that serves that model serves a model made here. Encoding needs nothing but the frozen file.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from taonet.subnets.llama.gguf_export import Words
from taonet.subnets.text_generation.tokenizer import Chat, Tokenizer

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
"""The first tokens; no text makes them."""
SIZE_MIN = 256 + len(CONTROL)
SIZE_MAX = 65_536
"""Corpora hold a token in two bytes."""
FILE_BYTES_MAX = 8 << 20
_FROZEN = Path(__file__).parent / "vocabularies"


class VocabularyInvalid(ValueError):
    """A file that is no vocabulary, or a size that none can have; the text says why."""


@dataclass(frozen=True)
class Vocabulary:
    """A frozen vocabulary: `tokens` by number, `merges` as pairs with a space between them."""

    tokens: tuple[str, ...]
    merges: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Vocabulary":
        """The vocabulary in a file; raises `VocabularyInvalid` or `OSError`."""
        if path.stat().st_size > FILE_BYTES_MAX:
            raise VocabularyInvalid(f"{path} is over {FILE_BYTES_MAX} bytes")
        return cls.decoded(path.read_bytes())

    @classmethod
    def decoded(cls, raw: bytes) -> "Vocabulary":
        """The vocabulary in a file's bytes; raises `VocabularyInvalid`."""
        try:
            value: Any = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise VocabularyInvalid(f"a vocabulary is JSON: {error}") from error
        if not isinstance(value, dict) or set(value) != {"tokens", "merges"}:
            raise VocabularyInvalid("a vocabulary has tokens and merges, and nothing else")
        tokens, merges = (_texts(name, value[name]) for name in ("tokens", "merges"))
        if not SIZE_MIN <= len(tokens) <= SIZE_MAX or len(set(tokens)) != len(tokens):
            raise VocabularyInvalid(
                f"{len(tokens)} tokens are not {SIZE_MIN} to {SIZE_MAX} different ones"
            )
        if tokens[: len(CONTROL)] != CONTROL:
            raise VocabularyInvalid(f"the first tokens are {', '.join(CONTROL)}")
        known = set(tokens)
        for merge in merges:
            parts = merge.split(" ")
            if len(parts) != 2 or not {*parts, "".join(parts)} <= known:
                raise VocabularyInvalid(f"the merge {merge!r} does not make a token of two")
        return cls(tokens, merges)

    @classmethod
    def frozen(cls, name: str) -> "Vocabulary":
        """One that comes along, such as `english-1024`; raises `VocabularyInvalid`."""
        known = sorted(path.stem for path in _FROZEN.glob("*.json"))
        if name not in known:
            raise VocabularyInvalid(f"there is no vocabulary {name!r}, but {', '.join(known)}")
        return cls.read(_FROZEN / f"{name}.json")

    def encoded(self) -> bytes:
        """The file; the same vocabulary always gives the same bytes."""
        value = {"tokens": list(self.tokens), "merges": list(self.merges)}
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)

    @cached_property
    def hash(self) -> str:
        """The sha256 of the file."""
        return hashlib.sha256(self.encoded()).hexdigest()

    @property
    def end_of_text(self) -> int:
        """The token between documents."""
        return 0

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """What encodes and decodes text."""
        control = range(len(CONTROL))
        return Tokenizer(self.tokens, self.merges, control, self.end_of_text, Chat(system=""))

    @property
    def words(self) -> Words:
        """The vocabulary as GGUF files describe one."""
        return Words(self.tokens, self.merges, frozenset(range(len(CONTROL))), self.end_of_text)

    def document(self, text: str) -> NDArray[np.uint16]:
        """The tokens of one document and the end of it."""
        return np.array([*self.tokenizer.encode(text), self.end_of_text], np.uint16)


def frozen_with(digest: str) -> Vocabulary | None:
    """The vocabulary of that hash, if it is one that comes along."""
    coming_along = (Vocabulary.read(path) for path in sorted(_FROZEN.glob("*.json")))
    return next((each for each in coming_along if each.hash == digest), None)


def trained(texts: Iterable[str], size: int) -> Vocabulary:
    """
    The vocabulary of `size` tokens that shortens `texts` most; seconds for a few megabytes.

    The package `tokenizers` does it. Raises `VocabularyInvalid` for a size out of range, or for
    texts with too few words to make so many tokens.
    """
    from tokenizers import Tokenizer as Trainee
    from tokenizers import models, pre_tokenizers, trainers

    if not SIZE_MIN <= size <= SIZE_MAX:
        raise VocabularyInvalid(f"a vocabulary has {SIZE_MIN} to {SIZE_MAX} tokens, not {size}")
    trainee = Trainee(models.BPE())
    trainee.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(CONTROL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    trainee.train_from_iterator(texts, trainer)
    model = orjson.loads(trainee.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].__getitem__)
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    if len(tokens) != size:
        raise VocabularyInvalid(f"the texts make {len(tokens)} tokens, not {size}")
    made = Vocabulary(tuple(tokens), tuple(merges))
    return Vocabulary.decoded(made.encoded())


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise VocabularyInvalid(f"{name} is a list of texts")
    return tuple(value)
