"""Datasets, good and broken."""

import orjson
import pytest

from taonet.subnets.fine_tuning import dataset
from taonet.subnets.fine_tuning.dataset import DatasetInvalid, Example, decoded, encoded, parsed


def lines(*objects: object) -> bytes:
    return b"\n".join(orjson.dumps(each) for each in objects)


def repeated(one: object, count: int = 10) -> bytes:
    return lines(*[one] * count)


def test_three_forms_are_read() -> None:
    chat = {
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "Hi"},
        ]
    }
    assert parsed(repeated(chat))[0] == Example((("system", "Be short."), ("user", "Hello")), "Hi")
    instruction = {"prompt": "Hello", "completion": "Hi", "source": "me"}
    assert parsed(repeated(instruction))[9] == Example((("user", "Hello"),), "Hi")
    preference = {"prompt": "Hello", "chosen": "Hi", "rejected": "Go away"}
    assert parsed(repeated(preference))[0] == Example((("user", "Hello"),), "Hi", "Go away")


def test_empty_lines_are_nothing() -> None:
    raw = b"\n\n" + repeated({"prompt": "a", "completion": "b"}) + b"\r\n  \n"
    assert len(parsed(raw)) == 10


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (b"{", "line 11: not JSON"),
        (b"[1]", "line 11: not a JSON object"),
        (b'"text"', "line 11: not a JSON object"),
        (b"{}", "line 11: `prompt` is missing"),
        (b'{"prompt": "a"}', "line 11: `completion` is missing"),
        (b'{"prompt": "a", "completion": ""}', "line 11: `completion` is missing, empty"),
        (b'{"prompt": 3, "completion": "b"}', "line 11: `prompt` is missing, empty or no text"),
        (b'{"prompt": "a", "chosen": "b"}', "line 11: `rejected` is missing"),
        (b'{"messages": []}', "line 11: `messages` is a list of 2"),
        (b'{"messages": [1, 2]}', "line 11: a message has a `role`"),
        (
            b'{"messages": [{"role": "boss", "content": "a"}, {"role": "user", "content": "b"}]}',
            "line 11: a message has a `role`",
        ),
        (
            b'{"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}',
            "line 11: the last message is the assistant's",
        ),
        (b"\xff", "line 11: not JSON"),
    ],
)
def test_a_broken_line_is_named(broken: bytes, told: str) -> None:
    raw = repeated({"prompt": "a", "completion": "b"}) + b"\n" + broken
    with pytest.raises(DatasetInvalid) as caught:
        parsed(raw)
    assert told in str(caught.value)


def test_of_many_broken_lines_the_first_are_told() -> None:
    with pytest.raises(DatasetInvalid, match=r"line 1: .*line 5: [^;]*; and 15 more lines"):
        parsed(b"nonsense\n" * 20)


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(DatasetInvalid, match="there are 9 examples; at least 10"):
        parsed(repeated({"prompt": "a", "completion": "b"}, 9))
    with pytest.raises(DatasetInvalid, match="there are 0 examples"):
        parsed(b"")


def test_forms_are_not_mixed() -> None:
    preference = {"prompt": "a", "chosen": "b", "rejected": "c"}
    raw = repeated({"prompt": "a", "completion": "b"}) + b"\n" + lines(preference)
    with pytest.raises(DatasetInvalid, match="some lines are preferences"):
        parsed(raw)


def test_sizes_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = repeated({"prompt": "a", "completion": "b"}, 20)
    monkeypatch.setattr(dataset, "EXAMPLES_MAX", 15)
    with pytest.raises(DatasetInvalid, match="more than 15 examples"):
        parsed(raw)
    monkeypatch.setattr(dataset, "LINE_BYTES_MAX", 10)
    with pytest.raises(DatasetInvalid, match=r"line 1: .* bytes are more than 10"):
        parsed(raw)
    monkeypatch.setattr(dataset, "DATASET_BYTES_MAX", 100)
    with pytest.raises(DatasetInvalid, match="bytes are more than 100"):
        parsed(raw)


def test_what_is_written_is_read_again() -> None:
    examples = (
        Example((("user", "ünïcode \u2028 line"),), "a\nb"),
        Example((("system", "s"), ("user", "u")), "x"),
    )
    assert decoded(encoded(examples)) == examples


@pytest.mark.parametrize(
    "raw",
    [
        b'{"turns": [], "answer": "a"}',
        b'{"turns": [["user"]], "answer": "a"}',
        b'{"turns": [["user", 1]], "answer": "a"}',
        b'{"turns": [["user", "u"]], "answer": 1}',
        b'{"turns": [["user", "u"]], "answer": "a", "rejected": 5}',
    ],
)
def test_what_others_wrote_is_not_believed(raw: bytes) -> None:
    with pytest.raises(DatasetInvalid, match="line 1"):
        decoded(raw)
