"""Where a network is kept: one folder, never the person's own wallets."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

HOME_VARIABLE = "TAONET_HOME"


def default_folder() -> Path:
    """`$TAONET_HOME/network`, or the same under `~/.taonet`."""
    home = os.environ.get(HOME_VARIABLE)
    return (Path(home) if home else Path.home() / ".taonet") / "network"


@dataclass(frozen=True)
class NetworkFolder:
    """The files of one network."""

    root: Path

    @property
    def chain(self) -> Path:
        """The chain's store."""
        return self.root / "chain"

    @property
    def wallets(self) -> Path:
        """Keys of every participant."""
        return self.root / "wallets"

    @property
    def gateway(self) -> Path:
        """The gateway's keys, receipts and status."""
        return self.root / "gateway"

    @property
    def api_key(self) -> Path:
        """The first API key of the gateway."""
        return self.gateway / "api_key"

    @property
    def supervisor(self) -> Path:
        """Who runs the network now, and how it was started."""
        return self.root / "supervisor.json"

    @property
    def founded(self) -> Path:
        """What the founding left: the subnet's number, hotkeys, and what they held."""
        return self.root / "founded.json"

    @property
    def training(self) -> Path:
        """The training run's file and blobs."""
        return self.root / "training"

    @property
    def run(self) -> Path:
        """What everybody in the training run has to know."""
        return self.training / "run.json"

    @property
    def blobs(self) -> Path:
        """Payloads, checkpoints and releases by their hash."""
        return self.training / "blobs"

    @property
    def founded_training(self) -> Path:
        """What the founding of the training subnet left."""
        return self.root / "founded-training.json"

    def neuron(self, name: str) -> Path:
        """A miner's or the validator's state."""
        return self.root / "neurons" / name

    def log(self, name: str) -> Path:
        """A process's output."""
        return self.root / "logs" / f"{name}.log"

    def status(self, name: str) -> Path:
        """What a process says of itself."""
        return (self.gateway if name == "gateway" else self.neuron(name)) / "status.json"


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file at once: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
    partial.replace(path)


def read_json(path: Path) -> Any:
    """A JSON file's value, None where there is none."""
    try:
        return orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
