"""`taonet node` and `taonet localnet`: a chain without neurons."""

import asyncio
import gc
from pathlib import Path
from typing import Annotated

import typer

from taonet.cli.event_loop import run_until_signal
from taonet.cli.output import configure_logging, fail
from taonet.frame.config import (
    ClientProfile,
    EmissionSplit,
    EpochVariant,
    RegistrationPrice,
    RuntimeConfig,
    Timing,
)
from taonet.node.chain import BlockImported
from taonet.node.config import NodeConfig, Sealing
from taonet.node.drand import OFF, BadEndpoints, parse_endpoints
from taonet.node.service import running

LOCALNET_PORTS = (9944, 9945)
"""The reference's local network has two nodes; both ports lead to this one."""

NODE_KEEP_BLOCKS = 256

VERIFIERS_MAX = 64
"""More than one node's other work could feed."""


Drand = Annotated[
    str,
    typer.Option(
        help="Who is asked for drand's pulses, which reveal timelocked weights: off, public, "
        "or URLs with commas between them."
    ),
]


async def _serve(config: NodeConfig) -> None:
    async with running(config):
        gc.freeze()
        await asyncio.Event().wait()


def node(
    folder: Annotated[
        Path | None, typer.Option(help="Where the chain is kept; without it, in memory.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port of WebSocket and HTTP.")] = 9944,
    block_time: Annotated[
        float | None, typer.Option(help="Seconds between blocks; the declared slot by default.")
    ] = None,
    sealing: Annotated[Sealing, typer.Option(help="When a block is made.")] = Sealing.INTERVAL,
    timing: Annotated[
        Timing, typer.Option(help="Constants of the real chain, or of a fast local network.")
    ] = Timing.FAST,
    profile: Annotated[
        ClientProfile, typer.Option(help="The generation of clients to please.")
    ] = ClientProfile.SDK11,
    emission_split: Annotated[
        EmissionSplit, typer.Option(help="How genesis lets TAO be split among subnets.")
    ] = EmissionSplit.PRICE_BURN,
    epoch_variant: Annotated[
        EpochVariant, typer.Option(help="Which consensus genesis lets epochs run.")
    ] = EpochVariant.SUBNET_CHOICE,
    registration_price: Annotated[
        RegistrationPrice, typer.Option(help="How genesis lets prices of registrations move.")
    ] = RegistrationPrice.CONTINUOUS,
    drand: Drand = OFF,
    verifiers: Annotated[
        int,
        typer.Option(
            min=0,
            max=VERIFIERS_MAX,
            help="Processes that verify signatures; 0 verifies in the node's own, which is enough "
            "for some thousand transactions a second.",
        ),
    ] = 0,
    dev: Annotated[bool, typer.Option("--dev", help="Offer dev methods; keep all states.")] = False,
    archive: Annotated[bool, typer.Option("--archive", help="Keep all states.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say more on stderr.")] = False,
) -> None:
    """Run a chain alone."""
    configure_logging(verbose=verbose)
    if dev and host not in ("127.0.0.1", "localhost", "::1"):
        fail(f"dev methods are for loopback only, not {host}; leave out --dev or --host", code=2)
    config = NodeConfig(
        folder=folder,
        host=host,
        ports=(port,),
        runtime=RuntimeConfig(timing, profile, emission_split, epoch_variant, registration_price),
        sealing=sealing,
        block_time_s=block_time,
        keep_blocks=None if dev or archive else NODE_KEEP_BLOCKS,
        verifiers=verifiers,
        dev=dev,
        chain_type="Development" if dev else "Local",
        drand=_endpoints(drand),
    )
    run_until_signal(_serve(config))


def _endpoints(text: str) -> tuple[str, ...]:
    try:
        return parse_endpoints(text)
    except BadEndpoints as error:
        fail(f"--drand: {error}", code=2)


async def _localnet(config: NodeConfig) -> None:
    async with running(config) as started:
        gc.freeze()

        def announce(block: BlockImported) -> None:
            typer.echo(f"Imported #{block.header.number}")
            stop()

        stop = started.chain.listen(announce)
        await asyncio.Event().wait()


def localnet(
    fast_blocks: Annotated[
        str, typer.Argument(help="True: fast constants, 250 ms blocks. False: 12 seconds.")
    ] = "True",
    block_time: Annotated[
        float | None, typer.Option(help="Seconds between blocks, apart from the declared slot.")
    ] = None,
    profile: Annotated[
        ClientProfile, typer.Option(help="The generation of clients to please.")
    ] = ClientProfile.SDK11,
    drand: Drand = OFF,
) -> None:
    """Run a throw-away chain at ports 9944 and 9945, as the reference's localnet.sh does."""
    choices = {"true": Timing.FAST, "false": Timing.REAL}
    if fast_blocks.lower() not in choices:
        fail(f"say True (fast blocks) or False (12 seconds), not {fast_blocks!r}", code=2)
    configure_logging(quiet=True)
    config = NodeConfig(
        ports=LOCALNET_PORTS,
        runtime=RuntimeConfig(timing=choices[fast_blocks.lower()], client_profile=profile),
        block_time_s=block_time,
        drand=_endpoints(drand),
    )
    run_until_signal(_localnet(config))
