"""Assertions about calls that any pallet's test uses."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from taonet.frame.call import Call
from taonet.frame.dispatch_error import DispatchError
from taonet.frame.origin import Origin
from taonet.frame.state import State
from taonet.runtime.runtime import Runtime


def trace(state: State) -> tuple[Mapping[bytes, bytes | None], tuple[Any, ...]]:
    """What the current block has written and reported so far."""
    return dict(state.overlay.changes()), tuple(state.events)


def refuses(runtime: Runtime, call: Call, origin: Origin, *errors: type[DispatchError]) -> None:
    """The call is refused with one of these errors (any, if none is given), and left no trace."""
    before = trace(runtime.state)
    with pytest.raises(errors or DispatchError):
        runtime.apply(call, origin)
    assert trace(runtime.state) == before, f"the refused {call.name} left a trace"


def leaves_no_trace(
    state: State, error: type[Exception], action: Callable[[], object]
) -> Exception:
    """The action raises `error` and wrote and reported nothing; the error, to look at."""
    before = trace(state)
    with pytest.raises(error) as raised:
        action()
    assert trace(state) == before, f"{raised.value!r} left a trace"
    return raised.value
