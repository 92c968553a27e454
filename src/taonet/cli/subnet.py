"""`taonet subnet`: writing a subnet of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from taonet.cli.output import fail, notices
from taonet.neuron.scaffold import CannotScaffold, write_subnet

subnet = typer.Typer(no_args_is_help=True, help="Write a subnet of your own.")


@subnet.callback()
def _subnet() -> None:
    """Write a subnet of your own."""


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
        notices.print(f"wrote {path}")
    notices.print(f"test it: cd {folder / name} && python -m pytest")
