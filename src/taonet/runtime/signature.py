"""
Signatures of extrinsics: sr25519, what wallets use, and ed25519.

Source: polkadot-sdk sp_runtime::MultiSignature; an ECDSA signer has no account here.
"""

import bittensor_core
import sr25519

from taonet.primitives.ss58 import encode_ss58
from taonet.runtime.extrinsic import ED25519, SR25519, Extrinsic


def is_signed(extrinsic: Extrinsic, payload: bytes) -> bool:
    """Whether the extrinsic's signer signed `payload`."""
    assert extrinsic.signer is not None
    try:
        if extrinsic.scheme == SR25519:
            return bool(sr25519.verify(extrinsic.signature, payload, extrinsic.signer))
        if extrinsic.scheme == ED25519:
            address = encode_ss58(extrinsic.signer)
            curve = bittensor_core.CRYPTO_ED25519
            return bool(bittensor_core.verify(payload, extrinsic.signature, address, curve))
    except ValueError:
        # Bytes that are no point of the curve, or no signature at all.
        return False
    return False
