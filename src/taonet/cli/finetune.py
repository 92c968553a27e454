"""`taonet finetune`: the market for adapters, from a person's dataset to a model that serves."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import bittensor as bt
import numpy as np
import typer
from bittensor.sp_core import Keypair
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from taonet.cli.finetune_network import MINERS_MAX, MarketPlan, run_market
from taonet.cli.neuron import (
    CHAIN_URL,
    WALLETS,
    ChainUrl,
    HotkeyName,
    NetUidOption,
    StateFolder,
    WalletName,
    WalletPath,
)
from taonet.cli.output import console, fail, notices, print_json, print_table, tao
from taonet.cli.up.founding import FoundingFailed
from taonet.neuron.errors import NeuronError
from taonet.neuron.process import Seat, run
from taonet.neuron.sdk_chain import SdkChain
from taonet.subnets.fine_tuning.base_model import loaded
from taonet.subnets.fine_tuning.judgement import METRICS
from taonet.subnets.fine_tuning.lora import merged
from taonet.subnets.fine_tuning.market import Job, Market, Submission, Windows
from taonet.subnets.fine_tuning.poster import KEYS, Order, post, watch, winning
from taonet.subnets.fine_tuning.process import MarketConfig, run_miner, run_validator
from taonet.subnets.llama import gguf_export
from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.text_generation.catalogue import DEFAULT_MODEL
from taonet.subnets.training.blob_store import BlobError, store_at

T = TypeVar("T")
BLOBS = "~/.taonet/blobs"
DATASET_HELP = "JSON lines: `messages`, `prompt` and `completion`, or `chosen` and `rejected`."
Blobs = Annotated[str, typer.Option(help="Where blobs lie: a folder or s3://bucket/prefix?…")]
JobNumber = Annotated[int, typer.Argument(help="The job's number.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]

finetune = typer.Typer(no_args_is_help=True, help="Have a model fine-tuned, or earn by doing it.")


@finetune.command(name="post")
def post_job(
    dataset: Annotated[Path, typer.Argument(help=DATASET_HELP)],
    netuid: NetUidOption,
    budget: Annotated[float, typer.Option(min=0.0, help="TAO that the best share.")],
    model: Annotated[
        str, typer.Option(help="A model of the catalogue, gguf:<sha256>, or a GGUF file.")
    ] = DEFAULT_MODEL,
    metric: Annotated[str, typer.Option(help=", ".join(METRICS))] = METRICS[0],
    training_blocks: Annotated[int, typer.Option(help="Blocks for training.")] = 300,
    revealing_blocks: Annotated[int, typer.Option(help="Blocks for showing adapters.")] = 50,
    judging_blocks: Annotated[int, typer.Option(help="Blocks for judging them.")] = 100,
    rank: Annotated[int, typer.Option(help="The highest rank of an adapter.")] = 32,
    megabytes: Annotated[int, typer.Option(help="The largest size of an adapter.")] = 64,
    blobs: Blobs = BLOBS,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Stay until it is settled.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Post a job, and stay until it is settled: the hidden test has to be opened in between."""
    order = Order(
        netuid=netuid,
        base_model=model,
        metric=metric,
        budget_rao=round(budget * 10**9),
        windows=Windows(training_blocks, revealing_blocks, judging_blocks),
        rank_max=rank,
        file_bytes_max=megabytes << 20,
    )
    wallet = bt.Wallet(wallet_name, wallet_hotkey, path=str(wallet_path.expanduser()))

    async def work() -> Job:
        async with SdkChain(chain_url, wallet) as chain:
            market = Market(chain)
            raw = await asyncio.to_thread(dataset.read_bytes)
            posted = await post(market, store_at(blobs), raw, order)
            parts = posted.parts
            notices.print(
                f"job {posted.number}: {len(parts.train)} examples to learn from, "
                f"{len(parts.validation)} to try on, {len(parts.test)} hidden"
            )
            if not wait:
                notices.print(f"open its test later with: taonet finetune watch {posted.number}")
                return await market.job(posted.number)
            return await _watched(chain, market, posted.number)

    _show(_done(work()), (), as_json=as_json)


@finetune.command(name="watch")
def watch_job(
    job: JobNumber,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    as_json: AsJson = False,
) -> None:
    """Go on with a job of yours that was posted before: open its test, settle it."""
    wallet = bt.Wallet(wallet_name, wallet_hotkey, path=str(wallet_path.expanduser()))

    async def work() -> Job:
        async with SdkChain(chain_url, wallet) as chain:
            return await _watched(chain, Market(chain), job)

    _show(_done(work()), (), as_json=as_json)


@finetune.command(name="list")
def list_jobs(
    netuid: Annotated[int | None, typer.Option(help="Of this subnet only.")] = None,
    chain_url: ChainUrl = CHAIN_URL,
    as_json: AsJson = False,
) -> None:
    """Say which jobs there are, the newest first."""

    async def work() -> tuple[int, list[Job]]:
        async with _reading(chain_url) as market:
            return await market.block(), await market.jobs(netuid)

    block, jobs = _done(work())
    if as_json:
        print_json([_plain(job, block) for job in jobs])
        return
    rows = [
        [
            str(job.number),
            str(job.netuid),
            job.phase(block),
            f"τ {tao(job.budget_rao)}",
            job.terms.metric,
            job.terms.base_model,
        ]
        for job in jobs
    ]
    print_table("Jobs", ["job", "subnet", "phase", "budget", "metric", "model"], rows)


@finetune.command(name="show")
def show_job(job: JobNumber, chain_url: ChainUrl = CHAIN_URL, as_json: AsJson = False) -> None:
    """Say how a job stands: who works on it, and who won."""

    async def work() -> tuple[Job, list[Submission]]:
        async with _reading(chain_url) as market:
            return await market.job(job), await market.submissions(job)

    _show(*_done(work()), as_json=as_json)


@finetune.command(name="fetch")
def fetch_adapter(
    job: JobNumber,
    folder: Annotated[Path, typer.Argument(help="Where the adapter's two files go.")],
    place: Annotated[int, typer.Option(min=1, max=3, help="1 for the best.")] = 1,
    gguf: Annotated[
        Path | None, typer.Option(help="Write the model with the adapter merged in, to serve it.")
    ] = None,
    blobs: Blobs = BLOBS,
    chain_url: ChainUrl = CHAIN_URL,
) -> None:
    """Fetch a winner's adapter, as PEFT reads it, and the model with it as a GGUF file."""

    async def work() -> None:
        async with _reading(chain_url) as market:
            posted = await market.job(job)
        store = store_at(blobs)
        base = await loaded(posted.terms.base_model, store)
        files, adapter = await winning(store, posted, base, place - 1)
        files.write(folder)
        if gguf is not None:
            whole = merged(base.weights, adapter.factors, adapter.scale)
            arrays = {name: np.asarray(array, np.float32) for name, array in whole.items()}
            words = gguf_export.Words.of(GgufFile.open(base.file))
            gguf_export.write(gguf, arrays, base.shape, words, name=f"job-{job}", halved=True)

    _done(work())
    console.print(f"{folder}")
    if gguf is not None:
        console.print(f"{gguf}")


@finetune.command(name="miner")
def mine(
    netuid: NetUidOption,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    state_folder: StateFolder = None,
    blobs: Blobs = BLOBS,
) -> None:
    """Learn adapters for jobs, and earn what they win."""
    seat = Seat(chain_url, netuid, wallet_name, wallet_hotkey, wallet_path, state_folder)
    raise typer.Exit(run(run_miner(MarketConfig(seat, blobs))))


@finetune.command(name="validator")
def validate(
    netuid: NetUidOption,
    chain_url: ChainUrl = CHAIN_URL,
    wallet_path: WalletPath = WALLETS,
    wallet_name: WalletName = "default",
    wallet_hotkey: HotkeyName = "default",
    state_folder: StateFolder = None,
    blobs: Blobs = BLOBS,
) -> None:
    """Judge adapters on hidden tests, and settle jobs."""
    seat = Seat(chain_url, netuid, wallet_name, wallet_hotkey, wallet_path, state_folder)
    raise typer.Exit(run(run_validator(MarketConfig(seat, blobs))))


@finetune.command(name="up")
def market_up(
    miners: Annotated[int, typer.Option(min=1, max=MINERS_MAX, help="How many miners.")] = 2,
    chain_url: ChainUrl = CHAIN_URL,
    blobs: Blobs = BLOBS,
) -> None:
    """Found a market on a local chain, and run its validator and miners until Ctrl-C."""
    try:
        status = run(run_market(MarketPlan(chain_url, miners, blobs)))
    except FoundingFailed as error:
        fail(str(error))
    raise typer.Exit(status)


async def _watched(chain: SdkChain, market: Market, number: int) -> Job:
    """The settled job; a bar on stderr shows how far it is."""
    columns = TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()
    with Progress(*columns, console=notices, transient=True) as progress:
        task, last = None, None
        async for block, job in watch(chain, market, number, KEYS):
            if task is None:
                task, start = progress.add_task("", total=max(job.judge_until - block, 1)), block
            submitted = len(await market.submissions(number))
            text = f"{job.phase(block)}, {submitted} submissions"
            progress.update(task, completed=block - start, description=text)
            last = job
    assert last is not None, "a job is watched at least once"
    return last


@asynccontextmanager
async def _reading(chain_url: str) -> AsyncIterator[Market]:
    """The market for who signs nothing."""
    nobody = Keypair.create_from_uri("//Reader")
    async with SdkChain(chain_url, nobody) as chain:
        yield Market(chain)


def _done(work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to; its errors as one line that says what was wrong."""
    try:
        return asyncio.run(work)
    except (NeuronError, BlobError, ValueError, OSError) as error:
        fail(str(error) or type(error).__name__)


def _show(job: Job, submissions: "list[Submission] | tuple[()]", *, as_json: bool) -> None:
    if as_json:
        print_json(_plain(job) | {"submissions": [vars(s) for s in submissions]})
        return
    terms = job.terms
    rows = [
        ["model", terms.base_model],
        ["metric", terms.metric],
        ["budget", f"τ {tao(job.budget_rao)}"],
        ["adapters", f"rank up to {terms.rank_max}, up to {terms.file_bytes_max >> 20} MiB"],
        [
            "blocks",
            f"commit {job.commit_until}, reveal {job.reveal_until}, judge {job.judge_until}",
        ],
        ["hidden test", "sealed" if job.key is None else "open"],
        ["settled", "yes" if job.settled else "no"],
    ]
    print_table(f"Job {job.number} on subnet {job.netuid}", ["", ""], rows)
    if job.winners:
        won = [
            [str(place), f"+{w.gain:.4f}", f"τ {tao(w.reward_rao)}", w.hotkey]
            for place, w in enumerate(job.winners, 1)
        ]
        print_table("Winners", ["place", "gain", "reward", "hotkey"], won)
    elif job.settled:
        console.print("Nobody was paid.")
    if submissions:
        work = [
            [str(s.order), "shown" if s.adapter else "committed", s.hotkey] for s in submissions
        ]
        print_table("Submissions", ["order", "state", "hotkey"], work)


def _plain(job: Job, block: int | None = None) -> dict[str, Any]:
    """The job as JSON has it."""
    plain = {
        "job": job.number,
        "netuid": job.netuid,
        "poster": job.poster,
        "terms": vars(job.terms),
        "budget_rao": job.budget_rao,
        "commit_until": job.commit_until,
        "reveal_until": job.reveal_until,
        "judge_until": job.judge_until,
        "test_open": job.key is not None,
        "settled": job.settled,
        "winners": [vars(winner) for winner in job.winners],
    }
    return plain if block is None else plain | {"phase": job.phase(block)}
