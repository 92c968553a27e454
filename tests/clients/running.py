"""Running a client's script or command in its environment, away from everything of the person's."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients.environments import NodeEnvironment, PythonEnvironment, node_js
from tests.clients.network import Node

SCRIPTS = Path(__file__).parent / "scripts"
SCRIPT_TIMEOUT_S = 150

ALICE_SEED = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a"
"""The public development key //Alice, which owns a million TAO and sudo on a local network."""
ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
BOB_SEED = "0x398f0c28f98885e046333d4a41c19cee4c37368a9832c6502f6cfd182e2aef89"
BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"


class ClientFailed(Exception):
    """A client ended with an error; the message holds what it said."""


@dataclass(frozen=True)
class Client:
    """A client's environment, the node it talks to and a home folder of its own."""

    environment: PythonEnvironment | NodeEnvironment
    node: Node
    home: Path

    def script(self, path: str, **arguments: Any) -> Any:
        """Run one of `scripts` and return what it printed."""
        given = {"endpoint": self.node.endpoint, "wallets": str(self.home / "wallets"), **arguments}
        return json.loads(self._last_line([*self._runner(path), json.dumps(given)]))

    def btcli(self, *arguments: str, wallet: str = "none", hotkey: str = "default") -> Any:
        """Run btcli with `--json` and return the document that it printed."""
        return json.loads(self._run(self._btcli(wallet, hotkey, "--json", *arguments)))

    def btcli_text(self, *arguments: str, wallet: str = "none", hotkey: str = "default") -> str:
        """Run btcli as a person does and return what it printed."""
        return self._run(self._btcli(wallet, hotkey, *arguments))

    def _btcli(self, wallet: str, hotkey: str, *arguments: str) -> list[str]:
        assert isinstance(self.environment, PythonEnvironment)
        return [
            str(self.environment.command("btcli")),
            *("--network", self.node.endpoint),
            *("--wallet-path", str(self.home / "wallets")),
            *("--wallet", wallet, "--wallet-hotkey", hotkey, "--yes"),
            *arguments,
        ]

    def _runner(self, path: str) -> list[str]:
        if isinstance(self.environment, PythonEnvironment):
            return [str(self.environment.command("python")), str(SCRIPTS / path)]
        # A module finds its packages upwards from its own folder.
        beside = self.environment.folder / Path(path).name
        beside.write_bytes((SCRIPTS / path).read_bytes())
        return [node_js().interpreter, str(beside)]

    def _last_line(self, command: list[str]) -> str:
        lines = self._run(command).strip().splitlines()
        if not lines:
            raise ClientFailed(f"{' '.join(command)}\nprinted nothing")
        return lines[-1]

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=SCRIPT_TIMEOUT_S,
            check=False,
            cwd=self.home,
            env=self._variables(),
            stdin=subprocess.DEVNULL,
        )
        if done.returncode:
            node_said = "".join(self.node.said[-20:])
            raise ClientFailed(
                f"{' '.join(command)}\nexit {done.returncode}\n{done.stdout}{done.stderr}"
                f"\nthe node said:\n{node_said}"
            )
        return done.stdout

    def _variables(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "COLUMNS": "160",
            "NO_COLOR": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "BT_LOGGING_DEBUG": "0",
            # What keystores of Ethereum's keys are encrypted with.
            "BT_WALLET_PASSWORD": "a password",
        }
