"""
Signatures: sr25519, what wallets use, and ed25519.

Source: polkadot-sdk sp_runtime::MultiSignature; an ECDSA signer has no account here.
"""

from typing import Final

import bittensor_core
import sr25519

from taonet.primitives.ids import AccountId
from taonet.primitives.ss58 import encode_ss58

ED25519: Final = 0
SR25519: Final = 1
ECDSA: Final = 2


def is_signature(scheme: int, signature: bytes, message: bytes, signer: bytes) -> bool:
    """Whether `signature`, of one of the schemes above, is `signer`'s of `message`."""
    try:
        if scheme == SR25519:
            return bool(sr25519.verify(signature, message, signer))
        if scheme == ED25519:
            address = encode_ss58(AccountId(signer))
            curve = bittensor_core.CRYPTO_ED25519
            return bool(bittensor_core.verify(message, signature, address, curve))
    except ValueError:
        # Bytes that are no point of the curve, or no signature at all.
        return False
    return False
