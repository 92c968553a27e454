"""Who runs a network is known from a file, and from the processes that really live."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from taonet.cli.up.folder import NetworkFolder, write_json
from taonet.cli.up.plan import Cheat, NetworkPlan
from taonet.cli.up.supervisor import (
    CannotStart,
    end_strays,
    remove,
    require_free_ports,
    running,
)
from tests.flows.node_process import free_port, free_row


@contextmanager
def process(*words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that waits, with `words` in its command."""
    command = [sys.executable, "-c", "input()", *words]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as waiting:
        try:
            yield waiting
        finally:
            waiting.kill()


def say(folder: NetworkFolder, pid: int, **processes: int) -> None:
    plan: dict[str, Any] = {**vars(NetworkPlan(cheat=Cheat.CANNED)), "cheat": "canned"}
    said = {"pid": pid, "ready": True, "notice": "", "plan": plan, "processes": processes}
    write_json(folder.supervisor, said)


def test_a_network_runs_as_long_as_its_supervisor_lives(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path)
    assert running(folder) is None
    with process("taonet", "up") as supervisor:
        say(folder, supervisor.pid, chain=7)
        found = running(folder)
        assert found is not None
        assert (found.pid, found.ready, found.lives) == (supervisor.pid, True, True)
        assert found.plan == NetworkPlan(cheat=Cheat.CANNED)
        assert found.processes == {"chain": 7}
    assert not found.lives
    assert running(folder) is None


def test_another_program_with_the_same_id_is_not_the_supervisor(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path)
    with process("other") as stranger:
        say(folder, stranger.pid)
        assert running(folder) is None


def test_strays_end_and_strangers_do_not(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path)
    with process("taonet", "--folder", str(folder.chain)) as stray, process("x") as stranger:
        say(folder, 1, chain=stray.pid, **{"miner-1": stranger.pid})
        end_strays(folder)
        assert stray.wait(timeout=10) < 0
        assert stranger.poll() is None


def test_no_strays_where_nothing_ran(tmp_path: Path) -> None:
    end_strays(NetworkFolder(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_named_with_whose_it_was_to_be() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=f"port {port}, for the gateway, is taken"):
            require_free_ports(NetworkPlan(chain_port=free_port(), gateway_port=port))


def test_one_port_for_two_is_refused() -> None:
    first = free_row(4)
    plan = NetworkPlan(chain_port=first, gateway_port=first + 3, axon_port=first)
    with pytest.raises(CannotStart, match=f"{first + 3} is for the gateway and for miner-3"):
        require_free_ports(plan)


def test_starting_over_forgets_the_network_and_nothing_else(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path)
    kept = tmp_path / "notes.txt"
    kept.write_text("mine")
    files = (folder.chain / "data", folder.wallets / "key", folder.log("chain"), folder.run)
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_text("x")
    for name in ("gateway", "miner-1"):
        write_json(folder.status(name), {})
    write_json(folder.founded, {})
    write_json(folder.founded_training, {})
    say(folder, os.getpid())

    remove(folder)

    assert list(tmp_path.iterdir()) == [kept]
