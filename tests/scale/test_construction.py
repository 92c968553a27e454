"""Records are what frozen dataclasses are, made more quickly."""

import copy
import dataclasses
import pickle

import pytest

from taonet.scale.construction import Record, declare, quicken
from taonet.scale.types import U8, Struct


class Point(Struct, path="test::Point"):
    x: U8
    y: U8 = 7


class Named(Point, path="test::Named"):
    name: str = "here"


@quicken
@dataclasses.dataclass(frozen=True)
class Quick:
    first: int
    second: str = "b"


def test_a_record_takes_its_fields_as_a_dataclass_does() -> None:
    assert (Point(1, 2).x, Point(1).y, Point(y=3, x=1).y) == (1, 7, 3)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        Point(1, z=2)  # type: ignore[call-arg]


def test_a_record_of_a_record_has_both_fields_whichever_was_made_first() -> None:
    assert (Point(1).x, Named(1, 2, "there").name, Named(1).name) == (1, "there", "here")


def test_records_are_equal_by_class_and_fields() -> None:
    assert Point(1, 2) == Point(1, 2)
    assert hash(Point(1, 2)) == hash(Point(1, 2))
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 7) != Named(1, 7)
    assert repr(Point(1, 2)) == "Point(x=1, y=2)"


def test_records_are_frozen() -> None:
    point = Point(1, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 3  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert point.x == 1


def test_records_are_replaced_copied_and_stored() -> None:
    point = Point(1, 2)

    assert dataclasses.replace(point, y=3) == Point(1, 3)
    assert copy.deepcopy(point) == point
    assert pickle.loads(pickle.dumps(point)) == point


def test_a_record_has_no_default_that_is_made_anew() -> None:
    class Listing(Record):
        names: list[str] = dataclasses.field(default_factory=list)

    with pytest.raises(TypeError, match="Listing: a default is a value"):
        declare(Listing)


def test_a_dataclass_made_quick_is_the_same() -> None:
    assert Quick(1) == Quick(1, "b") == Quick(second="b", first=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Quick(1).first = 2  # type: ignore[misc]
