"""
Text to tokens and back, as the model's own server does it.

Byte-level BPE with the vocabulary and merges of the GGUF file, split beforehand by the rule that
the file names. A test compares it with llama.cpp's. Special tokens never come out of a caller's
text: a chat's structure is added by token, so nobody can fake another role.

Source: llama.cpp src/llama-vocab.cpp, pre-tokenizer `smollm`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from taonet.subnets.llama.gguf_file import GgufFile, ModelUnreadable
from taonet.subnets.text_generation.messages import Turn

_CONTROL = 3
_SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
WORDS_CACHED_MAX = 50_000
"""Words whose tokens are remembered."""
WORD_CHARACTERS_MAX = 4096
"""A longer run without a break is cut, since merging takes the square of its length."""


def _byte_letters() -> Mapping[int, str]:
    """The printable letter that stands for each byte in a byte-level vocabulary."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    rest = (byte for byte in range(256) if byte not in printable)
    letters = {byte: chr(byte) for byte in printable}
    letters.update((byte, chr(256 + index)) for index, byte in enumerate(rest))
    return letters


@dataclass(frozen=True)
class Chat:
    """
    How a chat is laid out in tokens: the marks around a turn, and what a system says first in a
    chat that does not say it, empty for nothing.
    """

    begin: str = "<|im_start|>"
    end: str = "<|im_end|>"
    system: str = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


class Tokenizer:
    """The tokens of one model."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        merges: Sequence[str],
        control: Iterable[int],
        end_of_text: int,
        chat: Chat,
    ) -> None:
        letters = _byte_letters()
        bytes_of = {letter: byte for byte, letter in letters.items()}
        self._letters = str.maketrans({chr(byte): letter for byte, letter in letters.items()})
        self._ids = {token: index for index, token in enumerate(vocabulary)}
        self._ranks = {tuple(pair.split(" ", 1)): rank for rank, pair in enumerate(merges)}
        self._control = frozenset(control)
        self._bytes = [
            b"" if index in self._control else bytes(bytes_of[letter] for letter in token)
            for index, token in enumerate(vocabulary)
        ]
        self._cache: dict[str, tuple[int, ...]] = {}
        self._chat = chat
        self.end_of_text = end_of_text
        self.size = len(vocabulary)

    @property
    def end_of_turn(self) -> int:
        """The token that ends an answer."""
        return self._ids[self._chat.end]

    @classmethod
    def from_gguf(cls, file: GgufFile, chat: Chat | None = None) -> "Tokenizer":
        """The tokens of the model in `file`; raises `ModelUnreadable` for another kind."""
        kind = (file.facts.get("tokenizer.ggml.model"), file.facts.get("tokenizer.ggml.pre"))
        if kind != ("gpt2", "smollm"):
            raise ModelUnreadable(f"{file.path}: tokens of the kind {kind} are not understood")
        types = file.facts["tokenizer.ggml.token_type"]
        return cls(
            file.facts["tokenizer.ggml.tokens"],
            file.facts["tokenizer.ggml.merges"],
            (index for index, kind in enumerate(types) if kind == _CONTROL),
            int(file.facts["tokenizer.ggml.eos_token_id"]),
            chat or Chat(),
        )

    def encode(self, text: str) -> list[int]:
        """The tokens of plain text; what looks like a special token is plain text too."""
        return [token for word in _words(text) for token in self._word(word)]

    def encode_bytes(self, raw: bytes) -> list[int]:
        """Tokens that decode to `raw`, which need not be whole characters."""
        return list(self._merge(raw))

    def encode_chat(self, turns: Sequence[Turn]) -> list[int]:
        """The tokens of a chat, up to where the assistant goes on."""
        chat, newline = self._chat, self.encode("\n")
        whole = list(turns)
        if chat.system and (not whole or whole[0].role != "system"):
            whole.insert(0, Turn("system", chat.system))
        tokens: list[int] = []
        for turn in whole:
            tokens += [self._ids[chat.begin], *self.encode(f"{turn.role}\n{turn.content}")]
            tokens += [self._ids[chat.end], *newline]
        return [*tokens, self._ids[chat.begin], *self.encode("assistant\n")]

    def bytes_of(self, token: int) -> bytes:
        """What a token stands for; nothing for a special one."""
        return self._bytes[token]

    def decode(self, tokens: Iterable[int]) -> str:
        """The text of `tokens`, up to a character that is cut off at the end."""
        raw = b"".join(self._bytes[token] for token in tokens)
        return raw[: len(raw) - unfinished(raw)].decode(errors="replace")

    def _word(self, word: str) -> tuple[int, ...]:
        tokens = self._cache.get(word)
        if tokens is None:
            tokens = self._merge(word.encode())
            if len(self._cache) >= WORDS_CACHED_MAX:
                self._cache.clear()
            self._cache[word] = tokens
        return tokens

    def _merge(self, raw: bytes) -> tuple[int, ...]:
        parts = list(raw.decode("latin-1").translate(self._letters))
        last = len(self._ranks)
        while len(parts) > 1:
            ranks = [self._ranks.get(pair, last) for pair in pairwise(parts)]
            lowest = min(ranks)
            if lowest == last:
                break
            index = ranks.index(lowest)
            parts[index : index + 2] = [parts[index] + parts[index + 1]]
        return tuple(self._ids[part] for part in parts)


def unfinished(raw: bytes) -> int:
    """How many bytes at the end of `raw` begin a character that is not whole."""
    for back in range(1, min(4, len(raw)) + 1):
        byte = raw[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 1 if byte < 0x80 else 2 if byte >> 5 == 6 else 3 if byte >> 4 == 14 else 4
        return back if byte >= 0xC0 and needed > back else 0
    return 0


def _words(text: str) -> Iterator[str]:
    """The pieces within which tokens are merged: each digit alone, words with their space."""
    start = 0
    for index, letter in enumerate(text):
        if unicodedata.category(letter)[0] == "N":
            yield from _split(text[start:index])
            yield letter
            start = index + 1
    yield from _split(text[start:])


def _split(text: str) -> Iterator[str]:
    for match in _SPLIT.finditer(text):
        word = match.group()
        for start in range(0, len(word), WORD_CHARACTERS_MAX):
            yield word[start : start + WORD_CHARACTERS_MAX]
