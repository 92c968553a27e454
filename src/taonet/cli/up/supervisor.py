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
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bittensor as bt
from bittensor import storage

from taonet.cli.up.folder import NetworkFolder, read_json, write_json
from taonet.cli.up.founding import Founder, connected
from taonet.cli.up.plan import (
    MINERS,
    OWNER,
    TRAINERS,
    TRAINING_OWNER,
    TRAINING_VALIDATOR,
    VALIDATOR,
    Cheat,
    NetworkPlan,
    SubnetPlan,
)
from taonet.cli.up.processes import ONE_THREAD, Managed, Processes, completed, last_line
from taonet.cli.up.survey import ChainView, NetworkSurvey, founded_alpha, survey
from taonet.cli.up.wallets import HOTKEY, make_wallets

CHAIN_START_S = 60.0
"""How long the chain may take to answer."""

RETRY_S = 0.2
"""Between two attempts to reach a chain that starts."""

VALIDATOR_PAUSE_S = 1.0
"""Between two rounds of the validator."""

RUN_NAME = "kjv-nano"
RUN_SIZE = ("--preset", "nano", "--steps", "8", "--rows", "4", "--length", "64")
"""What two cores carry beside a text subnet."""

RELEASE_WINDOWS = 3
"""From one release to the next."""


class CannotStart(RuntimeError):
    """The network cannot start; the text says why and what to do."""


@dataclass(frozen=True)
class Running:
    """A supervisor that runs now, as its file says."""

    pid: int
    plan: NetworkPlan
    ready: bool
    """Whether every process was started."""
    notice: str
    """What people should know, such as a process that keeps failing."""
    processes: Mapping[str, int]
    """The id of each process by its name."""

    @property
    def lives(self) -> bool:
        """Whether it still runs."""
        return _runs(self.pid, b"taonet")


def running(folder: NetworkFolder) -> Running | None:
    """The supervisor that runs the network in `folder`, if one does."""
    written = read_json(folder.supervisor)
    if written is None or not _runs(int(written["pid"]), b"taonet"):
        return None
    plan = NetworkPlan(**{**written["plan"], "cheat": Cheat(written["plan"]["cheat"])})
    return Running(
        int(written["pid"]), plan, written["ready"], written["notice"], written["processes"]
    )


def _runs(pid: int, word: bytes) -> bool:
    """Whether a process lives and has `word` in its command; ids are used again after a while."""
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    # A zombie has ended; only its parent has not looked yet.
    return word in command and state[:1] != [b"Z"]


def remove(folder: NetworkFolder) -> None:
    """Forget a network: its chain, keys and scores."""
    parts = (folder.chain, folder.wallets, folder.gateway, folder.training)
    for part in (*parts, folder.root / "neurons"):
        shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(folder.root / "logs", ignore_errors=True)
    folder.founded.unlink(missing_ok=True)
    folder.founded_training.unlink(missing_ok=True)
    folder.supervisor.unlink(missing_ok=True)


def require_free_ports(plan: NetworkPlan) -> None:
    """Raise `CannotStart` naming the first port that is taken."""
    seen: dict[int, str] = {}
    for port, whose in plan.ports():
        if port in seen:
            raise CannotStart(f"port {port} is for {seen[port]} and for {whose}; choose another")
        seen[port] = whose
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
        self._training: int | None = None
        self._ready = False
        self._processes = Processes(self._write)

    @property
    def notice(self) -> str:
        """What people should know now: which processes keep failing, and how they ended."""
        return "; ".join(
            f"{managed.name} keeps failing: {last_line(managed.log)} (see {managed.log})"
            for managed in self._processes.managed
            if managed.failed
        )

    @asynccontextmanager
    async def started(self, report: Callable[[str], None]) -> AsyncIterator[ChainView]:
        """Start everything, in order; end everything at the end of the block."""
        self._write()
        try:
            report("starting the chain")
            await self._start("chain", self._chain_arguments())
            await _await_chain(self.plan.chain_url, self._processes.managed[0])
            await self._found(report)
            await self._start_neurons()
            self._ready = True
            self._write()
            async with ChainView(self.plan.chain_url) as view:
                yield view
        finally:
            await self._processes.stop()
            self.folder.supervisor.unlink(missing_ok=True)

    async def survey(self, view: ChainView) -> NetworkSurvey:
        """What is going on now."""
        return await survey(view, self.plan, self.folder, self.netuid)

    async def _found(self, report: Callable[[str], None]) -> None:
        self.netuid = await self._found_subnet(self.plan.subnet, self.folder.founded, report)
        if self.plan.training:
            own = self.plan.training_subnet
            self._training = await self._found_subnet(own, self.folder.founded_training, report)
            await self._make_run(report)

    async def _found_subnet(
        self, plan: SubnetPlan, file: Path, report: Callable[[str], None]
    ) -> int:
        wallets = make_wallets(self.folder.wallets, plan.everyone)
        async with connected(self.plan.chain_url) as client:
            netuid = await Founder(client, plan, wallets, report).found()
            if read_json(file) is None:
                hotkeys = {p.name: wallets[p.name].hotkey.ss58_address for p in plan.everyone}
                held = await founded_alpha(client, netuid)
                write_json(file, {"netuid": netuid, "hotkeys": hotkeys, "held_alpha": held})
        return netuid

    async def _make_run(self, report: Callable[[str], None]) -> None:
        """The run's file and corpus; a run that there is already goes on."""
        if self.folder.run.exists():
            return
        report("preparing a corpus to train on")
        number: Any = storage.System.Number
        async with connected(self.plan.chain_url) as client:
            block = await client.query(number, [])
        self.folder.training.mkdir(parents=True, exist_ok=True)
        arguments = ["training", "new", str(self.folder.run), "--name", RUN_NAME]
        arguments += ["--first", str(int(block)), "--window", str(self.plan.window_blocks)]
        log = self.folder.log("run")
        if await completed([*arguments, *RUN_SIZE], log, ONE_THREAD):
            raise CannotStart(f"there is nothing to train: {last_line(log)}")

    async def _start_neurons(self) -> None:
        releases: list[str] = []
        if self._training is not None:
            await self._start_training(self._training)
            releases = ["--releases", str(self._training)]
        for offset, miner in enumerate(MINERS, start=1):
            arguments = ["miner", *self._seat(miner.name)]
            arguments += ["--port", str(self.plan.axon_port + offset)]
            if releases:
                arguments += [*releases, "--store", str(self.folder.blobs)]
            cheat = self.plan.cheat_of(miner)
            if cheat is not Cheat.NONE:
                arguments += ["--cheat", cheat.value]
            await self._start(miner.name, arguments)
        pause = ["--pause", str(VALIDATOR_PAUSE_S)]
        await self._start(VALIDATOR.name, ["validator", *self._seat(VALIDATOR.name), *pause])
        gateway = ["gateway", *self._seat(OWNER.name, self.folder.gateway), *releases]
        await self._start("gateway", [*gateway, "--port", str(self.plan.gateway_port)])

    async def _start_training(self, netuid: int) -> None:
        blobs = ["--store", str(self.folder.blobs)]
        place = ["--run", str(self.folder.run), *blobs]
        for role, each in (
            ("validator", TRAINING_VALIDATOR),
            *(("miner", trainer) for trainer in TRAINERS),
        ):
            seat = [*self._seat(each.name, netuid=netuid), *place]
            await self._start(each.name, [role, *seat])
        owner = self._wallet(TRAINING_OWNER.name, netuid)
        every = ["--every", str(RELEASE_WINDOWS)]
        release = ["training", "release", str(self.folder.run), *blobs, *owner, *every]
        await self._start("releases", release)

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

    def _wallet(self, wallet: str, netuid: int) -> list[str]:
        return [
            "--netuid",
            str(netuid),
            "--chain-url",
            self.plan.chain_url,
            "--wallet-path",
            str(self.folder.wallets),
            "--wallet-name",
            wallet,
            "--wallet-hotkey",
            HOTKEY,
        ]

    def _seat(
        self, wallet: str, state: Path | None = None, *, netuid: int | None = None
    ) -> list[str]:
        assert self.netuid is not None, "a subnet is founded before its neurons start"
        own = self._wallet(wallet, self.netuid if netuid is None else netuid)
        return [*own, "--state-folder", str(state or self.folder.neuron(wallet))]

    async def _start(self, name: str, arguments: list[str]) -> None:
        self.folder.status(name).unlink(missing_ok=True)
        managed = Managed(name, arguments, self.folder.log(name), environment=ONE_THREAD)
        await self._processes.start(managed)

    def _write(self) -> None:
        """Say who runs what, for `status`, `down`, and a start after a crash."""
        for managed in self._processes.managed:
            if managed.pid is None and not managed.failed:
                # What it said last is no longer so; a reason to fail stays to be read.
                self.folder.status(managed.name).unlink(missing_ok=True)
        pids = {m.name: m.pid for m in self._processes.managed if m.pid is not None}
        plan: dict[str, Any] = {**vars(self.plan), "cheat": self.plan.cheat.value}
        said = {
            "pid": os.getpid(),
            "ready": self._ready,
            "notice": self.notice,
            "plan": plan,
            "processes": pids,
        }
        write_json(self.folder.supervisor, said)


async def _await_chain(url: str, chain: Managed) -> None:
    """Return as soon as the chain answers; raises `CannotStart` when it ends or does not answer."""
    deadline = time.monotonic() + CHAIN_START_S
    while True:
        try:
            async with asyncio.timeout(CHAIN_START_S), connected(url):
                return
        except (bt.BittensorError, OSError) as error:
            if chain.has_ended:
                raise CannotStart(f"the chain ended: {last_line(chain.log)}") from error
            if time.monotonic() > deadline:
                raise CannotStart(f"the chain does not answer; see {chain.log}") from error
            await asyncio.sleep(RETRY_S)


def end_strays(folder: NetworkFolder) -> None:
    """End what a killed supervisor left running: two chains must not share one folder."""
    written = read_json(folder.supervisor) or {}
    ours = os.fsencode(folder.root)
    strays = [int(pid) for pid in written.get("processes", {}).values() if _runs(int(pid), ours)]
    for pid in strays:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + CHAIN_START_S
    while any(_runs(pid, ours) for pid in strays) and time.monotonic() < deadline:
        time.sleep(RETRY_S)
