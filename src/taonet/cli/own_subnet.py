"""Loading an author's subnet from a file: `subnet`, `Miner` and `Validator` by these names."""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taonet.neuron.subnet import Subnet


class NotASubnet(ValueError):
    """A file that is no subnet; the text says what it lacks."""


@dataclass(frozen=True)
class OwnSubnet:
    """What an author's file declares."""

    subnet: Subnet[Any, Any]
    miner: Any
    validator: Any


def load_subnet(path: Path) -> OwnSubnet:
    """The subnet that a file declares; raises `NotASubnet`."""
    if not path.is_file():
        raise NotASubnet(f"there is no file {path}; `taonet subnet new NAME` writes one")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise NotASubnet(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    missing = [name for name in ("subnet", "Miner", "Validator") if not hasattr(module, name)]
    if missing:
        raise NotASubnet(f"{path} declares no {', '.join(missing)}")
    return OwnSubnet(module.subnet, module.Miner, module.Validator)
