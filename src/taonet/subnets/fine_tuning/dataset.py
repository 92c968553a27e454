"""
Datasets as people have them: one JSON object a line.

Three forms are read, by their fields. A chat has `messages`, of which the last is the assistant's
and is what is learnt. An instruction has `prompt` and `completion`. A preference has `prompt`,
`chosen` and `rejected`. All lines of a dataset have the same form.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

DATASET_BYTES_MAX: Final = 256 << 20
EXAMPLES_MAX: Final = 1_000_000
LINE_BYTES_MAX: Final = 1 << 20
TURNS_MAX: Final = 256
EXAMPLES_MIN: Final = 10
"""Fewer can't be divided into what is learnt and two tests."""
BROKEN_LINES_TOLD: Final = 5

ROLES: Final = ("system", "user", "assistant")


class DatasetInvalid(ValueError):
    """A dataset that cannot be used; the text names the first lines that are wrong, and why."""


@dataclass(frozen=True)
class Example:
    """
    What a model is to answer, and after which turns (role and text).

    `rejected` is the worse answer of a preference, none in other forms.
    """

    turns: tuple[tuple[str, str], ...]
    answer: str
    rejected: str | None = None

    def encoded(self) -> bytes:
        """The example in one form for all, as one line without its end."""
        return orjson.dumps(
            {"turns": self.turns, "answer": self.answer, "rejected": self.rejected},
            option=orjson.OPT_SORT_KEYS,
        )


class _LineInvalid(ValueError):
    """Why a line is not an example."""


def parsed(raw: bytes) -> tuple[Example, ...]:
    """The examples of a dataset as a person writes it; raises `DatasetInvalid`."""
    return _read(raw, _example)


def decoded(raw: bytes) -> tuple[Example, ...]:
    """The examples of what `encoded` wrote; raises `DatasetInvalid`."""
    return _read(raw, _own_example, least=1)


def encoded(examples: Sequence[Example]) -> bytes:
    """A dataset in the one form that miners and validators read."""
    return b"".join(example.encoded() + b"\n" for example in examples)


def _read(raw: bytes, example_of: "Any", *, least: int = EXAMPLES_MIN) -> tuple[Example, ...]:
    if len(raw) > DATASET_BYTES_MAX:
        raise DatasetInvalid(f"{len(raw)} bytes are more than {DATASET_BYTES_MAX}")
    examples: list[Example] = []
    broken: list[str] = []
    for number, line in _lines(raw):
        try:
            examples.append(example_of(_object(line)))
        except _LineInvalid as error:
            broken.append(f"line {number}: {error}")
        if len(examples) > EXAMPLES_MAX:
            raise DatasetInvalid(f"there are more than {EXAMPLES_MAX} examples")
    if broken:
        told = "; ".join(broken[:BROKEN_LINES_TOLD])
        rest = len(broken) - BROKEN_LINES_TOLD
        raise DatasetInvalid(told + (f"; and {rest} more lines" if rest > 0 else ""))
    if len(examples) < least:
        raise DatasetInvalid(f"there are {len(examples)} examples; at least {least} are needed")
    if len({example.rejected is None for example in examples}) > 1:
        raise DatasetInvalid("some lines are preferences and some are not")
    return tuple(examples)


def _lines(raw: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip():
            yield number, line


def _object(line: bytes) -> Mapping[str, Any]:
    if len(line) > LINE_BYTES_MAX:
        raise _LineInvalid(f"{len(line)} bytes are more than {LINE_BYTES_MAX}")
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _LineInvalid(f"not JSON: {error}") from error
    if not isinstance(found, dict):
        raise _LineInvalid("not a JSON object")
    return found


def _example(fields: Mapping[str, Any]) -> Example:
    if "messages" in fields:
        return _chat(fields["messages"])
    prompt = (("user", _text(fields, "prompt")),)
    if "chosen" in fields or "rejected" in fields:
        return Example(prompt, _text(fields, "chosen"), _text(fields, "rejected"))
    return Example(prompt, _text(fields, "completion"))


def _chat(messages: Any) -> Example:
    if not isinstance(messages, list) or not 2 <= len(messages) <= TURNS_MAX:
        raise _LineInvalid(f"`messages` is a list of 2 to {TURNS_MAX} messages")
    turns = []
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise _LineInvalid(f"a message has a `role`: {', '.join(ROLES)}")
        turns.append((message["role"], _text(message, "content")))
    role, answer = turns.pop()
    if role != "assistant":
        raise _LineInvalid("the last message is the assistant's")
    return Example(tuple(turns), answer)


def _own_example(fields: Mapping[str, Any]) -> Example:
    turns, rejected = fields.get("turns"), fields.get("rejected")
    if not isinstance(turns, list) or not 1 <= len(turns) <= TURNS_MAX:
        raise _LineInvalid("`turns` is a list of role and text")
    for turn in turns:
        if not (isinstance(turn, list) and len(turn) == 2 and turn[0] in ROLES):
            raise _LineInvalid("`turns` is a list of role and text")
        if not isinstance(turn[1], str):
            raise _LineInvalid("a turn's text is a text")
    if rejected is not None:
        rejected = _text(fields, "rejected")
    return Example(tuple((role, text) for role, text in turns), _text(fields, "answer"), rejected)


def _text(fields: Mapping[str, Any], name: str) -> str:
    text = fields.get(name)
    if not isinstance(text, str) or not text:
        raise _LineInvalid(f"`{name}` is missing, empty or no text")
    return text
