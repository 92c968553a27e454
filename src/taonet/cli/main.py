"""The `taonet` command: what is ours. Wallets, stakes and transfers stay with `btcli`."""

import typer

from taonet.cli.conformance.command import conformance
from taonet.cli.node import localnet, node

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A decentralised market for machine intelligence, on one machine or many.",
)
app.command()(node)
app.command()(localnet)
app.command()(conformance)


def main() -> None:
    """Run the command line."""
    app()
