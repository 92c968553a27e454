"""Which precompiles there are, and where."""

from typing import TYPE_CHECKING, Final

from taonet.pallets.evm.machine.precompiled import STANDARD
from taonet.pallets.evm.machine.world import Native

if TYPE_CHECKING:
    from taonet.runtime.runtime import Runtime

_ADDRESSES: Final = frozenset(STANDARD)


class Precompiles:
    """Fits `NativeContracts`."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    def addresses(self) -> frozenset[bytes]:
        """Where they stand."""
        return _ADDRESSES

    def find(self, address: bytes) -> Native | None:
        """The one at an address."""
        return STANDARD.get(address)
