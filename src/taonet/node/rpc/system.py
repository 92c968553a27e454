"""`system_*`: the node and its accounts. It has no peers that speak Substrate's own protocol."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.method import method
from taonet.node.rpc.parameters import Account

NODE_NAME = "taonet"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PEER_ID_PREFIX = bytes.fromhex("002408011220")
"""An Ed25519 public key as libp2p writes it, before its 32 bytes."""


class SystemMethods:
    """What kind of node this is."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend

    @method("system_name")
    def name(self) -> str:
        """The node's software."""
        return NODE_NAME

    @method("system_version")
    def version(self) -> str:
        """Its version."""
        return version(NODE_NAME)

    @method("system_chain")
    def chain(self) -> str:
        """The chain's name."""
        return self._backend.name

    @method("system_chainType")
    def chain_type(self) -> str:
        """`Live`, `Local` or `Development`."""
        return self._backend.chain_type

    @method("system_properties")
    def properties(self) -> Mapping[str, Any]:
        """Address format and token, as wallets show them."""
        return dict(self._backend.properties)

    @method("system_health")
    def health(self) -> Mapping[str, Any]:
        """Ready to be used, without peers."""
        return {"peers": 0, "isSyncing": False, "shouldHavePeers": False}

    @method("system_peers", "system_reservedPeers", "system_localListenAddresses")
    def nobody(self) -> list[str]:
        """None."""
        return []

    @method("system_localPeerId")
    def local_peer_id(self) -> str:
        """A well-formed id that stands for the chain: there is no key behind it."""
        return _encode_base58(_PEER_ID_PREFIX + self._backend.genesis_hash)

    @method("system_nodeRoles")
    def node_roles(self) -> list[str]:
        """It makes blocks."""
        return ["Authority"]

    @method("system_syncState")
    def sync_state(self) -> Mapping[str, int]:
        """Always at the head."""
        header = self._backend.header(self._backend.best())
        assert header is not None
        return {
            "startingBlock": 0,
            "currentBlock": header.number,
            "highestBlock": header.number,
        }

    @method("system_accountNextIndex", "account_nextIndex")
    def account_next_index(self, account: Account) -> int:
        """The account's next nonce, counting what waits in the pool."""
        return self._backend.account_next_index(account)


def _encode_base58(raw: bytes) -> str:
    number, digits = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    return _BASE58[0] * zeros + digits
