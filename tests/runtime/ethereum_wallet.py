"""An Ethereum wallet in a test: it signs as the field's own library does."""

from typing import Any

from eth_account import Account

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.multi_address import AddressId
from taonet.pallets.ethereum.transaction import decode_transaction
from taonet.pallets.evm.types import mirror_account
from taonet.pallets.subtensor.types import H160
from taonet.primitives.ids import AccountId
from taonet.primitives.units import Rao
from taonet.runtime.extrinsic import Extrinsic, decode_extrinsic, encode_bare
from taonet.runtime.pallets import CALLS
from tests.runtime.chain import ALICE, Chain, call_of

GWEI = 10**9
TAO = 10**18
"""In wei."""

CHAIN_ID = 42


class EthereumWallet:
    """A key, its address and the account that mirrors it."""

    def __init__(self, seed: int = 1) -> None:
        self.signer = Account.from_key(bytes([seed]) * 32)
        self.address = H160.from_hex(self.signer.address)
        self.mirror: AccountId = mirror_account(self.address)

    def raw(self, **fields: Any) -> bytes:
        """A signed transaction as wallets send it; of type 0 unless `type` says otherwise."""
        whole = {"nonce": 0, "gas": 21_000, "value": 0, "chainId": CHAIN_ID} | fields
        if isinstance(whole.get("to"), str):
            # As bytes: the library takes letters only where their case is a checksum.
            whole["to"] = bytes.fromhex(whole["to"].removeprefix("0x"))
        if "maxFeePerGas" not in whole:
            whole.setdefault("gasPrice", 20 * GWEI)
        return bytes(self.signer.sign_transaction(whole).raw_transaction)

    def extrinsic(self, chain: Chain, **fields: Any) -> Extrinsic:
        """The same in the chain's own form."""
        return wrapped(chain, self.raw(**fields))


def wrapped(chain: Chain, raw: bytes) -> Extrinsic:
    """An Ethereum transaction as a bare extrinsic."""
    call = Call(*CALLS["Ethereum", "transact"], (decode_transaction(raw),))
    codecs = chain.runtime.codecs
    return decode_extrinsic(codecs, encode_bare(codecs.of(RUNTIME_CALL).encode(call)))


def fund(chain: Chain, who: AccountId, rao: int) -> None:
    """Alice sends TAO."""
    call = call_of("Balances", "transfer_allow_death", AddressId(who), Rao(rao))
    assert chain.send(ALICE, call) is None


def open_to_all(chain: Chain) -> None:
    """Let everyone make contracts."""
    inner = call_of("EVM", "disable_whitelist", True)
    assert chain.send(ALICE, call_of("Sudo", "sudo", inner)) is None
