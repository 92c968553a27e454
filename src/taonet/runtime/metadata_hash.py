"""
The digest of the metadata that hardware wallets sign, to be shown what they sign.

Source: RFC-0078, by the field's own implementation.
"""

from functools import lru_cache

import bittensor_core

from taonet.frame.config import RuntimeConfig
from taonet.primitives.ss58 import SS58_PREFIX
from taonet.runtime.version import SPEC_NAME, SPEC_VERSION

TOKEN_DECIMALS = 9
TOKEN_SYMBOL = "TAO"  # noqa: S105


@lru_cache(maxsize=8)
def metadata_hash(config: RuntimeConfig) -> bytes:
    """The 32-byte digest of the metadata, version 15, of a runtime composed for `config`."""
    # The composition lists the runtime APIs, which read runtimes, which this module checks for.
    from taonet.runtime.composition import metadata_v15

    digest: bytes = bittensor_core.metadata_digest(
        metadata_v15(config), SPEC_VERSION, SPEC_NAME, SS58_PREFIX, TOKEN_DECIMALS, TOKEN_SYMBOL
    )
    return digest
