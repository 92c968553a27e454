"""All traits together: names, results, and what a stranger's bytes meet."""

import pytest

from taonet.frame.runtime_api import UnknownRuntimeApi
from taonet.runtime.runtime_apis import APIS
from taonet.scale.codec import MalformedScale
from taonet.scale.types import byte_vec
from tests.runtime.runtime_apis.small_chain import SmallChain, sdk


def test_traits_and_their_methods_have_one_name_each() -> None:
    names = [f"{cls.name}_{spec.name}" for cls in APIS for spec in cls.methods]

    assert len(names) == len(set(names))
    assert {cls.name for cls in APIS} == set(sdk().runtime_api_map())


def test_no_method_answers_plain_bytes() -> None:
    for cls in APIS:
        for spec in cls.methods:
            assert spec.output != byte_vec, f"{cls.name}_{spec.name}"


def test_subnets_are_in_their_second_version() -> None:
    versions = {cls.name: cls.version for cls in APIS}

    assert versions["SubnetInfoRuntimeApi"] == 2
    assert versions["NeuronInfoRuntimeApi"] == 1


def test_an_unknown_method_is_named(chain: SmallChain) -> None:
    with pytest.raises(UnknownRuntimeApi, match="Exported method Nobody_knows is not found"):
        chain.table.call(chain.runtime, "Nobody_knows", b"")


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\0\0"])
def test_malformed_arguments_are_refused(chain: SmallChain, data: bytes) -> None:
    with pytest.raises(MalformedScale):
        chain.table.call(chain.runtime, "SubnetInfoRuntimeApi_get_metagraph", data)
