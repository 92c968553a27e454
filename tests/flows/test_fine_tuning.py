"""
A job from a person's dataset to the adapter that won, on a real node with processes of their own.

The dataset and the commands are those of the tutorial; the base model is a tiny one of the person's
own, so that learning takes seconds, and the chain is told to go on once everybody has done its
part.
"""

import asyncio
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taonet.cli.up.founding import Founder, connected
from taonet.cli.up.plan import Participant, SubnetPlan
from taonet.cli.up.wallets import make_wallets
from taonet.subnets.fine_tuning.adapter import CONFIG_FILE, WEIGHTS_FILE
from taonet.subnets.llama import gguf_export
from taonet.subnets.llama.forward import shape_of
from taonet.subnets.llama.gguf_file import GgufFile
from taonet.subnets.training.vocabulary import Vocabulary
from tests.flows.node_process import NodeProcess, node_process
from tests.subnets.fine_tuning.model import SHAPE, weights

pytestmark = pytest.mark.model

BLOCK_S = 0.5
TEMPO_BLOCKS = 10
MINERS = (Participant("miner-1", 100), Participant("miner-2", 100))
BUDGET_RAO = 5 * 10**9
"""The page's."""
JOB_S_MAX = 300.0
POLL_S = 0.5
BLOCKS_AT_ONCE = 100
FEE_RAO_MAX = 10**6
"""What a refused call costs."""
PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "fine-tuning.md"


class Network:
    """The market in one folder, reached as a person reaches it."""

    def __init__(self, folder: Path, node: NodeProcess) -> None:
        self.folder = folder
        self.node = node
        self.url = f"ws://127.0.0.1:{node.port}"
        self.plan = SubnetPlan("fine-tuning", TEMPO_BLOCKS, MINERS)
        self.wallets = make_wallets(folder / "wallets", self.plan.everyone)
        self.netuid = asyncio.run(self._found())
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        flags = "--xla_cpu_multi_thread_eigen=false"
        home = {"HOME": str(folder), "TAONET_CACHE": str(folder / "cache")}
        self.environment = {**os.environ, **home, "XLA_FLAGS": flags, "OMP_NUM_THREADS": "1"}

    async def _found(self) -> int:
        async with connected(self.url) as client:
            return await Founder(client, self.plan, self.wallets, lambda _: None).found()

    def command(self, *words: str, wallet: str | None = None) -> list[str]:
        whole = [sys.executable, "-m", "taonet.cli.main", "finetune", *words]
        whole += ["--chain-url", self.url]
        if wallet is not None:
            whole += ["--wallet-path", "wallets", "--wallet-name", wallet]
        return whole

    def taonet(self, *words: str, wallet: str | None = None, status: int = 0) -> str:
        """Run a command to its end; what it said on stdout, or on stderr where it failed."""
        done = subprocess.run(
            self.command(*words, wallet=wallet),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=JOB_S_MAX,
        )
        assert done.returncode == status, done.stdout + done.stderr + self.logs()
        return done.stderr if status else done.stdout

    def start(self, name: str, *words: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command(*words, wallet=name),
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def neuron(self, name: str) -> None:
        """A miner or the validator."""
        role = name.split("-")[0]
        own = ["--netuid", str(self.netuid), "--blobs", "blobs", "--state-folder", name]
        self.start(name, role, *own)

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)

    def logs(self) -> str:
        logs = sorted(self.folder.glob("*.log"))
        return "".join(f"\n--- {log.name}\n{log.read_text()[-2500:]}" for log in logs)

    def said(self, name: str, words: str) -> None:
        """Return once a process has logged the words."""
        deadline = time.monotonic() + JOB_S_MAX
        while words not in (self.folder / f"{name}.log").read_text():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(POLL_S)

    def shown(self, number: int) -> dict[str, Any]:
        return dict(json.loads(self.taonet("show", str(number), "--json")))

    def skip_to(self, block: int) -> None:
        """Make blocks at once up to one."""
        while (left := block - self.node.head()[0]) > 0:
            self.node.call("dev_newBlock", min(left, BLOCKS_AT_ONCE))

    def free(self, wallet: str) -> int:
        async def read() -> int:
            async with connected(self.url) as client:
                address = self.wallets[wallet].coldkeypub.ss58_address
                return int((await client.balances.get(address)).rao)

        return asyncio.run(read())


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    folder = tmp_path_factory.mktemp("market")
    words = Vocabulary.frozen("english-1024").words
    gguf_export.write(folder / "base.gguf", weights(), SHAPE, words, name="tiny")
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    with node_process("--dev", "--block-time", str(BLOCK_S)) as node:
        made = Network(folder, node)
        yield made
        for name in list(made.processes):
            made.kill(name)


def typed(name: str) -> list[str]:
    """What the page says to type after `taonet finetune`, for one command."""
    lines = [line for line in PAGE.read_text().splitlines() if f"taonet finetune {name} " in line]
    return shlex.split(next(line for line in lines if line.startswith("$ ")))[3:]


def posting(network: Network, *changed: str) -> list[str]:
    """The page's job, for the tiny model; judged by loss, as so little learning is never exact."""
    words = typed("post")
    words = words[: words.index("--wallet-path")]
    own = ("--netuid", str(network.netuid), "--model", "base.gguf", "--blobs", "blobs")
    return [*words, *own, "--metric", "held_out_loss", "--training-blocks", "1500", *changed]


def test_what_cannot_be_posted_is_named_and_costs_a_fee_at_most(network: Network) -> None:
    before = network.free("owner")
    (network.folder / "broken.jsonl").write_text('{"prompt": "a"}\n{\n')
    told = network.taonet("post", "broken.jsonl", *posting(network)[2:], wallet="owner", status=1)
    assert "line 1: `completion` is missing" in told
    assert "line 2: not JSON" in told
    rich = network.taonet(*posting(network), "--budget", "99999999", wallet="owner", status=1)
    assert "BudgetNotCovered" in rich
    unknown = network.taonet(*posting(network), "--model", "gpt-9", wallet="owner", status=1)
    assert "neither a file nor a model of the catalogue" in unknown
    assert before - network.free("owner") <= FEE_RAO_MAX
    assert json.loads(network.taonet("list", "--json")) == []


def test_a_job_goes_from_dataset_to_winner(network: Network) -> None:
    """One miner is killed when it has committed, and shows the same adapter after."""
    network.neuron("validator")
    for miner in MINERS:
        network.neuron(miner.name)
    network.start("owner", *posting(network))
    for miner in MINERS:
        network.said(miner.name, "adapter_committed")
    network.kill("miner-1")
    network.neuron("miner-1")
    posted = network.shown(0)
    network.skip_to(posted["commit_until"])
    for miner in MINERS:
        network.said(miner.name, "adapter_revealed")
    network.skip_to(posted["reveal_until"])
    network.said("validator", "job_judged")
    network.skip_to(posted["judge_until"])
    assert network.processes.pop("owner").wait(timeout=JOB_S_MAX) == 0, network.logs()

    job = network.shown(0)
    assert job["settled"]
    assert job["test_open"]
    hotkeys = {str(network.wallets[m.name].hotkey.ss58_address) for m in MINERS}
    assert {winner["hotkey"] for winner in job["winners"]} <= hotkeys
    best = job["winners"][0]
    assert best["gain"] > 0
    assert best["reward_rao"] >= BUDGET_RAO * 7 // 10
    findings = json.loads((network.folder / "validator" / "job-0.json").read_text())
    assert findings["test"] == "hidden test"
    assert {finding["hotkey"] for finding in findings["findings"]} == hotkeys


def test_the_winners_adapter_can_be_fetched_and_merged(network: Network) -> None:
    network.taonet(*typed("fetch"), "--blobs", "blobs")
    config = json.loads((network.folder / "adapter" / CONFIG_FILE).read_text())
    assert config["peft_type"] == "LORA"
    assert (network.folder / "adapter" / WEIGHTS_FILE).stat().st_size > 1_000
    merged = GgufFile.open(network.folder / "orders.gguf")
    assert shape_of(merged) == SHAPE
    query = np.stack([merged.numbers(f"blk.{i}.attn_q.weight") for i in range(SHAPE.layers)])
    assert not np.allclose(query, weights()["attn_q"], atol=1e-3)


def test_a_place_that_nobody_won_is_named(network: Network) -> None:
    told = network.taonet("fetch", "0", "third", "--place", "3", "--blobs", "blobs", status=1)
    assert "job 0 has" in told
    assert "there is no job 7" in network.taonet("show", "7", status=1)
