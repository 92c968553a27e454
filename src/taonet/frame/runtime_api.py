"""
Runtime APIs: what a client may ask the runtime by `state_call`, declared as methods.

    class NeuronInfoRuntimeApi(RuntimeApi, version=1):
        '''Neurons of a subnet.'''

        @api
        def get_neuron(self, netuid: NetUid, uid: Uid) -> NeuronInfo | None:
            '''One neuron.'''

A method's wire name is its own, its arguments and result are typed by annotations, its docstring
is metadata's. Never declare `bytes` as a result: clients take `Vec<u8>` for an old double encoding.
"""

import inspect
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar, Generic, TypeVar

from taonet.scale.codec import Codecs, MalformedScale
from taonet.scale.types import Field, Type, type_of, wire_name

Method = TypeVar("Method", bound=Callable[..., Any])
R = TypeVar("R")


class UnknownRuntimeApi(LookupError):
    """A runtime API method that this runtime does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Exported method {name} is not found")


@dataclass(frozen=True)
class ApiMethodSpec:
    """The declaration of one method."""

    name: str
    method: str
    inputs: tuple[Field, ...]
    output: Type[Any]
    doc: str


def api(method: Method) -> Method:
    """Mark a method of a `RuntimeApi` as callable by clients."""
    method.is_api_method = True  # type: ignore[attr-defined]
    return method


def _method_spec(method: Callable[..., Any]) -> ApiMethodSpec:
    hints = typing.get_type_hints(method, include_extras=True)
    names = list(inspect.signature(method).parameters)[1:]
    inputs = tuple(Field(wire_name(n), n, type_of(hints[n])) for n in names)
    name = wire_name(method.__name__) or ""
    doc = inspect.getdoc(method) or ""
    return ApiMethodSpec(name, method.__name__, inputs, type_of(hints["return"]), doc)


class RuntimeApi(Generic[R]):
    """
    A trait that clients call over one state; `R` is the runtime that its methods read.

    The class's name is the trait's, unless `name` says otherwise.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    methods: ClassVar[tuple[ApiMethodSpec, ...]]

    def __init_subclass__(cls, *, version: int = 1, name: str = "") -> None:
        cls.name = name or cls.__name__
        cls.version = version
        marked = [value for value in vars(cls).values() if hasattr(value, "is_api_method")]
        cls.methods = tuple(map(_method_spec, marked))

    def __init__(self, runtime: R) -> None:
        self.runtime = runtime


def api_id(name: str) -> bytes:
    """A trait's id in the runtime version: the first eight bytes by blake2b of its name."""
    return blake2b(name.encode(), digest_size=8).digest()


class ApiTable(Generic[R]):
    """The methods of a runtime's APIs by their exported names (`Trait_method`)."""

    def __init__(self, apis: Iterable[type[RuntimeApi[R]]], codecs: Codecs) -> None:
        self._codecs = codecs
        self._methods = {
            f"{cls.name}_{spec.name}": (cls, spec) for cls in apis for spec in cls.methods
        }

    def names(self) -> tuple[str, ...]:
        """Every exported name."""
        return tuple(sorted(self._methods))

    def call(self, runtime: R, name: str, data: bytes) -> bytes:
        """
        The encoded answer to `name` with SCALE-encoded arguments; raises `UnknownRuntimeApi` or
        `MalformedScale`.
        """
        if name not in self._methods:
            raise UnknownRuntimeApi(name)
        cls, spec = self._methods[name]
        arguments = self._arguments(spec, data)
        result = getattr(cls(runtime), spec.method)(*arguments)
        return self._codecs.of(spec.output).encode(result)

    def _arguments(self, spec: ApiMethodSpec, data: bytes) -> list[Any]:
        arguments, offset = [], 0
        for field in spec.inputs:
            value, offset = self._codecs.of(field.type).decode_prefix(data, offset)
            arguments.append(value)
        if offset != len(data):
            raise MalformedScale(f"{len(data) - offset} bytes are left over after the arguments")
        return arguments
