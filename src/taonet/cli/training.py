"""`taonet training`: what a run begins with, and what becomes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from taonet.cli.neuron import (
    CHAIN_URL,
    WALLETS,
    ChainUrl,
    CorpusPlace,
    HotkeyName,
    NetUidOption,
    StorePlace,
    WalletName,
    WalletPath,
)
from taonet.cli.output import fail, print_json
from taonet.neuron.errors import NeuronError
from taonet.neuron.process import Seat, configure_logs, run
from taonet.neuron.releases import Release, current
from taonet.neuron.sdk_chain import SdkChain

T = TypeVar("T")

training = typer.Typer(no_args_is_help=True, help="Begin a training run, and release its model.")


@training.callback()
def _training() -> None:
    """Begin a training run, and release its model."""


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


@training.command()
def release(
    file: Annotated[Path, typer.Argument(help="The run's file.")],
    netuid: NetUidOption,
    store: StorePlace,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    corpus: CorpusPlace = "king-james",
    every: Annotated[
        int | None, typer.Option(min=1, help="Go on, and release after so many windows each.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Release the run's newest checkpoint, to be served; for the subnet's owner."""
    from taonet.subnets.training.process import TrainingConfig, keep_releasing
    from taonet.subnets.training.process import release as released

    seat = Seat(chain_url, netuid, wallet_name, wallet_hotkey, wallet_path)
    config = TrainingConfig(seat, file, store, corpus)
    if every is not None:
        raise typer.Exit(run(keep_releasing(config, every)))
    _say(_done(lambda: released(config)), json=json)


@training.command()
def rollback(
    number: Annotated[int, typer.Argument(min=0, help="The release to go back to.")],
    netuid: NetUidOption,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Have another release served; for the subnet's owner."""
    from taonet.subnets.training.release import choose

    seat = Seat(chain_url, netuid, wallet_name, wallet_hotkey, wallet_path)

    async def chosen() -> Release:
        async with SdkChain(chain_url, seat.wallet()) as chain:
            await choose(chain, netuid, number)
            return await current(chain, netuid)

    _say(_done(chosen), json=json)


@training.command()
def fetch(
    netuid: NetUidOption,
    store: StorePlace,
    folder: Annotated[Path, typer.Option(help="Where to put the model.")] = Path(),
    chain_url: ChainUrl = CHAIN_URL,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Get the model that a subnet has released, as a GGUF file."""
    from bittensor.sp_core import Keypair

    from taonet.subnets.training.blob_store import store_at
    from taonet.subnets.training.release import fetched

    async def found() -> Path:
        # Reading needs no wallet.
        async with SdkChain(chain_url, Keypair.create_from_uri("//Reader")) as chain:
            return await fetched(await current(chain, netuid), store_at(store), folder)

    path = _done(found)
    if json:
        print_json({"file": str(path)})
        return
    typer.echo(str(path))


def _done(act: Callable[[], Awaitable[T]]) -> T:
    """What `act` comes to; errors with a name end the command in one line."""

    async def acted() -> T:
        return await act()

    configure_logs()
    try:
        return asyncio.run(acted())
    except (NeuronError, RuntimeError, ValueError, OSError) as error:
        fail(f"{type(error).__name__}: {error}")


def _say(done: Release, *, json: bool) -> None:
    if json:
        print_json(asdict(done))
        return
    typer.echo(
        f"release {done.number}: the model after window {done.window}, loss {done.loss:.4f}, "
        f"file {done.gguf}"
    )
