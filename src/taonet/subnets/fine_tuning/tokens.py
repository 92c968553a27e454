"""Examples as a model reads them: a prompt's tokens, an answer's, padded to a few lengths."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from taonet.subnets.fine_tuning.dataset import Example
from taonet.subnets.text_generation.messages import Turn
from taonet.subnets.text_generation.tokenizer import Tokenizer

LENGTHS: Final = (64, 128, 256, 512)
"""Sequences are padded to one of these, so that a model is compiled a few times only."""


class NothingFits(ValueError):
    """No example of a dataset is short enough for the model."""


@dataclass(frozen=True)
class TokenSequence:
    """A prompt and its answer; the answer ends as the model is to end it."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def fits(self, length: int) -> bool:
        """Whether `length` is the shortest of `LENGTHS` that holds the sequence."""
        return length == next((n for n in LENGTHS if n >= self.length), None)

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.prompt) + len(self.answer)


Sequences = Sequence[TokenSequence]


def sequence_of(tokenizer: Tokenizer, example: Example, answer: str) -> TokenSequence:
    """One answer to an example's turns."""
    turns = [
        # Roles were checked when the dataset was read.
        Turn.from_plain({"role": role, "content": text})
        for role, text in example.turns
    ]
    prompt = tokenizer.encode_chat(turns)
    return TokenSequence(tuple(prompt), (*tokenizer.encode(answer), tokenizer.end_of_turn))


def sequences_of(
    tokenizer: Tokenizer, examples: Iterable[Example], context: int
) -> tuple[TokenSequence, ...]:
    """The examples that fit into the model, in their order; raises `NothingFits`."""
    longest = min(LENGTHS[-1], context)
    found = (sequence_of(tokenizer, example, example.answer) for example in examples)
    fitting = tuple(sequence for sequence in found if sequence.length <= longest)
    if not fitting:
        raise NothingFits(f"no example has at most {longest} tokens")
    return fitting


def padded(
    sequences: Sequences, length: int, rows: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """
    Tokens (rows, length), and 1 where the next token is the answer's (rows, length - 1).

    Rows that there are no sequences for are empty and answer nothing.
    """
    tokens = np.zeros((rows, length), np.int32)
    answered = np.zeros((rows, length - 1), np.float32)
    for row, sequence in enumerate(sequences):
        tokens[row, : sequence.length] = [*sequence.prompt, *sequence.answer]
        answered[row, len(sequence.prompt) - 1 : sequence.length - 1] = 1.0
    return tokens, answered
