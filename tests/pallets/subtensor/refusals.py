"""Refused calls in tests: the error by name, and no trace of what the call wrote."""

from collections.abc import Callable
from typing import Any

import pytest

from taonet.frame.dispatch_error import DispatchError
from tests.pallets.subtensor.chain import Chain


def refuse(
    chain: Chain, error: type[DispatchError], call: Callable[..., object], *arguments: Any
) -> None:
    """Expect `call` to be refused with `error` and to leave the state as it was."""
    with chain.refused(), pytest.raises(error), chain.state.transaction():
        call(*arguments)
