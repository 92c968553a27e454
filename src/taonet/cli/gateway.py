"""`taonet gateway`: OpenAI's API over a subnet's miners."""

from pathlib import Path
from typing import Annotated

import typer

from taonet.cli.neuron import (
    CHAIN_URL,
    WALLETS,
    ChainUrl,
    HotkeyName,
    ReleasesOption,
    WalletName,
    WalletPath,
)
from taonet.gateway.service import GatewayConfig, run_gateway
from taonet.neuron.process import run
from taonet.subnets.text_generation.catalogue import DEFAULT_MODEL


def gateway(
    netuid: Annotated[int, typer.Option(help="The subnet's number.")],
    state_folder: Annotated[Path, typer.Option(help="Where keys and receipts are kept.")],
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    host: Annotated[str, typer.Option(help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to serve at.")] = 8080,
    model: Annotated[str, typer.Option(help="The model that the miners serve.")] = DEFAULT_MODEL,
    releases: ReleasesOption = None,
    allow_any_key: Annotated[
        bool, typer.Option("--allow-any-key", help="Serve callers without a key too.")
    ] = False,
) -> None:
    """Serve people from a subnet's miners."""
    config = GatewayConfig(
        state_folder=state_folder,
        chain_url=chain_url,
        netuid=netuid,
        model=model,
        wallet_folder=wallet_path,
        wallet_name=wallet_name,
        wallet_hotkey=wallet_hotkey,
        host=host,
        port=port,
        allow_any_key=allow_any_key,
        releases=releases,
    )
    raise typer.Exit(run(run_gateway(config)))
