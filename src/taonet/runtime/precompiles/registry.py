"""Which precompiles there are, and where."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from taonet.pallets.evm.machine.precompiled import STANDARD, address_of
from taonet.pallets.evm.machine.world import Native
from taonet.runtime.precompiles.alpha import ALPHA
from taonet.runtime.precompiles.contract import Contract
from taonet.runtime.precompiles.metagraph import METAGRAPH, UID_LOOKUP
from taonet.runtime.precompiles.money import ADDRESS_MAPPING, BALANCE_TRANSFER
from taonet.runtime.precompiles.neuron import NEURON
from taonet.runtime.precompiles.staking import STAKING_V1, STAKING_V2
from taonet.runtime.precompiles.subnet import SUBNET
from taonet.runtime.precompiles.verification import ed25519_verify, sr25519_verify

if TYPE_CHECKING:
    from taonet.runtime.runtime import Runtime

CONTRACTS: Final[tuple[Contract, ...]] = (
    BALANCE_TRANSFER,
    STAKING_V1,
    METAGRAPH,
    SUBNET,
    NEURON,
    STAKING_V2,
    UID_LOOKUP,
    ALPHA,
    ADDRESS_MAPPING,
)

_BY_ADDRESS: Final[Mapping[bytes, Contract]] = {c.address: c for c in CONTRACTS}

_STATELESS: Final[Mapping[bytes, Native]] = {
    **STANDARD,
    address_of(1026): ed25519_verify,
    address_of(1027): sr25519_verify,
}

_ADDRESSES: Final = frozenset((*_BY_ADDRESS, *_STATELESS))


class Precompiles:
    """Fits `NativeContracts`; its contracts reach into the runtime that the code runs in."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime

    def addresses(self) -> frozenset[bytes]:
        """Where they stand."""
        return _ADDRESSES

    def find(self, address: bytes) -> Native | None:
        """The one at an address."""
        contract = _BY_ADDRESS.get(address)
        if contract is None:
            return _STATELESS.get(address)
        return partial(contract.answer, self._runtime)
