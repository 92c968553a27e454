"""
Frozen dataclasses that are quick to make, and quick to declare.

The constructor that `dataclass` generates assigns field by field past the freeze, which costs more
than all that a transfer's pallets compute: an instance that is nothing but its fields can be given
them all at once. And it compiles six methods a class, which is a quarter of a node's start: a
`Record` inherits all but the constructor, and that is made when it is first called.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

T = TypeVar("T")


def attributes_setter(cls: type[Any]) -> Callable[[Any, dict[str, Any]], None]:
    """What gives an instance of `cls` all its attributes at once, frozen or not."""
    owner = next(base for base in cls.__mro__ if "__dict__" in vars(base))
    setter: Callable[[Any, dict[str, Any]], None] = vars(owner)["__dict__"].__set__
    return setter


def is_plain(cls: type[Any]) -> bool:
    """Whether instances of a dataclass are nothing but their fields: no slots, no `InitVar`, and
    nothing done after `__init__`."""
    return (
        dataclasses.is_dataclass(cls)
        and not hasattr(cls, "__post_init__")
        and not hasattr(cls, "__slots__")
        and all(field.init for field in dataclasses.fields(cls))
    )


def quicken(cls: type[T]) -> type[T]:
    """
    A plain dataclass with a quicker constructor of the same signature; also as a decorator.

    One with a default that is made anew each time keeps its own.
    """
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    made = any(field.default_factory is not dataclasses.MISSING for field in fields)
    if made or not is_plain(cls):
        return cls
    scope: dict[str, Any] = {"set_attributes": attributes_setter(cls)}
    parameters: list[str] = []
    for field in fields:
        star = "*, " if field.kw_only and "*, " not in "".join(parameters) else ""
        default = ""
        if field.default is not dataclasses.MISSING:
            scope[f"default_{field.name}"] = field.default
            default = f"=default_{field.name}"
        parameters.append(f"{star}{field.name}{default}")
    values = ", ".join(f"{field.name!r}: {field.name}" for field in fields)
    source = f"def __init__({', '.join(['self', *parameters])}):\n"
    source += f"    set_attributes(self, {{{values}}})\n" if fields else "    pass\n"
    # The source is made of the class's own field names; no part of it comes from data.
    exec(compile(source, "<constructor>", "exec"), scope)  # noqa: S102
    quick = scope["__init__"]
    quick.__qualname__ = f"{cls.__qualname__}.__init__"
    quick.__annotations__ = dict(getattr(cls.__init__, "__annotations__", {}))
    cls.__init__ = quick  # type: ignore[method-assign]
    return cls


class Record:
    """What structs, variants and events share: frozen, equal to its like by its fields."""

    __match_args__: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *values: Any, **named: Any) -> None:
        cls = type(self)
        quicken(cls)
        cls.__init__(self, *values, **named)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        values = self.__dict__
        return hash(tuple([values[name] for name in self.__match_args__]))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({values})"

    def __setattr__(self, name: str, value: Any) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def declare(cls: type[Any]) -> None:
    """Make a dataclass of a subclass of `Record`."""
    dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    fields = dataclasses.fields(cls)
    if any(field.default_factory is not dataclasses.MISSING for field in fields):
        raise TypeError(f"{cls.__name__}: a default is a value, not a factory of values")
    # Not what a parent's became when the parent was first made.
    cls.__init__ = Record.__init__
