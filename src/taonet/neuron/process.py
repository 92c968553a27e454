"""
A miner or a validator as a process of its own: wallet, chain, state folder, signals, logs.

The command line builds the frozen values of this module once and calls `serve` or `judge` within
`run`. A state folder belongs to one process at a time; it holds `status.json`, and a validator's
`scores.sqlite` and `outbox.json`.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bittensor as bt
import structlog

from taonet.neuron.admission import Admission, Rate
from taonet.neuron.axon import Axon
from taonet.neuron.dendrite import Dendrite
from taonet.neuron.errors import NeuronError
from taonet.neuron.miner_loop import MinerLoop
from taonet.neuron.score_book import HALF_LIFE_ROUNDS, ScoreBook
from taonet.neuron.sdk_chain import SdkChain
from taonet.neuron.signing import Keypair
from taonet.neuron.status import Status, StatusFile
from taonet.neuron.subnet import AnyMiner, Subnet, Validator
from taonet.neuron.validator_loop import Pace, Place, ValidatorLoop
from taonet.neuron.weight_setter import WeightSetter
from taonet.primitives.units import NetUid

NETUID_MAX = 65_535


class WalletMissing(NeuronError):
    """There is no such hotkey on this machine; the text says where it was looked for."""


@dataclass(frozen=True)
class Seat:
    """Who one is, and on which subnet of which chain; what is to be remembered, and where."""

    chain_url: str = "ws://127.0.0.1:9944"
    netuid: int = 1
    wallet_name: str = "default"
    wallet_hotkey: str = "default"
    wallet_path: Path = Path("~/.bittensor/wallets")
    state_folder: Path | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.netuid <= NETUID_MAX:
            raise ValueError(f"a netuid lies within 0 and {NETUID_MAX}, not {self.netuid}")

    def wallet(self) -> bt.Wallet:
        """The wallet with its hotkey readable; raises `WalletMissing`."""
        wallet = bt.Wallet(
            self.wallet_name, self.wallet_hotkey, path=str(self.wallet_path.expanduser())
        )
        path = self.wallet_path.expanduser() / self.wallet_name / "hotkeys" / self.wallet_hotkey
        if not path.is_file():
            raise WalletMissing(f"there is no hotkey at {path}; make one with btcli wallet create")
        return wallet

    def state(self, name: str) -> Path | None:
        """The state file of that name."""
        return None if self.state_folder is None else self.state_folder / name


@dataclass(frozen=True)
class Address:
    """Where an axon listens; `public_ip` is what the chain shows, `host` unless said otherwise."""

    host: str = "127.0.0.1"
    port: int = 8091
    public_ip: str | None = None

    def __post_init__(self) -> None:
        if self.public_ip is None and self.host in ("0.0.0.0", "::"):  # noqa: S104
            raise ValueError(
                f"an axon that listens on {self.host} has to be told its public address"
            )


@contextmanager
def reported(role: str, name: str, seat: Seat, hotkey: str) -> Iterator[StatusFile]:
    """Keep `status.json` within the block: stopped at its end, failed with the reason."""
    status = StatusFile(seat.state("status.json"), Status(role, name, seat.netuid, hotkey))
    status.phase("starting")
    try:
        yield status
    except asyncio.CancelledError:
        status.phase("stopped")
        raise
    except Exception as error:
        status.phase("failed", message=f"{type(error).__name__}: {error}")
        raise
    status.phase("stopped")


async def serve(
    subnet: Subnet[Any, Any],
    miner: AnyMiner,
    seat: Seat,
    address: Address,
    *,
    status: StatusFile | None = None,
    rate: Rate | None = None,
    stake_rao_min: int = 0,
) -> None:
    """Mine until cancelled; raises `WalletMissing`, or `OSError` when the port is taken."""
    wallet = seat.wallet()
    async with SdkChain(seat.chain_url, wallet) as chain:
        loop = asyncio.get_running_loop()
        admission = Admission(now_s=loop.time, rate=rate, stake_rao_min=stake_rao_min)
        axon = Axon(subnet, miner, hotkey=chain.hotkey, admission=admission)
        netuid = NetUid(seat.netuid)
        miner_loop = MinerLoop(axon, chain=chain, netuid=netuid, admission=admission, status=status)
        await miner_loop.run(address.host, address.port, public_ip=address.public_ip)


async def judge(
    subnet: Subnet[Any, Any],
    validator: Validator[Any, Any],
    seat: Seat,
    *,
    pace: Pace | None = None,
    status: StatusFile | None = None,
    half_life_rounds: float = HALF_LIFE_ROUNDS,
) -> None:
    """Validate until cancelled; raises `WalletMissing` or `StateUnreadable`."""
    wallet = seat.wallet()
    scores = seat.state("scores.sqlite")
    keypair: Keypair = wallet.hotkey
    async with SdkChain(seat.chain_url, wallet) as chain, Dendrite(keypair) as dendrite:
        with ScoreBook.open(scores, half_life_rounds=half_life_rounds) as book:
            loop = ValidatorLoop(
                subnet,
                validator,
                Place(chain, NetUid(seat.netuid), dendrite),
                book=book,
                setter=WeightSetter(chain, seat.state("outbox.json")),
                pace=pace,
                status=status,
            )
            await loop.run()


def run(main: Coroutine[Any, Any, None]) -> int:
    """
    Run `main` until it ends or the process is told to stop; the exit status.

    SIGINT and SIGTERM cancel it, and it cleans up: that is success. Errors that have a name are
    logged in one line, others with their traceback.
    """
    configure_logs()
    try:
        asyncio.run(_until_stopped(main))
    except (NeuronError, OSError, ValueError) as error:
        structlog.get_logger("taonet.process").error(
            "stopped_by_error", reason=f"{type(error).__name__}: {error}"
        )
        return 1
    return 0


async def _until_stopped(main: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(main)
    async with _stopping(task):
        await asyncio.wait([task])
    if not task.cancelled():
        task.result()


@asynccontextmanager
async def _stopping(task: "asyncio.Future[None]") -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, task.cancel)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def configure_logs(level: int = logging.INFO) -> None:
    """Events as lines on standard error; standard output is for results."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up at each line: standard error may be another file by then.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
