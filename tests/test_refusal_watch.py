"""The watch that all tests of pallets are under sees what it is for."""

from dataclasses import dataclass

import pytest

from taonet.frame.dispatch_error import BadOrigin
from taonet.frame.origin import Origin, ensure_root
from taonet.frame.overlay import EmptyState
from taonet.frame.pallet import Pallet, call
from taonet.frame.state import State
from taonet.frame.weight import Weight
from tests.refusal_watch import RefusalWatch
from tests.runtime.chain import FAST

KEY = b"key".ljust(32, b"\0")


@dataclass(frozen=True)
class Happened:
    """Some event."""


class Careless(Pallet, prefix="Careless"):
    """Writes before it looks who asks."""

    @call(index=0, weight=Weight(0, 0))
    def written(self, origin: Origin) -> None:
        """Write as pallets do."""
        self.state.overlay.put(KEY, b"1")
        self.state.events.append(Happened())  # type: ignore[arg-type]
        ensure_root(origin)

    @call(index=1, weight=Weight(0, 0))
    def smuggled(self, origin: Origin) -> None:
        """Write past the transaction."""
        self.state.overlay._values[KEY] = b"1"
        ensure_root(origin)


@pytest.mark.parametrize("name", ["written", "smuggled"])
def test_only_what_a_transaction_undoes_leaves_no_trace(name: str) -> None:
    watch = RefusalWatch()
    pallet = Careless(State(EmptyState(), FAST))
    method = watch.watched(Careless, name)
    expected = BadOrigin if name == "written" else AssertionError
    with pytest.raises(expected):
        method(pallet, None)
    assert watch.seen == {(f"Careless.{name}", "BadOrigin")}
