"""`taonet training`: what a run begins with."""

from pathlib import Path
from typing import Annotated

import typer

from taonet.cli.output import fail, print_json

training = typer.Typer(no_args_is_help=True, help="Begin a run of the training subnet.")


@training.callback()
def _training() -> None:
    """Begin a run of the training subnet."""


@training.command()
def new(
    file: Annotated[Path, typer.Argument(help="The run's file, to be written.")],
    preset: Annotated[str, typer.Option(help="The model: nano, micro, small, ….")] = "micro",
    corpus: Annotated[str, typer.Option(help="A recipe, or a corpus' folder.")] = "king-james",
    vocabulary: Annotated[str, typer.Option(help="A vocabulary that comes along.")] = "",
    name: Annotated[str, typer.Option(help="The run's name; the file's without one.")] = "",
    first: Annotated[int, typer.Option(min=0, help="The first window's first block.")] = 0,
    window: Annotated[int, typer.Option(min=8, help="Blocks of a window.")] = 60,
    steps: Annotated[int, typer.Option(min=1, help="Steps of a window.")] = 30,
    rows: Annotated[int, typer.Option(min=1, help="Pages of a step.")] = 8,
    length: Annotated[int, typer.Option(min=1, help="Tokens of a page.")] = 128,
    seed: Annotated[int, typer.Option(min=0, help="Draws the first weights.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write the file that everybody in a run has to have; makes the corpus when need be."""
    # It brings the libraries that train models.
    from taonet.subnets.training.founding import Plan, founded

    plan = Plan(
        name=name or file.stem,
        preset=preset,
        corpus=corpus,
        vocabulary=vocabulary,
        first=first,
        window_blocks=window,
        steps=steps,
        rows=rows,
        length=length,
        seed=seed,
    )
    try:
        run = founded(plan)
    except (ValueError, RuntimeError, OSError) as error:
        fail(f"{type(error).__name__}: {error}")
    file.write_bytes(run.encoded())
    if json:
        print_json({"file": str(file), "run": run.hash, "parameters": run.shape.parameters})
        return
    typer.echo(f"wrote {file}: {run.shape.parameters:,} parameters, run {run.hash[:12]}")
    typer.echo(f"mine with: taonet miner --run {file} --store FOLDER --netuid N")


@training.command()
def corpus(
    texts: Annotated[list[Path], typer.Argument(help="Text files in UTF-8, each a document.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")],
    vocabulary: Annotated[
        str, typer.Option(help="A vocabulary that comes along.")
    ] = "english-4096",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a corpus of your own text."""
    from taonet.subnets.training.recipes import own
    from taonet.subnets.training.vocabulary import Vocabulary

    try:
        manifest = own(texts, folder, Vocabulary.frozen(vocabulary), name=folder.name)
    except (ValueError, OSError) as error:
        fail(f"{type(error).__name__}: {error}")
    if json:
        print_json({"folder": str(folder), "corpus": manifest.hash, "tokens": manifest.tokens})
        return
    typer.echo(f"{manifest.tokens:,} tokens in {folder}, corpus {manifest.hash[:12]}")
