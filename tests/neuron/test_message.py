"""What a stranger sends becomes a typed value or a refusal that names the field."""

from collections.abc import Mapping
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taonet.neuron.errors import InvalidMessage
from taonet.neuron.message import CHARACTERS_MAX, Items, Length, Message, Range


class Inner(Message):
    name: Annotated[str, Length(8)]
    role: Literal["a", "b"] = "a"


class Outer(Message):
    count: Annotated[int, Range(1, 10)]
    ratio: float
    flag: bool
    inners: Annotated[tuple[Inner, ...], Items(3, minimum=1)]
    extra: Mapping[str, int]
    note: str | None = None


GOOD = b'{"count":3,"ratio":1,"flag":true,"inners":[{"name":"x"}],"extra":{"k":1}}'


def test_a_message_survives_the_wire() -> None:
    message = Outer(3, 1.0, True, (Inner("x"),), {"k": 1})
    assert Outer.from_json(GOOD) == message
    assert Outer.from_json(message.to_json()) == message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b'"count":3', b'"count":true'), "Outer.count: expected an integer, got bool"),
        ((b'"count":3', b'"count":11'), "Outer.count: 11 is not within 1 and 10"),
        ((b'"count":3', b'"count":3.0'), "Outer.count: expected an integer, got float"),
        ((b'"count":3,', b""), "Outer: count missing"),
        ((b'"count":3', b'"count":3,"more":1'), "Outer: unknown field 'more'"),
        ((b'"ratio":1', b'"ratio":"1"'), "Outer.ratio: expected a number, got str"),
        ((b'"flag":true', b'"flag":1'), "Outer.flag: expected true or false, got int"),
        ((b'"name":"x"', b'"name":"xxxxxxxxx"'), "Outer.inners[0].name: 9 characters"),
        ((b'"name":"x"', b'"name":"x","role":"c"'), "Outer.inners[0].role: expected one of"),
        ((b'[{"name":"x"}]', b"[]"), "Outer.inners: 0 items are not within 1 and 3"),
        ((b'{"k":1}', b'{"k":null}'), "Outer.extra.k: expected an integer, got null"),
        ((b'{"k":1}', b"[]"), "Outer.extra: expected an object, got list"),
        ((b"true", b"tru"), "Outer: not JSON"),
        ((GOOD, b"NaN"), "Outer: not JSON"),
        ((GOOD, b"[" * 5000), "Outer: not JSON"),
        ((GOOD, b"null"), "Outer: expected an object, got null"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(change: tuple[bytes, bytes], said: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        Outer.from_json(GOOD.replace(*change))
    assert str(caught.value).startswith(said)


def test_a_string_without_a_declared_limit_has_one() -> None:
    raw = GOOD[:-1] + b',"note":"' + b"x" * (CHARACTERS_MAX + 1) + b'"}'
    with pytest.raises(InvalidMessage, match=f"more than {CHARACTERS_MAX}"):
        Outer.from_json(raw)


def test_a_refusal_does_not_repeat_a_strangers_text() -> None:
    with pytest.raises(InvalidMessage) as caught:
        Outer.from_json(GOOD.replace(b'"count":3', b'"count":"secret"'))
    assert "secret" not in str(caught.value)


def test_numbers_that_json_lacks_are_not_sent() -> None:
    with pytest.raises(InvalidMessage, match=r"Outer\.ratio: nan"):
        Outer(1, float("nan"), True, (Inner("x"),), {}).to_json()


def test_a_type_that_cannot_cross_is_the_authors_error() -> None:
    class Wrong(Message):
        items: list[int]

    with pytest.raises(TypeError, match="cannot stand in a message"):
        Wrong.from_json(b'{"items":[]}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_anything_is_either_decoded_or_refused_by_name(value: object) -> None:
    for candidate in (value, {"count": value, "ratio": value, "flag": value, "inners": value}):
        with pytest.raises(InvalidMessage):
            Outer.from_plain(candidate)
