"""
A watch over every call that any test makes: a refused one leaves no trace.

Calls are run in a transaction, as the dispatcher does, also where a test calls a pallet's method
itself; when one is refused, the state's writes and its events must be as before.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest

from taonet.frame.dispatch_error import DispatchError
from taonet.frame.pallet import Pallet
from taonet.frame.state import State
from taonet.runtime.pallets import PALLETS


class RefusalWatch:
    """Wraps the methods of calls, and knows which errors of which calls it has seen."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()

    def put_on(self, patch: pytest.MonkeyPatch) -> None:
        """Watch every call of every pallet of the runtime."""
        for classes in PALLETS.values():
            for cls in classes:
                for spec in cls.calls:
                    patch.setattr(cls, spec.method, self.watched(cls, spec.method))

    def watched(self, cls: type[Pallet], name: str) -> Callable[..., Any]:
        """The method of a call, under the watch."""
        method: Callable[..., Any] = vars(cls)[name]
        call = f"{cls.prefix}.{name}"

        @wraps(method)
        def watched_method(pallet: Pallet, *arguments: Any, **named: Any) -> Any:
            before = trace(pallet.state)
            try:
                with pallet.state.transaction():
                    return method(pallet, *arguments, **named)
            except (DispatchError, OverflowError) as refusal:
                self.seen.add((call, type(refusal).__name__))
                assert trace(pallet.state) == before, f"the refused {call} left a trace"
                raise

        return watched_method


def trace(state: State) -> tuple[dict[bytes, bytes | None], list[Any]]:
    """What the current block has written and reported so far, open transactions included."""
    return dict(state.overlay._values), list(state.events)


@pytest.fixture(scope="package", autouse=True)
def refusals() -> Iterator[RefusalWatch]:
    """The watch over the tests of a package."""
    watch = RefusalWatch()
    with pytest.MonkeyPatch.context() as patch:
        watch.put_on(patch)
        yield watch
