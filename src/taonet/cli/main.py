"""The `taonet` command: what is ours. Wallets, stakes and transfers stay with `btcli`."""

from importlib import import_module
from typing import Any

import click
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
    "conformance": "taonet.cli.conformance.command",
}
"""Where each command is; a module is imported when its command runs, since some are heavy."""


class Taonet(click.Group):
    """Commands by name, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command, in the order of a person's first day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of a name, None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        function = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        if isinstance(function, typer.Typer):
            return typer.main.get_command(function)
        single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        single.command(name=cmd_name)(function)
        return typer.main.get_command(single)


@click.group(cls=Taonet, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="taonet")
def main() -> None:
    """A decentralised market for machine intelligence, on one machine or many."""


if __name__ == "__main__":
    main()
