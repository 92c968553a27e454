"""`chainSpec_v1_*`: which chain this is."""

from collections.abc import Mapping
from typing import Any

from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.method import method


class ChainSpecMethods:
    """Constants of the chain."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend

    @method("chainSpec_v1_chainName")
    def chain_name(self) -> str:
        """The chain's name."""
        return self._backend.name

    @method("chainSpec_v1_genesisHash")
    def genesis_hash(self) -> str:
        """The hash of block 0."""
        return f"0x{self._backend.genesis_hash.hex()}"

    @method("chainSpec_v1_properties")
    def properties(self) -> Mapping[str, Any]:
        """Address format and token, as wallets show them."""
        return dict(self._backend.properties)
