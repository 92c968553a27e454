"""
`eth_*`, `net_*`, `web3_*`: what Ethereum's tools ask before they do anything.

The chain runs no EVM yet, so there is nothing to call and no code to send to: balances of Ethereum
addresses are those of the accounts that mirror them, and what would need the EVM is refused by
name. Only the head is read.

Source: subtensor precompiles and pallet_evm `HashedAddressMapping` @ 14bc6f9.
"""

from typing import Annotated, Any

from taonet.node.rpc.backend import ChainBackend
from taonet.node.rpc.errors import InvalidParams, RpcError
from taonet.node.rpc.method import method
from taonet.node.rpc.parameters import Json, Kind, parse_hex
from taonet.pallets.balances import EXISTENTIAL_DEPOSIT
from taonet.pallets.evm_chain_id import EvmChainId
from taonet.pallets.system import System
from taonet.primitives.hashing import blake2_256
from taonet.primitives.ids import AccountId

NO_EVM_CODE = -32000
"""Ethereum's code for what a node cannot do."""

ADDRESS_BYTES = 20
WEI_PER_RAO = 10**9
"""Ethereum's tools count in 18 decimals, the chain in 9."""


class NoEvm(RpcError):
    """The method needs an EVM, and this chain has none."""

    def __init__(self, name: str) -> None:
        super().__init__(
            NO_EVM_CODE,
            f"{name} needs an EVM and this chain runs none yet; "
            "balances move by Balances.transfer_keep_alive",
        )


def _parse_address(value: Any) -> bytes:
    raw = parse_hex(value)
    if len(raw) != ADDRESS_BYTES:
        raise InvalidParams(f"an Ethereum address has {ADDRESS_BYTES} bytes, not {len(raw)}")
    return raw


Address = Annotated[bytes, Kind(_parse_address, ("address",))]


def mirror_account(address: bytes) -> AccountId:
    """The account that holds an Ethereum address's TAO."""
    return AccountId(blake2_256(b"evm:" + address))


class EthereumMethods:
    """The few reads that need no EVM; quantities are hexadecimal."""

    def __init__(self, backend: ChainBackend) -> None:
        self._backend = backend

    @method("eth_chainId")
    def chain_id(self) -> str:
        """The EVM chain's number."""
        return hex(self._chain_id())

    @method("net_version")
    def net_version(self) -> str:
        """The same in decimal."""
        return str(self._chain_id())

    @method("web3_clientVersion")
    def client_version(self) -> str:
        """The node's name."""
        return "taonet"

    @method("eth_blockNumber")
    def block_number(self) -> str:
        """The head's number."""
        header = self._backend.header(self._backend.best())
        assert header is not None
        return hex(header.number)

    @method("eth_gasPrice")
    def gas_price(self) -> str:
        """Nothing can be bought with gas."""
        return hex(0)

    @method("eth_getBalance")
    def get_balance(self, address: Address, block: Json = None) -> str:
        """What the mirror account can spend, in 18 decimals."""
        del block
        raw = self._read(System.account.key(mirror_account(address)))
        if raw is None:
            return hex(0)
        free = int(System.account.codec.decode(raw).data.free)
        return hex(max(free - EXISTENTIAL_DEPOSIT, 0) * WEI_PER_RAO)

    @method("eth_getTransactionCount")
    def get_transaction_count(self, address: Address, block: Json = None) -> str:
        """No address has sent anything."""
        del address, block
        return hex(0)

    @method("eth_getTransactionReceipt")
    def get_transaction_receipt(self, transaction_hash: Json) -> None:
        """No Ethereum transaction was ever included."""
        del transaction_hash

    @method("eth_call")
    def call(self, transaction: Json, block: Json = None) -> None:
        """Refused: there is no EVM."""
        del transaction, block
        raise NoEvm("eth_call")

    @method("eth_estimateGas")
    def estimate_gas(self, transaction: Json, block: Json = None) -> None:
        """Refused: there is no EVM."""
        del transaction, block
        raise NoEvm("eth_estimateGas")

    @method("eth_sendRawTransaction")
    def send_raw_transaction(self, transaction: Json) -> None:
        """Refused: there is no EVM."""
        del transaction
        raise NoEvm("eth_sendRawTransaction")

    def _chain_id(self) -> int:
        raw = self._read(EvmChainId.chain_id.prefix)
        return 0 if raw is None else EvmChainId.chain_id.codec.decode(raw)

    def _read(self, key: bytes) -> bytes | None:
        return self._backend.state_at(self._backend.best()).get(key)
