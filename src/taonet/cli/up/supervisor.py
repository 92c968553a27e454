"""
One network's life: found it, start its processes, show it, end it.

The supervisor holds no state that matters: the chain, the wallets and the score books are on
disk, so a network that was stopped or killed anywhere goes on where it was.
"""

import asyncio
import os
import shutil
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bittensor as bt
import structlog

from taonet.cli.up.folder import NetworkFolder, read_json, write_json
from taonet.cli.up.founding import Founder, connected
from taonet.cli.up.plan import EVERYONE, MINERS, OWNER, VALIDATOR, Cheat, NetworkPlan
from taonet.cli.up.processes import ONE_THREAD, Managed, Processes
from taonet.cli.up.survey import NetworkSurvey, founded_alpha, survey
from taonet.cli.up.wallets import HOTKEY, make_wallets

CHAIN_START_S = 60.0
"""How long the chain may take to answer."""

RETRY_S = 0.2
"""Between two attempts to reach a chain that starts."""

VALIDATOR_PAUSE_S = 1.0
"""Between two rounds of the validator."""

log = structlog.get_logger("taonet.up")


class CannotStart(RuntimeError):
    """The network cannot start; the text says why and what to do."""


@dataclass(frozen=True)
class Running:
    """A supervisor that runs now, as its file says."""

    pid: int
    plan: NetworkPlan
    ready: bool


def running(folder: NetworkFolder) -> Running | None:
    """The supervisor that runs the network in `folder`, if one does."""
    written = read_json(folder.supervisor)
    if written is None or not _is_ours(int(written["pid"])):
        return None
    plan = NetworkPlan(**{**written["plan"], "cheat": Cheat(written["plan"]["cheat"])})
    return Running(int(written["pid"]), plan, bool(written["ready"]))


def _is_ours(pid: int) -> bool:
    """Whether a process lives and is one of ours; ids are used again after a restart."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    return b"taonet" in command


def remove(folder: NetworkFolder) -> None:
    """Forget a network: its chain, keys and scores."""
    for part in (folder.chain, folder.wallets, folder.gateway, folder.root / "neurons"):
        shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(folder.root / "logs", ignore_errors=True)
    folder.founded.unlink(missing_ok=True)
    folder.supervisor.unlink(missing_ok=True)


def require_free_ports(plan: NetworkPlan) -> None:
    """Raise `CannotStart` naming the first port that is taken."""
    for port, whose in plan.ports().items():
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CannotStart(
                    f"port {port}, for {whose}, is taken by another program; stop that, or choose "
                    "another with --chain-port, --gateway-port or --axon-port"
                ) from error


class Supervisor:
    """Runs one network; see `started`."""

    def __init__(self, folder: NetworkFolder, plan: NetworkPlan) -> None:
        self.folder = folder
        self.plan = plan
        self.netuid: int | None = None
        self.notice = ""
        self.client: bt.Client | None = None
        self._processes = Processes()

    @asynccontextmanager
    async def started(self, report: Callable[[str], None]) -> AsyncIterator["Supervisor"]:
        """Start everything, in order; end everything at the end of the block."""
        _end_strays(self.folder)
        self._write(ready=False)
        try:
            report("starting the chain")
            await self._start("chain", self._chain_arguments())
            await _await_chain(self.plan.chain_url, self._processes)
            async with connected(self.plan.chain_url) as client:
                self.client = client
                await self._found(client, report)
                await self._start_neurons()
                self._write(ready=True)
                yield self
        finally:
            self.client = None
            await self._processes.stop()
            self.folder.supervisor.unlink(missing_ok=True)

    async def survey(self) -> NetworkSurvey:
        """What is going on now."""
        failed = [managed.name for managed in self._processes.managed if managed.failed]
        self.notice = (
            f"{', '.join(failed)} keeps failing: see {self.folder.root / 'logs'}" if failed else ""
        )
        self._write(ready=True)
        return await survey(self.client, self.plan, self.folder, self.netuid)

    async def _found(self, client: bt.Client, report: Callable[[str], None]) -> None:
        wallets = make_wallets(self.folder.wallets)
        founded = await Founder(client, self.plan, wallets, report).found()
        self.netuid = founded.netuid
        if read_json(self.folder.founded) is None:
            hotkeys = {p.name: wallets[p.name].hotkey.ss58_address for p in EVERYONE}
            held = await founded_alpha(client, founded.netuid)
            write_json(
                self.folder.founded,
                {"netuid": founded.netuid, "hotkeys": hotkeys, "held_alpha": held},
            )

    async def _start_neurons(self) -> None:
        for offset, miner in enumerate(MINERS, start=1):
            arguments = ["miner", *self._seat(miner.name)]
            arguments += ["--port", str(self.plan.axon_port + offset)]
            cheat = self.plan.cheat_of(miner)
            if cheat is not Cheat.NONE:
                arguments += ["--cheat", cheat.value]
            await self._start(miner.name, arguments)
        pause = ["--pause", str(VALIDATOR_PAUSE_S)]
        await self._start(VALIDATOR.name, ["validator", *self._seat(VALIDATOR.name), *pause])
        gateway = ["gateway", *self._seat(OWNER.name, self.folder.gateway)]
        await self._start("gateway", [*gateway, "--port", str(self.plan.gateway_port)])

    def _chain_arguments(self) -> list[str]:
        return [
            "node",
            "--folder",
            str(self.folder.chain),
            "--port",
            str(self.plan.chain_port),
            "--block-time",
            str(self.plan.block_time_s),
        ]

    def _seat(self, wallet: str, state: Path | None = None) -> list[str]:
        return [
            "--netuid",
            str(self.netuid),
            "--chain-url",
            self.plan.chain_url,
            "--wallet-path",
            str(self.folder.wallets),
            "--wallet-name",
            wallet,
            "--wallet-hotkey",
            HOTKEY,
            "--state-folder",
            str(state or self.folder.neuron(wallet)),
        ]

    async def _start(self, name: str, arguments: list[str]) -> None:
        self.folder.status(name).unlink(missing_ok=True)
        managed = Managed(name, arguments, self.folder.log(name), environment=ONE_THREAD)
        await self._processes.start(managed)
        self._write(ready=False)

    def _write(self, *, ready: bool) -> None:
        """Say who runs what, for `status`, `down`, and a start after a crash."""
        pids = {m.name: m.pid for m in self._processes.managed if m.pid is not None}
        plan: dict[str, Any] = {**vars(self.plan), "cheat": self.plan.cheat.value}
        write_json(
            self.folder.supervisor,
            {"pid": os.getpid(), "ready": ready, "plan": plan, "processes": pids},
        )


async def _await_chain(url: str, processes: Processes) -> None:
    """Return as soon as the chain answers; raises `CannotStart` when it does not."""
    deadline = time.monotonic() + CHAIN_START_S
    while True:
        try:
            async with connected(url):
                return
        except (bt.BittensorError, OSError) as error:
            chain = processes.managed[0]
            if chain.failed or time.monotonic() > deadline:
                raise CannotStart(f"the chain does not answer; see {chain.log}") from error
            await asyncio.sleep(RETRY_S)


def _end_strays(folder: NetworkFolder) -> None:
    """End what a killed supervisor left running: two chains must not share one folder."""
    written = read_json(folder.supervisor) or {}
    strays = [pid for pid in written.get("processes", {}).values() if _is_ours(int(pid))]
    for pid in strays:
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    deadline = time.monotonic() + CHAIN_START_S
    while any(_is_ours(int(pid)) for pid in strays) and time.monotonic() < deadline:
        time.sleep(RETRY_S)
