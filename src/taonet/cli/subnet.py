"""`taonet subnet`: writing a subnet of one's own, and founding it on a local chain."""

import asyncio
from pathlib import Path
from typing import Annotated

import bittensor as bt
import typer

from taonet.cli.neuron import CHAIN_URL, ChainUrl
from taonet.cli.output import fail, notices, print_json
from taonet.cli.up.founding import Founder, FoundingFailed, Wallets, connected
from taonet.cli.up.plan import Participant, SubnetPlan
from taonet.cli.up.wallets import make_wallets
from taonet.neuron.authored import NotASubnet, load_subnet
from taonet.neuron.scaffold import CannotScaffold, write_subnet

MINER = Participant("miner", 100)

subnet = typer.Typer(no_args_is_help=True, help="Write a subnet of your own, and found it.")


@subnet.callback()
def _subnet() -> None:
    """Write a subnet of your own, and found it."""


@subnet.command()
def new(
    name: Annotated[str, typer.Argument(help="The subnet's name, such as my-subnet.")],
    folder: Annotated[Path, typer.Option(help="Where to make its folder.")] = Path(),
) -> None:
    """Write a subnet that runs, to be changed line by line."""
    try:
        written = write_subnet(folder, name)
    except CannotScaffold as error:
        fail(str(error))
    for path in written:
        notices.print(f"wrote {path}", markup=False)
    notices.print(f"test it: cd {folder / name} && python -m pytest", markup=False)


@subnet.command()
def found(
    file: Annotated[Path, typer.Argument(help="The subnet's file.")],
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: Annotated[
        Path, typer.Option(help="The folder for its wallets; one for each subnet.")
    ] = Path("wallets"),
    tempo: Annotated[int, typer.Option(min=5, help="Blocks between epochs.")] = 20,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """
    Found a subnet on a local chain: wallets, funds, registrations, stake.

    The wallets of its owner, validator and miner are made, and are not encrypted. What is there
    already is left. On another network btcli does the same, step by step.
    """
    try:
        plan = SubnetPlan(load_subnet(file).subnet.name, tempo, (MINER,))
        wallets = make_wallets(wallet_path, plan.everyone)
        netuid = asyncio.run(_found(chain_url, plan, wallets))
    except (NotASubnet, FoundingFailed, bt.BittensorError) as error:
        fail(str(error))
    hotkeys = {name: wallet.hotkey.ss58_address for name, wallet in wallets.items()}
    seat = f"--netuid {netuid} --chain-url {chain_url} --wallet-path {wallet_path}"
    commands = {
        role: f"taonet {role} {file} {seat} --wallet-name {role} --state-folder {role}"
        for role in ("miner", "validator")
    }
    if json:
        print_json({"netuid": netuid, "name": plan.name, "hotkeys": hotkeys, **commands})
        return
    typer.echo(f"subnet {netuid} is {plan.name}, its miner is {hotkeys[MINER.name]}")
    typer.echo("start the miner and the validator:")
    for command in commands.values():
        typer.echo(f"  {command}")


async def _found(chain_url: str, plan: SubnetPlan, wallets: Wallets) -> int:
    def report(step: str) -> None:
        notices.print(step, style="dim", markup=False)

    async with connected(chain_url) as client:
        return await Founder(client, plan, wallets, report).found()
