"""
How much EVM code a block of this node's may run.

The real chain's blocks hold 75 million gas, which its interpreter runs in a moment. Ours takes
about a second for each million of the cheapest steps, and everyone else waits meanwhile. Blocks
that this node makes are therefore held to less: a rule of the author's own, not of the chain.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from taonet.frame.call import Call
from taonet.pallets.ethereum.transaction import facts_of
from taonet.runtime.extrinsic import Extrinsic
from taonet.runtime.transaction_validity import TEXTS, Invalid

BLOCK_GAS_MAX: Final = 8_000_000
"""Enough for the largest contract and some calls beside it."""

TOO_MUCH_GAS: Final = TEXTS[Invalid.EXHAUSTS_RESOURCES]
"""Why a transaction that asks for more is refused at the pool."""

_ETHEREUM, _EVM = "Ethereum", "EVM"
_GAS_LIMIT = "gas_limit"


def gas_of(call: Call) -> int:
    """The gas that a call may use, with that of the calls within it."""
    if call.pallet == _ETHEREUM:
        return facts_of(call.arguments[0]).gas_limit
    own = 0
    if call.pallet == _EVM:
        names = [field.name for field in call.spec.fields]
        own = int(call.arguments[names.index(_GAS_LIMIT)]) if _GAS_LIMIT in names else 0
    return own + sum(gas_of(inner) for inner in _calls_in(call.arguments))


def within_gas(extrinsics: Iterable[Extrinsic], most: int = BLOCK_GAS_MAX) -> Iterator[Extrinsic]:
    """Those of `extrinsics` whose gas fits beside that of the ones before; the others wait."""
    left = most
    for extrinsic in extrinsics:
        gas = gas_of(extrinsic.call)
        if gas <= left:
            left -= gas
            yield extrinsic


def _calls_in(value: Any) -> Iterator[Call]:
    """The calls among a call's arguments; how deep they nest is bounded where they are read."""
    if isinstance(value, Call):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _calls_in(each)
