"""The command `taonet conformance KIND FILE`."""

from pathlib import Path
from typing import Annotated

import typer

from taonet.cli.conformance.runner import VectorError, run

EXIT_MISS = 1
EXIT_UNUSABLE = 2


def conformance(
    kind: Annotated[str, typer.Argument(help="What the vectors exercise, such as swap or epoch.")],
    file: Annotated[Path, typer.Argument(help="A .jsonl or .jsonl.gz of inputs and outputs.")],
) -> None:
    """
    Run recorded vectors of the real chain's arithmetic through this chain's code.

    Prints a line for each of the first misses and, last, how many lines passed of how many. Exits
    with 1 on any miss, with 2 on an unknown kind or a file that cannot be read.
    """
    try:
        outcome = run(kind, file)
    except VectorError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        raise typer.Exit(EXIT_UNUSABLE) from error
    for miss in outcome.misses:
        typer.echo(miss)
    typer.echo(f"{outcome.passed} / {outcome.total}")
    if outcome.passed != outcome.total:
        raise typer.Exit(EXIT_MISS)
