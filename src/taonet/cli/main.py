"""The `taonet` command: what is ours. Wallets, stakes and transfers stay with `btcli`."""

import gc
import sys
from importlib import import_module
from importlib.metadata import version as package_version
from typing import Annotated

import typer

COMMANDS = {
    "up": "taonet.cli.up.command",
    "status": "taonet.cli.up.command",
    "down": "taonet.cli.up.command",
    "why": "taonet.cli.why",
    "node": "taonet.cli.node",
    "localnet": "taonet.cli.node",
    "miner": "taonet.cli.neuron",
    "validator": "taonet.cli.neuron",
    "gateway": "taonet.cli.gateway",
    "subnet": "taonet.cli.subnet",
    "training": "taonet.cli.training",
    "finetune": "taonet.cli.finetune",
    "simulate": "taonet.cli.simulate.command",
    "conformance": "taonet.cli.conformance.command",
}
"""Where each command is; a module is imported when its command runs, since some are heavy."""


def _version(asked: bool) -> None:
    if asked:
        typer.echo(package_version("taonet"))
        raise typer.Exit


def _taonet(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """A decentralised market for machine intelligence, on one machine or many."""
    # `version` has done its work in its callback.
    del version


def application(command: str | None = None) -> typer.Typer:
    """The command line with one command, or with all of them."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(_taonet)
    for name in [command] if command else COMMANDS:
        found = getattr(import_module(COMMANDS[name]), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name=name)(found)
    return app


def main() -> None:
    """Run the command line."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    # What is imported stays: looking for garbage among it takes a tenth of the start.
    gc.disable()
    app = application(wanted if wanted in COMMANDS else None)
    gc.freeze()
    gc.enable()
    app(prog_name="taonet")


if __name__ == "__main__":
    main()
