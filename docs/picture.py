"""
Draws the README's picture of a running network: `taonet status --json | python -m docs.picture`.

The SVG names no font of another host, and no folder of the machine it was drawn on.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from taonet.cli.up.survey import NetworkSurvey, NeuronSurvey
from taonet.cli.up.table import render

PICTURE = Path(__file__).parent / "pictures" / "up.svg"
WIDTH = 132
FONT_FACES = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def read(status: dict[str, Any]) -> NetworkSurvey:
    """What `taonet status --json` said."""
    said = {name: status[name] for name in NetworkSurvey.__dataclass_fields__}
    said["neurons"] = tuple(NeuronSurvey(**neuron) for neuron in status["neurons"])
    said["api_key_file"] = str(status["api_key_file"]).replace(str(Path.home()), "~")
    return NetworkSurvey(**said)


def draw(network: NetworkSurvey) -> str:
    """The table that `taonet up` shows."""
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, file=nowhere, width=WIDTH, highlight=False)
        console.print(render(network, "Ctrl-C stops it"))
    drawn = console.export_svg(title="make up", unique_id="taonet-up")
    return FONT_FACES.sub("", drawn)


def main() -> None:
    """Read a status from standard input and draw it."""
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(read(json.load(sys.stdin))), encoding="utf-8")
    sys.stdout.write(f"wrote docs/pictures/{PICTURE.name}\n")


if __name__ == "__main__":
    main()
