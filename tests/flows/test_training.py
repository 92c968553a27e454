"""
A run on a real node: miners and a validator in processes of their own make a model together.

The tests of this module share one network and follow each other: it learns, is killed in parts,
goes on, and a newcomer computes its model from chain and blob store alone.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bittensor as bt
import pytest
from openai import NotFoundError, OpenAI

from taonet.cli.up.founding import Founder, connected
from taonet.cli.up.plan import Participant, SubnetPlan
from taonet.cli.up.wallets import make_wallets
from taonet.neuron.sdk_chain import SdkChain
from taonet.primitives.units import NetUid
from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.llama.learning import evaluated
from taonet.subnets.text_generation.language_model import Request
from taonet.subnets.text_generation.llama_server import LlamaServer
from taonet.subnets.text_generation.tokenizer import Tokenizer
from taonet.subnets.training.announcement import newest_record
from taonet.subnets.training.blob_store import FileStore
from taonet.subnets.training.checkpoint import Checkpoint, caught_up, weights_hash
from taonet.subnets.training.process import TrainingConfig, loaded
from taonet.subnets.training.run import Run
from tests.flows.node_process import free_port, node_process

pytestmark = pytest.mark.model

BLOCK_S = 0.5
WINDOW_BLOCKS = 30
TEMPO_BLOCKS = 10
START_S_MAX = 240.0
WINDOWS_S_MAX = 180.0
POLL_S = 0.5
TEXT = SubnetPlan(
    "text generation",
    TEMPO_BLOCKS,
    (Participant("text-miner", 100),),
    Participant("text-owner", 20_000),
    Participant("text-validator", 20_000),
)
MINERS = (Participant("miner-1", 100), Participant("miner-2", 100))
NEW = ("--preset", "nano", "--steps", "8", "--rows", "4", "--length", "64")


class Network:
    """The network in one folder, reached as a person reaches it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.plan = SubnetPlan("training", TEMPO_BLOCKS, MINERS)
        self.wallets = make_wallets(folder / "wallets", self.plan.everyone)
        self.netuid = asyncio.run(self._found())
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.taonet("training", "new", "run.json", "--window", str(WINDOW_BLOCKS), *NEW)

    async def _found(self) -> int:
        async with connected(self.url) as client:
            return await Founder(client, self.plan, self.wallets, lambda _: None).found()

    @property
    def run(self) -> Run:
        return Run.read(self.folder / "run.json")

    def hotkey(self, name: str) -> str:
        return str(self.wallets[name].hotkey.ss58_address)

    def taonet(self, *words: str) -> str:
        """What a command prints."""
        command = [sys.executable, "-m", "taonet.cli.main", *words]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, name: str) -> None:
        """A neuron; its threads stay few, since the machine is shared."""
        role = name.split("-")[0]
        place = ["--run", "run.json", "--store", "blobs"]
        self.spawn(name, role, "--netuid", str(self.netuid), *self.seat(name), *place)

    def seat(self, name: str) -> list[str]:
        """Who a process is, and where the chain is."""
        wallet = ["--wallet-path", "wallets", "--wallet-name", name, "--state-folder", name]
        return ["--chain-url", self.url, *wallet]

    def spawn(self, name: str, *words: str) -> None:
        """A command that goes on."""
        command = [sys.executable, "-m", "taonet.cli.main", *words]
        flags = "--xla_cpu_multi_thread_eigen=false"
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, "XLA_FLAGS": flags, "OMP_NUM_THREADS": "1"},
            )

    def kill(self, name: str) -> None:
        """As a power cut would."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)

    def figures(self, name: str) -> dict[str, Any]:
        """What a neuron says of itself."""
        path = self.folder / name / "status.json"
        return dict(json.loads(path.read_bytes())["figures"]) if path.exists() else {}

    def until(self, holds: Callable[[], bool], limit_s: float) -> None:
        """Return once it holds."""
        deadline = time.monotonic() + limit_s
        while not holds():
            ended = [name for name, each in self.processes.items() if each.poll() is not None]
            assert not ended, self.logs()
            assert time.monotonic() < deadline, self.logs()
            time.sleep(POLL_S)

    def logs(self) -> str:
        """The end of every log."""
        logs = sorted(self.folder.glob("*.log"))
        return "".join(f"\n--- {log.name}\n{log.read_text()[-2500:]}" for log in logs)

    def averaged(self) -> int:
        """Windows whose records hold an update of each miner."""
        return self.folder.joinpath("validator.log").read_text().count("averaged=2")

    async def newest(self) -> Checkpoint:
        """The model, from chain and blobs alone."""
        run, store = self.run, FileStore(self.folder / "blobs")
        async with SdkChain(self.url, self.wallets["owner"]) as chain:
            graph = await chain.metagraph(NetUid(self.netuid))
            window = run.phases.window(graph.block)
            assert window is not None
            said = await chain.commitments(NetUid(self.netuid), graph.block)
        head = newest_record(graph, said, window)
        assert head is not None
        return await caught_up(run, store, head.digest)

    async def metagraph(self) -> dict[str, bt.MetagraphNeuron]:
        async with connected(self.url) as client:
            graph = await client.subnets.metagraph(self.netuid, commitments=False)
        assert graph is not None
        return {neuron.hotkey: neuron for neuron in graph.neurons}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("training")
    with node_process("--block-time", str(BLOCK_S)) as node:
        it = Network(folder, f"ws://127.0.0.1:{node.port}")
        for name in ("validator", "miner-1", "miner-2"):
            it.start(name)
        yield it
        for process in it.processes.values():
            process.terminate()
        for process in it.processes.values():
            process.wait(timeout=60)


def test_miners_are_averaged_and_paid(network: Network) -> None:
    network.until(lambda: network.averaged() >= 2, START_S_MAX)
    network.until(lambda: network.figures("validator").get("weights_at") is not None, WINDOWS_S_MAX)
    paid = {network.hotkey(each.name) for each in MINERS}

    def earned() -> bool:
        graph = asyncio.run(network.metagraph())
        return any(graph[hotkey].alpha_stake.rao > 0 for hotkey in paid)

    network.until(earned, WINDOWS_S_MAX)


def test_a_newcomer_has_the_model_from_chain_and_blobs_alone(network: Network) -> None:
    checkpoint = asyncio.run(network.newest())
    assert weights_hash(checkpoint.weights) == checkpoint.record.weights
    run, corpus = loaded(
        TrainingConfig(seat=None, run=network.folder / "run.json", store="")  # type: ignore[arg-type]
    )
    held_out = corpus.held_out(32)
    start = float(evaluated(run.shape.initial(run.seed), held_out, run.shape))
    assert float(evaluated(checkpoint.weights, held_out, run.shape)) < start - 0.02


def released(network: Network) -> dict[str, Any]:
    """The newest checkpoint, released by the subnet's owner."""
    place = ["--netuid", str(network.netuid), "--chain-url", network.url]
    place += ["--wallet-path", "wallets", "--wallet-name", "owner", "--json"]
    said = network.taonet("training", "release", "run.json", "--store", "blobs", *place)
    return dict(json.loads(said))


async def test_what_was_trained_answers(network: Network) -> None:
    first = await asyncio.to_thread(released, network)
    assert (first["number"], first["loss"] < 6.9) == (0, True)
    seen = network.averaged()
    await asyncio.to_thread(network.until, lambda: network.averaged() > seen, WINDOWS_S_MAX)
    second = await asyncio.to_thread(released, network)
    assert (second["number"], second["gguf"] != first["gguf"]) == (1, True)
    chain = ["--netuid", str(network.netuid), "--chain-url", network.url]
    path = network.taonet("training", "fetch", "--store", "blobs", *chain).strip()
    assert path == f"{second['gguf']}.gguf"

    file = GgufFile.open(network.folder / path)
    tokenizer = Tokenizer.from_gguf(file)
    prompt = tuple(tokenizer.encode("And the LORD said unto"))
    async with LlamaServer.running(file.path, tokenizer, context=128, slots=1) as server:
        request = Request(prompt, max_tokens=12, temperature=0.0, top_p=1.0, seed=1)
        answer = "".join([chunk.text async for chunk in server.generate(request)])
    assert answer.strip()

    owner = ["--wallet-path", "wallets", "--wallet-name", "owner"]
    network.taonet("training", "rollback", "0", *chain, *owner)
    path = network.taonet("training", "fetch", "--store", "blobs", *chain).strip()
    assert path == f"{first['gguf']}.gguf"


class Asked:
    """A text subnet of one miner and a gateway that follow what is released, and their client."""

    def __init__(self, network: Network, gguf: str) -> None:
        self._network = network
        wallets = make_wallets(network.folder / "wallets", TEXT.everyone)
        netuid = str(asyncio.run(self._found(wallets)))
        port, releases = str(free_port()), ["--releases", str(network.netuid)]
        self._key = network.folder / "text-owner" / "api_key"
        self._url = f"http://127.0.0.1:{port}/v1"
        own = [*network.seat("text-miner"), "--model", gguf, "--port", str(free_port())]
        store = ["--store", "blobs"]
        network.spawn("text-miner", "miner", "--netuid", netuid, *own, *releases, *store)
        owner = [*network.seat("text-owner"), "--port", port, "--model", gguf.split(".")[0]]
        network.spawn("gateway", "gateway", "--netuid", netuid, *owner, *releases)

    async def _found(self, wallets: dict[str, bt.Wallet]) -> int:
        async with connected(self._network.url) as client:
            return await Founder(client, TEXT, wallets, lambda _: None).found()

    def serves(self, model: str) -> None:
        """Return once miner and gateway serve `model`."""
        network = self._network
        network.until(lambda: network.figures("text-miner").get("release") == model, START_S_MAX)
        network.until(lambda: model in network.figures("text-owner").get("models", []), START_S_MAX)

    def answer(self, model: str) -> str:
        """What a person is told by that model."""
        key = self._key.read_text().strip()
        with OpenAI(base_url=self._url, api_key=key, timeout=60, max_retries=3) as client:
            said = client.completions.create(
                model=model, prompt="And the LORD said unto", max_tokens=12, temperature=0.0
            )
        assert said.model == model
        return said.choices[0].text


def test_the_gateway_answers_by_what_was_trained_and_by_what_is_chosen(network: Network) -> None:
    place = ["--netuid", str(network.netuid), "--chain-url", network.url]
    owner = ["--wallet-path", "wallets", "--wallet-name", "owner", "--json"]

    def chosen(number: int) -> tuple[str, str]:
        said = json.loads(network.taonet("training", "rollback", str(number), *place, *owner))
        return f"llama:{said['window']}", f"{said['gguf']}.gguf"

    (old, file), (new, _) = chosen(0), chosen(1)
    asked = Asked(network, file)
    asked.serves(new)
    assert asked.answer(new)
    assert chosen(0)[0] == old
    asked.serves(old)
    first = asked.answer(old)
    # The text miner's own model is that release's file.
    assert first == asked.answer(file.removesuffix(".gguf"))
    with pytest.raises(NotFoundError):
        asked.answer(new)
    for name in ("gateway", "text-miner"):
        network.kill(name)


@pytest.mark.parametrize("name", ["miner-1", "validator"])
def test_a_killed_neuron_goes_on_where_it_was(network: Network, name: str) -> None:
    before = network.averaged()
    network.kill(name)
    network.start(name)
    network.until(lambda: network.averaged() >= before + 1, START_S_MAX)
    checkpoint = asyncio.run(network.newest())
    assert weights_hash(checkpoint.weights) == checkpoint.record.weights


def test_why_a_miner_is_paid_is_told(network: Network) -> None:
    reasons = network.figures("validator")["verdicts"]
    parts = reasons[network.hotkey("miner-2")]
    assert {"rating", "diligence", "sync", "presence", "worth"} <= set(parts)
