"""
A whole network as a person starts it, with real models, on real ports, in its own processes.

The tests of this module share one network and follow each other: it is asked, judged, killed in
parts, stopped and started again.
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
from openai import OpenAI

from tests.flows.node_process import free_port, free_row

pytestmark = pytest.mark.model

START_S_MAX = 240.0
EARN_S_MAX = 240.0
MEND_S_MAX = 120.0
POLL_S = 0.5
TEMPO_BLOCKS = 10
EPOCHS_MAX = 3
CHEAT_SHARE_MAX = 0.02
MODEL = "smollm2-135m-instruct"
QUESTION = "What is the capital of France?"
MINERS = 3
PROCESSES = {"chain", "validator", "miner-1", "miner-2", "miner-3", "gateway"}

Status = dict[str, Any]


class Network:
    """The network in one folder, reached as a person reaches it: by the command line."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.options = ["--block-time", "0.25", "--tempo", str(TEMPO_BLOCKS)]
        self.options += ["--chain-port", str(free_port()), "--gateway-port", str(free_port())]
        self.options += ["--axon-port", str(free_row(MINERS) - 1)]

    def taonet(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that has ended."""
        return subprocess.run(
            [sys.executable, "-m", "taonet.cli.main", *words],
            env={**os.environ, "TAONET_HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=START_S_MAX,
            check=False,
        )

    def up(self, *words: str) -> Status:
        """Start it in the background."""
        done = self.taonet("up", "--detach", "--json", *self.options, *words)
        assert done.returncode == 0, done.stderr + self.logs()
        return dict(json.loads(done.stdout))

    def status(self) -> Status:
        """What `taonet status` says."""
        return dict(json.loads(self.taonet("status", "--json").stdout))

    def until(self, holds: Callable[[Status], bool], limit_s: float) -> Status:
        """The first status that fulfils the condition."""
        deadline = time.monotonic() + limit_s
        while True:
            status = self.status()
            if holds(status):
                return status
            assert time.monotonic() < deadline, json.dumps(status) + self.logs()
            time.sleep(POLL_S)

    def strays(self) -> list[int]:
        """Processes that name this network's folder, but for the supervisor."""
        found = subprocess.run(["ps", "-wweo", "pid=,args="], capture_output=True, text=True)
        lines = [line.split(None, 1) for line in found.stdout.splitlines()]
        return [int(pid) for pid, arguments in lines if f"{self.home}/network/" in arguments]

    def logs(self) -> str:
        """The end of every process's log."""
        logs = sorted((self.home / "network" / "logs").glob("*.log"))
        return "".join(f"\n--- {log.name}\n{log.read_text()[-1500:]}" for log in logs)

    def client(self, status: Status) -> OpenAI:
        """OpenAI's own client of the gateway."""
        key = Path(status["api_key_file"]).read_text().strip()
        return OpenAI(base_url=status["gateway_url"], api_key=key, timeout=60, max_retries=3)


def neurons(status: Status) -> dict[str, dict[str, Any]]:
    return {neuron["name"]: neuron for neuron in status["neurons"]}


def hotkeys(status: Status) -> dict[str, str]:
    return {name: neuron["hotkey"] for name, neuron in neurons(status).items()}


def works(status: Status) -> bool:
    phases = [n["phase"] for n in status["neurons"] if n["role"] != "owner"]
    serves = status["gateway"].get("phase") == "serving"
    return status["block"] is not None and serves and set(phases) <= {"serving", "judging"}


def rounds(status: Status) -> int:
    return int(neurons(status)["validator"]["figures"].get("rounds", 0))


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    it = Network(tmp_path_factory.mktemp("home"))
    it.up()
    yield it
    it.taonet("down")
    left = it.strays()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == []


def test_status_says_where_everything_is(network: Network) -> None:
    status = network.status()

    assert status["running"]
    assert set(status["processes"]) == PROCESSES
    assert status["chain_url"].replace("ws:", "http:") == status["chain_http_url"]
    assert (status["subnet"], status["tempo"]) == ("text generation", TEMPO_BLOCKS)
    assert status["next_epoch_block"] > status["block"] - TEMPO_BLOCKS
    assert len(set(hotkeys(status).values())) == 5
    assert neurons(status)["miner-3"]["figures"]["cheat"] == "quantised"


def test_a_person_is_answered_by_a_miner(network: Network) -> None:
    status = network.status()
    with network.client(status) as client:
        answer = client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": QUESTION}], max_tokens=24
        )
        stream = client.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": QUESTION}],
            max_tokens=24,
            stream=True,
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]

    miners = {n["hotkey"] for n in status["neurons"] if n["role"] == "miner"}
    assert answer.system_fingerprint in miners
    assert answer.usage is not None
    assert 0 < answer.usage.completion_tokens <= 24
    assert len((answer.choices[0].message.content or "").split()) > 1
    assert len(pieces) > 1
    assert len("".join(pieces).split()) > 1


async def metagraph(status: Status, block: int | None = None) -> dict[str, bt.MetagraphNeuron]:
    """The subnet's neurons by name, now or at a block."""
    client = bt.Client(status["chain_url"], fallback_endpoints=[], archive_endpoints=[])
    await client.connect()
    try:
        view = await client.at(block)
        graph = await view.subnets.metagraph(status["netuid"], commitments=False)
    finally:
        await client.close()
    assert graph is not None
    by_hotkey = {neuron.hotkey: neuron for neuron in graph.neurons}
    return {name: by_hotkey[hotkey] for name, hotkey in hotkeys(status).items()}


def weights_at(status: Status) -> int:
    """The block of the validator's newest weights, 0 before the first."""
    validator = asyncio.run(metagraph(status))["validator"]
    registered, updated = validator.block_at_registration, validator.last_update
    return int(updated) if updated > registered else 0


def test_honest_miners_earn_within_three_epochs_and_the_cheat_does_not(network: Network) -> None:
    judged = network.until(lambda status: weights_at(status) > 0, EARN_S_MAX)
    first_weights = weights_at(judged)
    block = first_weights + EPOCHS_MAX * TEMPO_BLOCKS
    paid = network.until(lambda s: s["block"] is not None and s["block"] >= block, EARN_S_MAX)
    then = asyncio.run(metagraph(paid, block))

    first, second, cheat = (then[f"miner-{number}"].alpha_stake.rao for number in (1, 2, 3))
    print(f"weights at block {first_weights}, at {block} the miners hold", first, second, cheat)
    assert min(first, second) > 0
    assert cheat < CHEAT_SHARE_MAX * min(first, second)
    assert neurons(paid)["miner-1"]["earned_alpha"] > 0
    assert neurons(paid)["validator"]["dividends"] > 0


def test_why_takes_a_reward_apart_by_name(network: Network) -> None:
    done = network.taonet("why", "miner-3", "--json")
    cause = json.loads(done.stdout)

    assert cause["hotkey"] == hotkeys(network.status())["miner-3"]
    assert cause["verdict"]["mean_difference"] > 0.15
    assert {"ttft_s", "tokens_per_s", "tokens"} <= set(cause["scores"][0]["parts"])
    shown = network.taonet("why", "miner-3").stdout
    assert "the log-probabilities are not the model's" in " ".join(shown.split())


@pytest.mark.parametrize("name", ["gateway", "chain", "miner-1"])
def test_a_killed_process_comes_back(network: Network, name: str) -> None:
    before = network.status()
    os.kill(before["processes"][name], signal.SIGKILL)

    def is_back(status: Status) -> bool:
        pid = status["processes"].get(name)
        return pid not in (None, before["processes"][name]) and works(status)

    back = network.until(is_back, MEND_S_MAX)
    later = network.until(lambda s: rounds(s) > rounds(before) and works(s), MEND_S_MAX)
    assert later["block"] > before["block"]
    assert hotkeys(back) == hotkeys(before)


def test_a_network_whose_supervisor_was_killed_goes_on(network: Network) -> None:
    before = network.status()
    os.kill(before["pid"], signal.SIGKILL)
    old = set(network.strays())
    assert set(before["processes"].values()) == old
    assert json.loads(network.taonet("status", "--json").stdout) == {"running": False}

    after = network.up()

    assert not old & set(network.strays())
    assert after["block"] >= before["block"]
    assert hotkeys(after) == hotkeys(before)
    assert rounds(after) >= rounds(before)
    for number in (1, 2):
        name = f"miner-{number}"
        assert neurons(after)[name]["earned_alpha"] >= neurons(before)[name]["earned_alpha"]


def test_a_second_network_is_refused_and_down_ends_everything(network: Network) -> None:
    again = network.taonet("up", *network.options)
    assert (again.returncode, "runs already" in again.stderr) == (1, True)

    done = network.taonet("down", "--json")

    assert json.loads(done.stdout)["stopped"]
    assert network.strays() == []
    assert json.loads(network.taonet("status", "--json").stdout) == {"running": False}
    assert network.taonet("down").returncode == 1
