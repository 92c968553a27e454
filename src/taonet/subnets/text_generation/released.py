"""
Serving what a training subnet has released, beside the miner's own model and without a restart.

The newest choice of the subnet's owner is fetched by its hash, loaded in a server of its own and
served under its name; only then the one before is dropped, when its last answer has ended. A
release that cannot be had or loaded changes nothing and is tried again.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, suppress

import structlog

from taonet.neuron.releases import Release
from taonet.neuron.status import StatusFile
from taonet.subnets.llama.gguf_file import ModelUnreadable
from taonet.subnets.text_generation.language_model import BackendFailed
from taonet.subnets.text_generation.messages import TIMEOUT_S, Generated, Generation
from taonet.subnets.text_generation.miner import TextMiner
from taonet.subnets.training.blob_store import BlobError

RETRY_S = 10.0
"""Before a release that could not be served is tried again."""

Loader = Callable[[Release], AbstractAsyncContextManager[TextMiner]]
"""A release's miner with its model loaded, within the block; raises what `UNSERVED` lists."""
UNSERVED = (BlobError, ModelUnreadable, BackendFailed, OSError)

log = structlog.get_logger("taonet.releases")


class _Served:
    """A release that is loaded, and how many answers are under way."""

    def __init__(self, release: Release, miner: TextMiner, stack: AsyncExitStack) -> None:
        self.release = release
        self._miner = miner
        self._stack = stack
        self._answers = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def answer(self, query: Generation) -> AsyncGenerator[Generated, None]:
        self._answers += 1
        self._idle.clear()
        try:
            async with aclosing(self._miner.answer(query)) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            self._answers -= 1
            if not self._answers:
                self._idle.set()

    async def end(self, patience_s: float) -> None:
        """Unload it once nothing is under way, or after the longest that an answer may take."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._idle.wait()
        await self._stack.aclose()


class ReleaseMiner:
    """A text miner that answers by the current release too; `follow` has to run beside it."""

    def __init__(self, own: TextMiner, load: Loader, status: StatusFile | None = None) -> None:
        self._own = own
        self._load = load
        self._status = status
        self._served: _Served | None = None
        self._retry: tuple[Release, float] | None = None

    @property
    def served(self) -> Release | None:
        """The release that is answered by now."""
        return None if self._served is None else self._served.release

    async def answer(self, query: Generation) -> AsyncGenerator[Generated, None]:
        """The continuation by the model that the query names; raises as `TextMiner.answer`."""
        served = self._served
        named = served is not None and query.model == served.release.name
        chosen = served if served is not None and named else self._own
        async with aclosing(chosen.answer(query)) as pieces:
            async for piece in pieces:
                yield piece

    async def follow(self, releases: AsyncIterable[Release | None]) -> None:
        """Serve what comes until cancelled; then unload it."""
        try:
            async for release in releases:
                await self._take(release)
        finally:
            if self._served is not None:
                await self._served.end(0.0)
                self._served = None

    async def _take(self, release: Release | None) -> None:
        if release == self.served or (release is not None and self._waits(release)):
            return
        loaded: _Served | None = None
        if release is not None:
            try:
                loaded = await self._loaded(release)
            except UNSERVED as error:
                self._failed(release, f"{type(error).__name__}: {error}")
                return
        before, self._served = self._served, loaded
        name = None if release is None else release.name
        log.info("release_served", model=name, before=before and before.release.name)
        self._tell(release=name, release_refusal="")
        if before is not None:
            await before.end(TIMEOUT_S)

    async def _loaded(self, release: Release) -> _Served:
        async with AsyncExitStack() as stack:
            miner = await stack.enter_async_context(self._load(release))
            return _Served(release, miner, stack.pop_all())

    def _waits(self, release: Release) -> bool:
        """Whether it failed a moment ago."""
        if self._retry is None or self._retry[0] != release:
            return False
        return asyncio.get_running_loop().time() < self._retry[1]

    def _failed(self, release: Release, reason: str) -> None:
        self._retry = (release, asyncio.get_running_loop().time() + RETRY_S)
        log.warning("release_not_served", model=release.name, reason=reason)
        self._tell(release_refusal=f"{release.name}: {reason}")

    def _tell(self, **figures: str | None) -> None:
        if self._status is not None:
            self._status.figures(**figures)
