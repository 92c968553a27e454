"""Whether an extrinsic is signed by who it says."""

from taonet.primitives.signature import is_signature
from taonet.runtime.extrinsic import Extrinsic


def is_signed(extrinsic: Extrinsic, payload: bytes) -> bool:
    """Whether the extrinsic's signer signed `payload`."""
    assert extrinsic.signer is not None
    return is_signature(extrinsic.scheme, extrinsic.signature, payload, extrinsic.signer)
