"""The runtime API that serves metadata."""

from taonet.frame.runtime_api import RuntimeApi, api
from taonet.runtime.runtime import Runtime
from taonet.scale.types import U32, Struct

VERSIONS = (14, 15)


class OpaqueMetadata(Struct, path="sp_core::OpaqueMetadata"):
    """Encoded metadata: `meta`, its version and what it says."""

    _0: bytes


class Metadata(RuntimeApi[Runtime], version=2):
    """What this runtime says of itself."""

    @api
    def metadata(self) -> OpaqueMetadata:
        """Metadata of the oldest version."""
        return self._describe(VERSIONS[0])

    @api
    def metadata_at_version(self, version: U32) -> OpaqueMetadata | None:
        """Metadata of a version, None if it is not made."""
        return self._describe(version) if version in VERSIONS else None

    @api
    def metadata_versions(self) -> tuple[U32, ...]:
        """The versions that are made."""
        return VERSIONS

    def _describe(self, version: int) -> OpaqueMetadata:
        # The composition lists all APIs, of which this is one.
        from taonet.runtime.composition import metadata_v14, metadata_v15

        describe = metadata_v14 if version == VERSIONS[0] else metadata_v15
        return OpaqueMetadata(describe(self.runtime.config))
