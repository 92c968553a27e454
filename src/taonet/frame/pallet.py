"""
Pallets: storage, calls, events, errors, constants and hooks, declared once.

A pallet class is a declaration; an instance is a typed view of one `State`. Classes that share a
`prefix` are one pallet on the wire (SubtensorModule is many small classes): `merge` joins them and
refuses two that claim the same name or index.
"""

import inspect
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar, Generic, TypeVar, dataclass_transform, overload

from taonet.frame.config import RuntimeConfig
from taonet.frame.dispatch_error import ModuleError
from taonet.frame.state import State
from taonet.frame.storage import StorageItem, camel_case
from taonet.frame.weight import NO_WEIGHT, DispatchClass, Pays, Weight
from taonet.scale.construction import Record, declare, quicken
from taonet.scale.types import Field, Type, type_of, wire_name

V = TypeVar("V")
Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass_transform(frozen_default=True)
class Event(Record):
    """
    Something that happened: `class Transfer(Event, index=2)`, whose annotations are its fields
    and whose docstring is what wallets show. A field named `_0` has no name on the wire.
    """

    index: ClassVar[int]
    name: ClassVar[str]

    def __init_subclass__(cls, *, index: int, name: str = "") -> None:
        cls.index = index
        cls.name = name or cls.__name__
        declare(cls)


@quicken
@dataclass(frozen=True)
class PostInfo:
    """What a call cost after all, where it differs from what it declared."""

    weight: Weight | None = None
    pays: Pays = Pays.YES


@dataclass(frozen=True)
class CallSpec:
    """
    A call's declaration. `weight` is a `Weight`, or computes one from the call's arguments by
    position, and so may `dispatch_class` and `pays`. `guard_weight` is what the composed runtime
    does before the call.
    """

    index: int
    name: str
    method: str
    fields: tuple[Field, ...]
    doc: str
    weight: Weight | Callable[..., Weight]
    dispatch_class: DispatchClass | Callable[..., DispatchClass]
    pays: Pays | Callable[..., Pays]
    guard_weight: Weight = NO_WEIGHT

    def weight_of(self, arguments: Sequence[Any]) -> Weight:
        """What the call and its guards may cost with these arguments, at most 2**64 - 1."""
        own = self.weight if isinstance(self.weight, Weight) else self.weight(*arguments)
        return own.saturating_add(self.guard_weight)

    def class_of(self, arguments: Sequence[Any]) -> DispatchClass:
        """Which part of a block the call takes with these arguments."""
        chosen = self.dispatch_class
        return chosen if isinstance(chosen, DispatchClass) else chosen(*arguments)

    def pays_of(self, arguments: Sequence[Any]) -> Pays:
        """Whether the call pays a fee with these arguments."""
        return self.pays(*arguments) if callable(self.pays) else self.pays


def call(
    *,
    index: int,
    weight: Weight | Callable[..., Weight],
    dispatch_class: DispatchClass | Callable[..., DispatchClass] = DispatchClass.NORMAL,
    pays: Pays | Callable[..., Pays] = Pays.YES,
    name: str = "",
) -> Callable[[Method], Method]:
    """
    Mark a method `(self, origin, *arguments) -> None | PostInfo` as a call. Its signature,
    annotations and docstring are what stands in metadata.
    """

    def mark(method: Method) -> Method:
        method.call_options = (  # type: ignore[attr-defined]
            index,
            name or wire_name(method.__name__),
            weight,
            dispatch_class,
            pays,
        )
        return method

    return mark


def _call_spec(method: Callable[..., Any]) -> CallSpec:
    index, name, weight, dispatch_class, pays = method.call_options  # type: ignore[attr-defined]
    hints = typing.get_type_hints(method, include_extras=True)
    parameters = list(inspect.signature(method).parameters)[2:]
    # An argument that a call ignores has a leading underscore, which the real chain's macros drop.
    fields = tuple(Field(wire_name(p.lstrip("_")), p, type_of(hints[p])) for p in parameters)
    doc = inspect.getdoc(method) or ""
    return CallSpec(index, name, method.__name__, fields, doc, weight, dispatch_class, pays)


class Constant(Generic[V]):
    """A value that metadata shows; on an instance it reads as the value for its config."""

    def __init__(
        self,
        kind: Type[V] | type[V],
        value: V | Callable[[RuntimeConfig], V],
        *,
        doc: str,
        name: str = "",
    ) -> None:
        self.type: Type[V] = type_of(kind)
        self.value = value
        self.doc = doc
        self.name = name

    def __set_name__(self, owner: type, attribute: str) -> None:
        self.name = self.name or camel_case(attribute)

    def for_config(self, config: RuntimeConfig) -> V:
        """The value in a runtime composed for `config`."""
        return self.value(config) if callable(self.value) else self.value

    @overload
    def __get__(self, pallet: None, owner: type) -> "Constant[V]": ...
    @overload
    def __get__(self, pallet: "Pallet", owner: type) -> V: ...
    def __get__(self, pallet: "Pallet | None", owner: type) -> "Constant[V] | V":
        return self if pallet is None else self.for_config(pallet.state.config)


class Pallet:
    """
    A view of one state. Subclasses give `prefix`, and take the pallets they use as further
    constructor arguments.
    """

    prefix: ClassVar[str] = ""
    events: ClassVar[tuple[type[Event], ...]] = ()
    errors: ClassVar[tuple[type[ModuleError], ...]] = ()
    storage_items: ClassVar[tuple[StorageItem[Any], ...]] = ()
    calls: ClassVar[tuple[CallSpec, ...]] = ()
    constants: ClassVar[tuple[Constant[Any], ...]] = ()

    def __init_subclass__(cls, *, prefix: str = "") -> None:
        cls.prefix = prefix or cls.prefix
        declared = list(vars(cls).values())
        items = [value for value in declared if isinstance(value, StorageItem)]
        for item in items:
            item.attach(cls.prefix)
        cls.storage_items = tuple(items)
        cls.constants = tuple(value for value in declared if isinstance(value, Constant))
        methods = [value for value in declared if hasattr(value, "call_options")]
        cls.calls = tuple(sorted(map(_call_spec, methods), key=lambda spec: spec.index))

    def __init__(self, state: State) -> None:
        self.state = state

    def deposit_event(self, event: Event, topics: Sequence[bytes] = ()) -> None:
        """Report `event`; it is dropped if the call that reports it is refused."""
        self.state.deposit(event, topics)

    def on_initialize(self, number: int) -> Weight:  # noqa: ARG002
        """Work at the start of block `number`; returns what it cost."""
        return Weight(0, 0)

    def on_finalize(self, number: int) -> None:
        """Work at the end of block `number`."""

    def try_state(self) -> None:
        """Raise `AssertionError` unless the pallet's invariants hold."""


@dataclass(frozen=True)
class PalletSpec:
    """One pallet on the wire: what the classes of one prefix declare together, by index."""

    name: str
    index: int
    storage_items: tuple[StorageItem[Any], ...]
    calls: tuple[CallSpec, ...]
    events: tuple[type[Event], ...]
    errors: tuple[type[ModuleError], ...]
    constants: tuple[Constant[Any], ...]


def merge(index: int, classes: Iterable[type[Pallet]]) -> PalletSpec:
    """
    The pallet that `classes`, of one prefix, are on the wire; `TypeError` if two of them claim
    the same storage name, constant, or call, event or error index.
    """
    members = list(classes)
    prefix = members[0].prefix
    spec = PalletSpec(
        prefix,
        index,
        tuple(item for cls in members for item in cls.storage_items),
        tuple(sorted((c for cls in members for c in cls.calls), key=lambda c: c.index)),
        tuple(sorted({e for cls in members for e in cls.events}, key=lambda e: e.index)),
        tuple(sorted({e for cls in members for e in cls.errors}, key=lambda e: e.index)),
        tuple(constant for cls in members for constant in cls.constants),
    )
    if any(cls.prefix != prefix for cls in members):
        raise TypeError(f"{prefix}: classes of another prefix among {members}")
    for what, claims in (
        ("storage", [item.name for item in spec.storage_items]),
        ("constant", [constant.name for constant in spec.constants]),
        ("call", [c.index for c in spec.calls]),
        ("event", [event.index for event in spec.events]),
        ("error", [error.index for error in spec.errors]),
    ):
        twice = {claim for claim in claims if claims.count(claim) > 1}  # type: ignore[arg-type]
        if twice:
            raise TypeError(f"{prefix}: {what} {sorted(map(str, twice))} declared twice")
    return spec


def declared_events(module: ModuleType) -> tuple[type[Event], ...]:
    """The events that a module declares."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Event) and value is not Event
    )


def declared_errors(module: ModuleType) -> tuple[type[ModuleError], ...]:
    """The errors that a module declares."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, ModuleError) and value is not ModuleError
    )
