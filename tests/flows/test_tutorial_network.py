"""The tutorial's own commands, from an empty folder to the first reward on a real local chain."""

import asyncio
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import bittensor as bt

from tests.flows.node_process import START_LINE, free_port
from tests.neuron.test_tutorial import BLOCK, PAGE

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REWARD_S_MAX = 90.0
STEP_S_MAX = 60.0
POLL_S = 0.5
SERVERS = ("node", "miner", "validator")
"""Commands that run until they are ended."""
START_LINES = {"node": START_LINE, "miner": "axon_listening", "validator": ""}
"""What each logs once others can reach it."""


def commands() -> list[list[str]]:
    """What the page tells to type, in order."""
    lines = [line for block in CONSOLE.findall(PAGE.read_text()) for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ ")) for line in lines if line.startswith("$ ")]


class Reader:
    """Types the page's commands in one folder; the ports are free ones, not the usual ones."""

    def __init__(self, folder: Path, terminals: ExitStack) -> None:
        self._folder = folder
        self._terminals = terminals
        self._port = free_port()
        self.url = f"ws://127.0.0.1:{self._port}"

    def type(self, command: list[str]) -> str:
        """The command's output; empty for one that goes on running."""
        program, *words = command
        if program == "python":
            return self._run([sys.executable, *words])
        if program == "btcli":
            words[words.index("--network") + 1] = self.url
            return self._run([str(Path(sys.executable).with_name("btcli")), *words])
        assert program == "taonet"
        if words[0] == "node":
            words += ["--port", str(self._port)]
        elif words[0] != "why":
            words += ["--chain-url", self.url]
        if words[0] == "miner":
            words += ["--port", str(free_port())]
        taonet = [sys.executable, "-m", "taonet.cli.main", *words]
        if words[0] not in SERVERS:
            return self._run(taonet)
        self._terminals.enter_context(self._server(words[0], taonet))
        return ""

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=STEP_S_MAX,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def _server(self, name: str, command: list[str]) -> Iterator[None]:
        """A terminal of its own, left with Ctrl-C; what runs in it ends cleanly."""
        path = self._folder / f"{name}.log"
        with path.open("w") as log:
            process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
            try:
                await_that(lambda: START_LINES[name] in path.read_text(), STEP_S_MAX, path)
                yield
            finally:
                process.send_signal(signal.SIGINT)
                ended = process.wait(timeout=STEP_S_MAX)
        assert ended == 0, path.read_text()


def await_that(holds: Callable[[], bool], limit_s: float, log: Path) -> None:
    """Return as soon as it holds; fails with the log's text when it does not."""
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(POLL_S)


async def alpha_rao(url: str, netuid: int, hotkey: str) -> int:
    """What the hotkey holds of the subnet's alpha."""
    client = bt.Client(url, fallback_endpoints=[], archive_endpoints=[])
    await client.connect()
    try:
        graph = await client.subnets.metagraph(netuid, commitments=False)
    finally:
        await client.close()
    assert graph is not None
    (neuron,) = [each for each in graph.neurons if each.hotkey == hotkey]
    return int(neuron.alpha_stake.rao)


def test_from_an_empty_folder_to_the_first_reward(tmp_path: Path) -> None:
    for name, text in BLOCK.findall(PAGE.read_text()):
        with (tmp_path / name).open("a") as file:
            file.write(f"\n\n{text}")
    watch, node, found, miner, validator, metagraph, why = commands()
    started = time.monotonic()
    with ExitStack() as terminals:
        reader = Reader(tmp_path, terminals)
        reader.type(watch)
        reader.type(node)
        said = re.search(r"^subnet 2 is skyline, its miner is (\w+)$", reader.type(found), re.M)
        assert said is not None
        hotkey = said[1]
        reader.type(miner)
        reader.type(validator)
        await_that(
            lambda: asyncio.run(alpha_rao(reader.url, 2, hotkey)) > 0,
            REWARD_S_MAX,
            tmp_path / "validator.log",
        )
        print(f"the first reward came after {time.monotonic() - started:.1f} s")
        shown = reader.type(metagraph)
        causes = reader.type([hotkey if word == "HOTKEY" else word for word in why])
    assert re.search(rf"{hotkey}.*?incentive 1\.000", shown, re.DOTALL), shown
    assert "share_of_best" in causes
