"""
How a namespace declares its methods, and what the connection calls.

    class Chain:
        @method("chain_getHeader")
        def get_header(self, hash: BlockHash | None = None) -> Fragment | None: ...

        @subscription("chain_subscribeNewHeads", notifies="chain_newHead",
                      ends=("chain_unsubscribeNewHeads",))
        def new_heads(self, subscription: Subscription) -> Stop: ...

A method may be a coroutine function. `needs_exchange` gives it the `Exchange` first. A
subscription's method returns how to stop it; the ending method is made here.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from taonet.node.rpc.errors import MethodNotFound
from taonet.node.rpc.exchange import Exchange
from taonet.node.rpc.parameters import Json, Signature

F = TypeVar("F", bound=Callable[..., Any])
_ATTRIBUTE = "rpc_declaration"


@dataclass(frozen=True)
class _Declaration:
    names: tuple[str, ...]
    needs_exchange: bool = False
    notifies: str = ""
    ends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """One callable method; `call` takes the raw params and returns a result or a coroutine."""

    call: Callable[[Any, Exchange], Any]
    is_async: bool
    parameters: tuple[str, ...] = ()


def method(*names: str, needs_exchange: bool = False) -> Callable[[F], F]:
    """Declare a method under its name and any aliases."""
    return _marker(_Declaration(names, needs_exchange))


def subscription(*names: str, notifies: str, ends: tuple[str, ...]) -> Callable[[F], F]:
    """Declare a subscription: what starts it, what its notifications are called, what ends it."""
    return _marker(_Declaration(names, notifies=notifies, ends=ends))


def _marker(declaration: _Declaration) -> Callable[[F], F]:
    def mark(function: F) -> F:
        setattr(function, _ATTRIBUTE, declaration)
        return function

    return mark


class MethodTable:
    """Every method of some namespaces by name; two of one name are an error."""

    def __init__(self) -> None:
        self._methods: dict[str, Method] = {}

    def add_namespace(self, namespace: object) -> None:
        """All that `namespace` declares."""
        for name, bound in _declared(namespace):
            self.add(name, bound)

    def add(self, name: str, bound: Method) -> None:
        """One method."""
        if name in self._methods:
            raise ValueError(f"{name} is declared twice")
        self._methods[name] = bound

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._methods)

    def parameters(self, name: str) -> tuple[str, ...]:
        """The names of a method's parameters."""
        return self._methods[name].parameters

    def find(self, name: str) -> Method:
        """Raises `MethodNotFound`."""
        found = self._methods.get(name)
        if found is None:
            raise MethodNotFound
        return found


def _declared(namespace: object) -> Iterator[tuple[str, Method]]:
    for attribute, function in inspect.getmembers(type(namespace), inspect.isfunction):
        declaration = getattr(function, _ATTRIBUTE, None)
        if declaration is None:
            continue
        bound = getattr(namespace, attribute)
        make = _subscribing if declaration.notifies else _calling
        made = make(declaration, function, bound)
        for name in declaration.names:
            yield name, made
        for name in declaration.ends:
            yield name, _ending()


def _calling(
    declaration: _Declaration, function: Callable[..., Any], bound: Callable[..., Any]
) -> Method:
    signature = Signature(function, given=2 if declaration.needs_exchange else 1)
    needs_exchange = declaration.needs_exchange

    def call(params: Any, exchange: Exchange) -> Any:
        if needs_exchange:
            return signature.call(bound, params, exchange)
        return signature.call(bound, params)

    return Method(call, inspect.iscoroutinefunction(function), signature.names())


def _subscribing(
    declaration: _Declaration, function: Callable[..., Any], bound: Callable[..., Any]
) -> Method:
    signature = Signature(function, given=2)
    is_async = inspect.iscoroutinefunction(function)

    def call(params: Any, exchange: Exchange) -> Any:
        opened = exchange.open_subscription(declaration.notifies)
        try:
            started = signature.call(bound, params, opened)
        except BaseException:
            opened.end()
            raise
        if is_async:
            return opened.started_by(started)
        opened.stop_with(started)
        return opened.id

    return Method(call, is_async, signature.names())


def _ending() -> Method:
    def call(params: Any, exchange: Exchange) -> bool:
        (identifier,) = signature.read(params)
        # Some clients send the id as the number that it looks like.
        return exchange.session.end_subscription(str(identifier))

    def declared(subscription: Json) -> None: ...

    signature = Signature(declared, given=0)
    return Method(call, is_async=False, parameters=signature.names())
