"""
What the runtime is composed of, and what it says of itself: metadata, version, API table.

Source: subtensor runtime/src/lib.rs @ 14bc6f9.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from taonet.frame.config import RuntimeConfig
from taonet.frame.describe import Composition
from taonet.frame.describe import metadata_v14 as describe_v14
from taonet.frame.describe import metadata_v15 as describe_v15
from taonet.frame.multi_address import MultiAddress, MultiSignature
from taonet.frame.pallet import Constant, PalletSpec
from taonet.frame.runtime_api import ApiTable
from taonet.runtime.pallets import SPECS
from taonet.runtime.runtime import Runtime
from taonet.runtime.runtime_apis import APIS
from taonet.runtime.signed_extensions import EXTENSIONS
from taonet.runtime.version import RuntimeVersion, runtime_version, version_json
from taonet.scale.codec import Codecs
from taonet.scale.types import type_of

CONFIGS_MAX = 8
"""Metadata is kept for so many configurations: a process has one or two."""


VERSION: RuntimeVersion = runtime_version(APIS)

_VERSION = Constant(
    RuntimeVersion, VERSION, doc="The current version of this runtime.", name="Version"
)


def _with_version(spec: PalletSpec) -> PalletSpec:
    # System cannot declare this constant: it says which runtime APIs there are.
    if spec.name != "System":
        return spec
    return replace(spec, constants=(*spec.constants, _VERSION))


def composition(config: RuntimeConfig) -> Composition:
    """Everything that metadata describes, for one configuration."""
    return Composition(
        tuple(map(_with_version, SPECS)),
        APIS,
        EXTENSIONS,
        type_of(MultiAddress),
        type_of(MultiSignature),
        config,
    )


@lru_cache(maxsize=CONFIGS_MAX)
def metadata_v14(config: RuntimeConfig) -> bytes:
    """The runtime's metadata, version 14."""
    return describe_v14(composition(config))


@lru_cache(maxsize=CONFIGS_MAX)
def metadata_v15(config: RuntimeConfig) -> bytes:
    """The runtime's metadata, version 15."""
    return describe_v15(composition(config))


def api_table(codecs: Codecs) -> ApiTable[Runtime]:
    """The runtime APIs by their exported names."""
    return ApiTable(APIS, codecs)


def runtime_version_json() -> dict[str, Any]:
    """The version as JSON-RPC says it."""
    return version_json(VERSION)
