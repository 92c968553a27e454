"""
A subnet in one file of its author's: how it is found and run.

The file defines `subnet` (a `Subnet`), `Miner` and `Validator`, both made without arguments. The
file is code that is run: load only what you would run.
"""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taonet.neuron.errors import NeuronError
from taonet.neuron.process import Address, Seat, judge, reported, serve
from taonet.neuron.subnet import AnyMiner, Subnet, Validator
from taonet.neuron.validator_loop import Pace


class NotASubnet(NeuronError):
    """A file that lacks what a subnet needs; the text says what."""


@dataclass(frozen=True)
class Authored:
    """What a subnet's file defines."""

    subnet: Subnet[Any, Any]
    miner: Callable[[], AnyMiner]
    validator: Callable[[], Validator[Any, Any]]


def load_subnet(path: Path) -> Authored:
    """The subnet in the Python file at `path`; raises `NotASubnet`, and what the file raises."""
    if path.suffix != ".py" or not path.is_file():
        raise NotASubnet(f"{path} is not a Python file")
    spec = importlib.util.spec_from_file_location(f"authored_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Annotations that are strings are looked up by their module's name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    missing = [name for name in ("subnet", "Miner", "Validator") if not hasattr(module, name)]
    if missing:
        raise NotASubnet(f"{path} does not define {', '.join(missing)}")
    if not isinstance(module.subnet, Subnet):
        raise NotASubnet(f"{path}: `subnet` is a {type(module.subnet).__name__}, not a Subnet")
    return Authored(module.subnet, module.Miner, module.Validator)


async def run_authored_miner(path: Path, seat: Seat, address: Address) -> None:
    """Mine the subnet at `path` until cancelled."""
    own = load_subnet(path)
    hotkey = seat.wallet().hotkey.ss58_address
    with reported("miner", own.subnet.name, seat, hotkey) as status:
        await serve(own.subnet, own.miner(), seat, address, status=status)


async def run_authored_validator(path: Path, seat: Seat, pace: Pace | None = None) -> None:
    """Validate the subnet at `path` until cancelled."""
    own = load_subnet(path)
    hotkey = seat.wallet().hotkey.ss58_address
    with reported("validator", own.subnet.name, seat, hotkey) as status:
        await judge(own.subnet, own.validator(), seat, pace=pace, status=status)
