"""The gateway's process: builds every part, serves, and says how it does."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import Any

import bittensor as bt
import structlog
from aiohttp import web

from taonet.gateway.api import Api, Clocks
from taonet.gateway.breaker import Circuit
from taonet.gateway.limits import CallerLimits, MinerLimits
from taonet.gateway.miners import Miners
from taonet.gateway.network import SUBNET, NetworkMiners
from taonet.gateway.quota import (
    ANONYMOUS,
    SECONDS_PER_DAY,
    KeyRing,
    Quota,
    add_key,
    read_keys,
    write_private,
)
from taonet.gateway.receipts import Receipts
from taonet.gateway.router import Router
from taonet.gateway.service_levels import ServiceLevels
from taonet.neuron import releases
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.sdk_chain import SdkChain
from taonet.neuron.status import Status, StatusFile
from taonet.primitives.units import NetUid

STATUS_S = 1.0
"""Between two writes of `status.json`."""
SHUTDOWN_S = 10.0
"""Answers under way may finish for this long."""
KEYS_FILE = "keys.json"
FIRST_KEY_FILE = "api_key"
FIRST_KEY_NAME = "first"
RECEIPTS_FOLDER = "receipts"
STATUS_FILE = "status.json"

log = structlog.get_logger("taonet.gateway")


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Everything that one gateway is told."""

    state_folder: Path
    """Receipts, keys and `status.json`; made if need be."""
    chain_url: str = "ws://127.0.0.1:9944"
    netuid: int = 1
    model: str = "smollm2-135m-instruct"
    """Name of the model that the subnet's miners serve."""
    releases: int | None = None
    """The training subnet whose current release they serve too."""
    wallet_folder: Path = Path("~/.bittensor/wallets")
    wallet_name: str = "default"
    wallet_hotkey: str = "default"
    """Signs the requests to miners; they admit hotkeys that are registered on the subnet."""
    host: str = "127.0.0.1"
    port: int = 8080
    """0 picks a free one, which `status.json` names."""
    keys_file: Path | None = None
    """`keys.json` in the state folder unless named."""
    allow_any_key: bool = False
    """Serves callers without a key too, under one quota for all of them."""
    caller_limits: CallerLimits = field(default_factory=CallerLimits)
    miner_limits: MinerLimits = field(default_factory=MinerLimits)

    @property
    def keys_path(self) -> Path:
        """Where the hashed keys are."""
        return self.keys_file or self.state_folder / KEYS_FILE


async def run_gateway(config: GatewayConfig) -> None:
    """
    Serves until cancelled; then lets answers under way finish for `SHUTDOWN_S` seconds.

    Raises `OSError` where the port is taken, `InvalidKeyFile`, and the SDK's errors for a wallet
    without that hotkey. A chain that doesn't answer is tried again for ever; callers are told 503
    meanwhile.
    """
    wallet = bt.Wallet(
        name=config.wallet_name,
        hotkey=config.wallet_hotkey,
        path=str(config.wallet_folder.expanduser()),
    )
    keypair = wallet.hotkey
    async with (
        SdkChain(config.chain_url, keypair) as chain,
        Dendrite(keypair, attempts=1) as dendrite,
    ):
        miners = NetworkMiners(
            dendrite=dendrite, chain=chain, netuid=NetUid(config.netuid), model=config.model
        )
        status = StatusFile(
            config.state_folder / STATUS_FILE,
            Status("gateway", SUBNET, config.netuid, keypair.ss58_address),
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(miners.follow(), name="follow miners")
            if config.releases is not None:
                released = releases.follow(chain, config.releases)
                tasks.create_task(miners.follow_releases(released), name="follow releases")
            async with serving(config, miners) as gateway:
                await gateway.report(status)


@asynccontextmanager
async def serving(config: GatewayConfig, miners: Miners) -> AsyncIterator["Gateway"]:
    """A gateway over any miners, listening within the block; raises as `run_gateway`."""
    keys = await asyncio.to_thread(_open_keys, config)
    clocks = Clocks(monotonic=time.monotonic, wall=time.time)
    async with AsyncExitStack() as stack:
        receipts = Receipts(config.state_folder / RECEIPTS_FOLDER)
        await stack.enter_async_context(receipts)
        quota = Quota(monotonic=clocks.monotonic, wall=clocks.wall)
        await asyncio.to_thread(_restore_quota, quota, receipts, config.keys_path, clocks.wall())
        router = Router(
            miners, limits=config.miner_limits, random=SystemRandom(), monotonic=clocks.monotonic
        )
        levels = ServiceLevels()
        api = Api(
            router=router,
            keys=keys,
            quota=quota,
            receipts=receipts,
            levels=levels,
            limits=config.caller_limits,
            clocks=clocks,
        )
        runner = web.AppRunner(
            api.application(),
            access_log=None,
            handle_signals=False,
            handler_cancellation=True,
            shutdown_timeout=SHUTDOWN_S,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, config.host, config.port).start()
        host, port = runner.addresses[0][:2]
        log.info("gateway_listening", host=host, port=port)
        yield Gateway(f"http://{host}:{port}", router, levels)
    log.info("gateway_stopped")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that listens."""

    url: str
    """Without `/v1`."""
    router: Router
    levels: ServiceLevels

    async def report(self, status: StatusFile) -> None:
        """Keeps `status.json` fresh until cancelled, and then writes that it stopped."""
        try:
            while True:
                await asyncio.to_thread(_tell, status, self._figures())
                await asyncio.sleep(STATUS_S)
        finally:
            status.phase("stopped")

    def _figures(self) -> dict[str, Any]:
        candidates = self.router.miners()
        ready = [one for one in candidates if self.router.circuit(one) is not Circuit.OPEN]
        return {
            "url": f"{self.url}/v1",
            "miners": len(candidates),
            "miners_ready": len(ready),
            "models": list(self.router.models()),
            **self.levels.summary(),
        }


def _tell(status: StatusFile, figures: dict[str, Any]) -> None:
    """Writes and syncs a file, so it has a thread of its own."""
    status.figures(**figures)
    status.phase("serving", message="" if figures["miners_ready"] else "no miner available")


def _open_keys(config: GatewayConfig) -> KeyRing:
    """The key ring; the first start makes a key and leaves it where only its owner can read it."""
    path = config.keys_path
    if not path.exists():
        secret = add_key(path, FIRST_KEY_NAME)
        write_private(config.state_folder / FIRST_KEY_FILE, secret + "\n")
        log.info("key_made", name=FIRST_KEY_NAME, file=str(config.state_folder / FIRST_KEY_FILE))
    ring = KeyRing(path, allow_any=config.allow_any_key, monotonic=time.monotonic)
    ring.load()
    return ring


def _restore_quota(quota: Quota, receipts: Receipts, keys_path: Path, now: float) -> None:
    """Counts today's receipts, so that a restart gives no tokens back."""
    keys = {key.name: key for key in (*read_keys(keys_path), ANONYMOUS)}
    midnight = now - now % SECONDS_PER_DAY
    for receipt in receipts.read(since=midnight):
        if receipt.key in keys:
            quota.restore(keys[receipt.key], receipt.tokens)
