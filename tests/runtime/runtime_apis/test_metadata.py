"""The runtime's description of itself, through its own API."""

from taonet.runtime.composition import metadata_v14, metadata_v15
from tests.runtime.runtime_apis.small_chain import CONFIG, SmallChain

TRAIT = "Metadata"


def test_two_versions_are_offered(chain: SmallChain) -> None:
    assert chain.ask(TRAIT, "metadata_versions") == [14, 15]


def test_each_version_is_answered_as_opaque_bytes(chain: SmallChain) -> None:
    raw = chain.table.call(chain.runtime, "Metadata_metadata_at_version", b"\x0f\0\0\0")
    whole = metadata_v15(CONFIG)

    assert raw[0] == 1
    assert raw[5:] == whole
    assert whole[:5] == b"meta\x0f"
    assert chain.table.call(chain.runtime, "Metadata_metadata", b"").endswith(metadata_v14(CONFIG))


def test_other_versions_are_none(chain: SmallChain) -> None:
    for version in (0, 13, 16, 2**32 - 1):
        assert chain.ask(TRAIT, "metadata_at_version", version) is None
