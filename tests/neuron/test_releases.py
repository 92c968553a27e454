"""Which release is current, as the chain tells it."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest

from taonet.neuron.errors import ChainRefused, ChainUnreachable
from taonet.neuron.releases import Release, current, follow

ENTRY = {
    "window": 7,
    "architecture": "0x6c6c616d61",
    "tokenizer": "0x" + "01" * 32,
    "checkpoint": b"\x02" * 32,
    "gguf": "0x" + "03" * 32,
    "loss": 6_250_000,
}
RELEASE = Release(1, 7, "01" * 32, "02" * 32, "03" * 32, 6.25, "llama")


class Chain:
    """Storage that answers, is away, or holds nothing, one after the other."""

    def __init__(self, *numbers: int | Exception | None) -> None:
        self._numbers = list(numbers)

    async def read(self, pallet: str, item: str, keys: Sequence[Any] = ()) -> Any:
        assert pallet == "ModelReleases"
        if item == "Releases":
            return ENTRY if list(keys) == [5, 1] else None
        number = self._numbers.pop(0)
        if isinstance(number, Exception):
            raise number
        return number


async def test_the_current_release_is_read_and_named() -> None:
    found = await current(Chain(1), 5)
    assert (found, found.name) == (RELEASE, "llama:7")


@pytest.mark.parametrize("number", [None, 2])
async def test_nothing_released_has_a_name(number: int | None) -> None:
    with pytest.raises(ChainRefused) as caught:
        await current(Chain(number), 5)
    assert caught.value.code == "NothingReleased"


async def test_what_is_served_stays_while_the_chain_is_away() -> None:
    away = ChainUnreachable("no node")
    elsewhere = ChainRefused("UnknownStorage", "this chain has no such pallet")
    chain = Chain(None, away, elsewhere, 1, 1, None)
    async with aclosing(follow(chain, 5, every_s=0.0)) as releases:
        told = [await anext(releases) for _ in range(4)]
    assert told == [None, RELEASE, RELEASE, None]
