"""The methods of the chain's contracts against the ABI that its wallet publishes."""

from typing import Any

import pytest
from bittensor.evm.precompiles import PRECOMPILES

from taonet.runtime.precompiles.contract import Contract
from taonet.runtime.precompiles.registry import CONTRACTS

PUBLISHED = {precompile.index: precompile for precompile in PRECOMPILES.values()}
MISTYPED = {"getAlphaStakedValidators(bytes32,uint256)"}
"""Published as numbers; the chain returns the same words, and they are keys."""


def _type(described: dict[str, Any]) -> str:
    kind: str = described["type"]
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(map(_type, described['components']))}){kind.removeprefix('tuple')}"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: str(contract.index))
def test_every_method_is_the_published_one(contract: Contract) -> None:
    published = {
        f"{entry['name']}({','.join(map(_type, entry['inputs']))})": entry
        for entry in PUBLISHED[contract.index].functions()
    }
    for method in contract.methods.values():
        entry = published[method.signature]
        if method.signature not in MISTYPED:
            assert tuple(map(_type, entry["outputs"])) == method.outputs, method.signature
        assert (entry["stateMutability"] == "view") is method.is_view, method.signature
