"""Native transactions from a test, for what a client of Ethereum's cannot sign."""

import bittensor_core

from taonet.frame.call import RUNTIME_CALL, Call
from taonet.frame.config import RuntimeConfig, Timing
from taonet.runtime.composition import metadata_v15
from taonet.runtime.pallets import CODECS
from taonet.runtime.version import SPEC_VERSION, TRANSACTION_VERSION
from tests.clients.network import Node


def submit_as_alice(node: Node, call: Call) -> str:
    """Sign a call as //Alice and put it in the node's pool; its hash."""
    alice = bittensor_core.Keypair.create_from_uri("//Alice")
    config = RuntimeConfig(Timing.FAST, node.profile)
    sdk = bittensor_core.Runtime(metadata_v15(config), SPEC_VERSION, TRANSACTION_VERSION)
    data = CODECS.of(RUNTIME_CALL).encode(call)
    genesis = bytes.fromhex(node.rpc("chain_getBlockHash", 0)[2:])
    nonce = node.rpc("system_accountNextIndex", alice.ss58_address)
    signed = {"era": "00", "nonce": nonce, "tip": 0, "tip_asset_id": None}
    payload = sdk.signature_payload(
        data, genesis_hash=genesis, era_block_hash=genesis, metadata_hash=None, **signed
    )
    raw, _ = sdk.encode_signed_extrinsic(
        data,
        public_key=alice.public_key,
        signature=alice.sign(payload),
        signature_version=bittensor_core.CRYPTO_SR25519,
        metadata_hash_enabled=False,
        **signed,
    )
    submitted: str = node.rpc("author_submitExtrinsic", "0x" + bytes(raw).hex())
    return submitted
