"""`taonet miner` and `taonet validator`: a subnet's two roles as processes."""

import enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taonet.cli.output import fail
from taonet.neuron.authored import run_authored_miner, run_authored_validator
from taonet.neuron.chain import PORT_MAX
from taonet.neuron.process import NETUID_MAX, Address, Seat, run
from taonet.neuron.validator_loop import Pace
from taonet.subnets.text_generation.catalogue import DEFAULT_MODEL

if TYPE_CHECKING:
    from taonet.subnets.training.process import TrainingConfig

ChainUrl = Annotated[str, typer.Option(help="The chain's WebSocket.")]
NetUidOption = Annotated[int, typer.Option(min=0, max=NETUID_MAX, help="The subnet's number.")]
WalletPath = Annotated[Path, typer.Option(help="The folder that holds wallets.")]
WalletName = Annotated[str, typer.Option(help="The wallet's name.")]
HotkeyName = Annotated[str, typer.Option(help="The hotkey's name in the wallet.")]
StateFolder = Annotated[Path | None, typer.Option(help="Where scores, outbox and status are kept.")]
ModelOption = Annotated[str, typer.Option(help="A model of the catalogue, or a GGUF file.")]

RunFile = Annotated[
    Path | None, typer.Option("--run", help="The file of a training run, to take part in it.")
]
StorePlace = Annotated[
    str, typer.Option("--store", help="The run's blobs: a folder, or s3://bucket/…?endpoint=….")
]
CorpusPlace = Annotated[
    str, typer.Option("--corpus", help="The run's corpus: a recipe, or a folder.")
]

ReleasesOption = Annotated[
    int | None,
    typer.Option(min=0, max=NETUID_MAX, help="The training subnet whose release is served too."),
]

CHAIN_URL = "ws://127.0.0.1:9944"
WALLETS = Path("~/.bittensor/wallets")


class Cheat(enum.Enum):
    """Ways to cheat, for showing that they do not pay."""

    QUANTISED = "quantised"
    CANNED = "canned"


SubnetFile = Annotated[
    Path | None, typer.Argument(help="A subnet of your own; text generation without one.")
]


def miner(
    netuid: NetUidOption,
    subnet: SubnetFile = None,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    state_folder: StateFolder = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=PORT_MAX, help="The port to listen at.")] = 8091,
    public_ip: Annotated[
        str | None, typer.Option(help="The address to show on chain, if another.")
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    backend_url: Annotated[
        str | None, typer.Option(help="An OpenAI-compatible server that runs the model.")
    ] = None,
    backend_model: Annotated[str, typer.Option(help="The model's name there.")] = "",
    backend_key: Annotated[
        str, typer.Option(help="The API key there.", envvar="TAONET_BACKEND_KEY")
    ] = "",
    cheat: Annotated[Cheat | None, typer.Option(help="Cheat, to see what it pays.")] = None,
    releases: ReleasesOption = None,
    training_run: RunFile = None,
    store: StorePlace = "",
    corpus: CorpusPlace = "king-james",
) -> None:
    """Serve a subnet's queries."""
    seat = Seat(chain_url, netuid, wallet_name, wallet_hotkey, wallet_path, state_folder)
    try:
        address = Address(host, port, public_ip)
    except ValueError as error:
        fail(f"{error}: name it with --public-ip", code=2)
    if releases is not None and not store:
        fail("releases lie in a store: name it with --store", code=2)
    if subnet is not None:
        raise typer.Exit(run(run_authored_miner(subnet, seat, address)))
    if training_run is not None:
        from taonet.subnets.training.process import run_training_miner

        raise typer.Exit(run(run_training_miner(_training(seat, training_run, store, corpus))))
    # It brings the libraries that run models; an author's subnet does without them.
    from taonet.subnets.text_generation.process import MinerConfig, run_miner

    config = MinerConfig(
        seat=seat,
        address=address,
        model=model,
        backend_url=backend_url,
        backend_model=backend_model,
        backend_key=backend_key,
        cheat=None if cheat is None else cheat.value,
        releases=releases,
        store=store,
    )
    raise typer.Exit(run(run_miner(config)))


def validator(
    netuid: NetUidOption,
    subnet: SubnetFile = None,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    state_folder: StateFolder = None,
    model: ModelOption = DEFAULT_MODEL,
    pause: Annotated[float, typer.Option(help="Seconds between rounds.")] = Pace().pause_s,
    training_run: RunFile = None,
    store: StorePlace = "",
    corpus: CorpusPlace = "king-james",
) -> None:
    """Judge a subnet's miners and set weights."""
    seat = Seat(chain_url, netuid, wallet_name, wallet_hotkey, wallet_path, state_folder)
    pace = Pace(pause_s=pause)
    if subnet is not None:
        raise typer.Exit(run(run_authored_validator(subnet, seat, pace)))
    if training_run is not None:
        from taonet.subnets.training.process import run_training_validator

        raise typer.Exit(run(run_training_validator(_training(seat, training_run, store, corpus))))
    from taonet.subnets.text_generation.process import ValidatorConfig, run_validator

    raise typer.Exit(run(run_validator(ValidatorConfig(seat=seat, model=model, pace=pace))))


def _training(seat: Seat, run_file: Path, store: str, corpus: str) -> "TrainingConfig":
    from taonet.subnets.training.process import TrainingConfig

    if not store:
        fail("a run needs the place of its blobs: name it with --store", code=2)
    return TrainingConfig(seat, run_file, store, corpus)
