"""
Quick constructors of frozen dataclasses.

The generated one assigns field by field past the freeze, which costs more than all that a
transfer's pallets compute. An instance that is nothing but its fields can be given them all at
once.
"""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

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

    One with no fields, or with a default that is made anew each time, keeps its own.
    """
    fields = dataclasses.fields(cls)  # type: ignore[arg-type]
    made = any(field.default_factory is not dataclasses.MISSING for field in fields)
    if not fields or made or not is_plain(cls):
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
    source = (
        f"def __init__(self, {', '.join(parameters)}):\n    set_attributes(self, {{{values}}})\n"
    )
    # The source is made of the class's own field names; no part of it comes from data.
    exec(compile(source, "<constructor>", "exec"), scope)  # noqa: S102
    quick = scope["__init__"]
    quick.__qualname__ = f"{cls.__qualname__}.__init__"
    quick.__annotations__ = dict(getattr(cls.__init__, "__annotations__", {}))
    cls.__init__ = quick  # type: ignore[method-assign]
    return cls
