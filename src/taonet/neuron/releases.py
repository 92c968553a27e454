"""
Which model a training subnet has released, and which of its releases is to be served now.

Whoever serves or routes that model reads it here: text miners, the gateway. The pallet
`ModelReleases` is taonet's own; other chains lack it, and there nothing is released.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from taonet.neuron.errors import ChainError, ChainRefused

PALLET = "ModelReleases"
NOTHING_RELEASED = "NothingReleased"
MICRO = 1_000_000
EVERY_S = 2.0
"""Between two looks at the chain."""

log = structlog.get_logger("taonet.releases")


class Storage(Protocol):
    """What is needed of a chain."""

    async def read(self, pallet: str, item: str, keys: Sequence[Any] = ()) -> Any:
        """A storage item's value at the newest block; raises `ChainError`."""
        ...


@dataclass(frozen=True)
class Release:
    """
    A model that can be served; hashes are sha256 in hexadecimal digits.

    `loss` is of held-out pages, in nats a token; `number` its place among the subnet's releases.
    """

    number: int
    window: int
    tokenizer: str
    checkpoint: str
    gguf: str
    loss: float
    architecture: str = "llama"

    @property
    def name(self) -> str:
        """What queries call the model: its architecture and the window it was taken after."""
        return f"{self.architecture}:{self.window}"


async def current(chain: Storage, netuid: int) -> Release:
    """What is to be served; raises `ChainRefused("NothingReleased")` or another `ChainError`."""
    number = await chain.read(PALLET, "Current", [netuid])
    if number is None:
        raise ChainRefused(NOTHING_RELEASED, f"subnet {netuid} has released no model")
    value = await chain.read(PALLET, "Releases", [netuid, int(number)])
    if value is None:
        raise ChainRefused(NOTHING_RELEASED, f"subnet {netuid} has no release {number} any more")
    return _release(int(number), value)


async def newest(chain: Storage, netuid: int) -> Release | None:
    """What was published last, be it served or not; raises `ChainError`."""
    number = int(await chain.read(PALLET, "NextNumber", [netuid]) or 0)
    value = await chain.read(PALLET, "Releases", [netuid, number - 1]) if number else None
    return None if value is None else _release(number - 1, value)


async def follow(
    chain: Storage, netuid: int, every_s: float = EVERY_S
) -> AsyncGenerator[Release | None, None]:
    """
    What is to be served, `None` for nothing, as often as the chain could say it.

    A chain that is away says nothing: what is served stays.
    """
    told = ""
    while True:
        try:
            yield await current(chain, netuid)
            told = ""
        except ChainError as error:
            if str(error) != told:
                told = str(error)
                log.info("no_release", netuid=netuid, reason=told)
            if isinstance(error, ChainRefused) and error.code == NOTHING_RELEASED:
                yield None
        await asyncio.sleep(every_s)


def _release(number: int, value: Mapping[str, Any]) -> Release:
    return Release(
        number=number,
        window=int(value["window"]),
        tokenizer=_raw(value["tokenizer"]).hex(),
        checkpoint=_raw(value["checkpoint"]).hex(),
        gguf=_raw(value["gguf"]).hex(),
        loss=int(value["loss"]) / MICRO,
        architecture=_raw(value["architecture"]).decode(errors="replace"),
    )


def _raw(value: str | bytes) -> bytes:
    """Bytes as the SDK decodes them: themselves, digits after 0x, or text where they are text."""
    if isinstance(value, bytes):
        return value
    return bytes.fromhex(value[2:]) if value.startswith("0x") else value.encode()
