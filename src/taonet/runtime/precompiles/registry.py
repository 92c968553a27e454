"""Which precompiles there are, and where."""

from typing import Final

from taonet.pallets.evm.machine.precompiled import STANDARD
from taonet.pallets.evm.machine.world import Native

_ADDRESSES: Final = frozenset(STANDARD)


class Precompiles:
    """Fits `NativeContracts`."""

    def addresses(self) -> frozenset[bytes]:
        """Where they stand."""
        return _ADDRESSES

    def find(self, address: bytes) -> Native | None:
        """The one at an address."""
        return STANDARD.get(address)
