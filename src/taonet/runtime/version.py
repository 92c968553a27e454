"""
The runtime's version: what wallets sign for and clients choose metadata by.

Source: subtensor runtime/src/lib.rs `VERSION` @ 14bc6f9.
"""

from collections.abc import Iterable
from typing import Annotated, Any, Final

from taonet.frame.runtime_api import RuntimeApi, api_id
from taonet.scale.types import U8, U32, Cow, CowStr, Struct, byte_array, pair, u32, vec

SPEC_NAME: Final = "node-subtensor"
SPEC_VERSION: Final = 425
TRANSACTION_VERSION: Final = 1

SIGNED_VERSIONS: Final = SPEC_VERSION.to_bytes(4, "little") + TRANSACTION_VERSION.to_bytes(
    4, "little"
)
"""Both versions as signatures cover them."""


class RuntimeVersion(Struct, path="sp_version::RuntimeVersion"):
    """What a runtime is, and the versions of the APIs that it has."""

    spec_name: CowStr
    impl_name: CowStr
    authoring_version: U32
    spec_version: U32
    impl_version: U32
    apis: Annotated[tuple[tuple[bytes, int], ...], Cow(vec(pair(byte_array(8), u32)))]
    transaction_version: U32
    system_version: U8


def runtime_version(apis: Iterable[type[RuntimeApi[Any]]]) -> RuntimeVersion:
    """The version of this runtime, with `apis`."""
    return RuntimeVersion(
        spec_name=SPEC_NAME,
        impl_name=SPEC_NAME,
        authoring_version=1,
        spec_version=SPEC_VERSION,
        impl_version=1,
        apis=tuple((api_id(cls.name), cls.version) for cls in apis),
        transaction_version=TRANSACTION_VERSION,
        system_version=1,
    )


def version_json(version: RuntimeVersion) -> dict[str, Any]:
    """The version as JSON-RPC says it."""
    return {
        "specName": version.spec_name,
        "implName": version.impl_name,
        "authoringVersion": version.authoring_version,
        "specVersion": version.spec_version,
        "implVersion": version.impl_version,
        "apis": [[f"0x{name.hex()}", number] for name, number in version.apis],
        "transactionVersion": version.transaction_version,
        "systemVersion": version.system_version,
        "stateVersion": version.system_version,
    }
