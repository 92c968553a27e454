"""`taonet why`: what a miner's rewards were made of, from the first query to the last rao."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from taonet.cli.output import console, fail, make_table, print_json
from taonet.cli.up.command import FolderOption, JsonOption, folder_of, survey_once
from taonet.cli.up.folder import NetworkFolder, read_json
from taonet.cli.up.plan import VALIDATOR
from taonet.cli.up.supervisor import running
from taonet.cli.up.survey import NeuronSurvey
from taonet.neuron.score import Standing
from taonet.neuron.score_book import Reason, ScoreBook

SHOWN_MAX = 10
"""Scores that are shown; the book keeps more."""
PART_COLUMNS_MAX = 3
"""More named parts than these share one column, as name=value."""


def why(
    hotkey: Annotated[str, typer.Argument(help="A miner's hotkey, or its name such as miner-3.")],
    scores: Annotated[
        Path | None, typer.Option(help="A validator's scores.sqlite; the running network's else.")
    ] = None,
    json: JsonOption = False,
    folder: FolderOption = None,
) -> None:
    """Take a miner's reward apart to its causes."""
    place = folder_of(folder)
    address = (read_json(place.founded) or {}).get("hotkeys", {}).get(hotkey, hotkey)
    book_file = scores or place.neuron(VALIDATOR.name) / "scores.sqlite"
    standing, reasons = _book(book_file, address)
    neuron = _neuron(place, address)
    # Beside its book a validator keeps what it makes of it.
    said = (read_json(book_file.with_name("status.json")) or {}).get("figures", {})
    answer: dict[str, Any] = {
        "hotkey": address,
        "average": standing.value,
        "rounds": standing.rounds,
        "evidence": dict(standing.evidence),
        "verdict": said.get("verdicts", {}).get(address),
        "share": said.get("shares", {}).get(address),
        "weights_at": said.get("weights_at"),
        "incentive": neuron.incentive if neuron else None,
        "earned_alpha": neuron.earned_alpha if neuron else None,
        "scores": [
            {
                "block": r.block,
                "value": r.score.value,
                "parts": dict(r.score.parts),
                "note": r.score.note,
            }
            for r in reasons
        ],
    }
    if json:
        print_json(answer)
    else:
        _show(answer, reasons)


def _book(file: Path, address: str) -> tuple[Standing, list[Reason]]:
    """What the validator's book says of a hotkey, newest score first."""
    if not file.exists():
        fail(f"there is no score book at {file}; name one with --scores")
    try:
        with ScoreBook.open(file) as book:
            standing = next((s for s in book.standings() if s.hotkey == address), None)
            reasons = book.reasons(address)
    except sqlite3.DatabaseError as error:
        fail(f"{file} is no score book: {error}")
    if standing is None:
        fail(f"the validator has not scored {address}; `taonet status` lists the names")
    return standing, reasons


def _neuron(place: NetworkFolder, address: str) -> NeuronSurvey | None:
    """What the running network's chain says of the hotkey."""
    found = running(place)
    if found is None:
        return None
    network = asyncio.run(survey_once(place, found.plan))
    if network.block is None:
        return None
    return next((neuron for neuron in network.neurons if neuron.hotkey == address), None)


def _show(answer: Mapping[str, Any], reasons: Sequence[Reason]) -> None:
    _say(f"hotkey {answer['hotkey']}")
    _say(f"average score {answer['average']:.4f} over {answer['rounds']} rounds")
    if answer["evidence"]:
        _say(f"evidence, older rounds counting less: {named(answer['evidence'])}")
    if answer["verdict"] is not None:
        _say(f"so the validator's verdict: {named(answer['verdict'])}")
    if answer["share"] is not None:
        _say(f"and {answer['share']:.4f} of its weights, set at block {answer['weights_at']}")
    if answer["incentive"] is not None:
        _say(
            f"so Yuma gave it an incentive of {answer['incentive']:.4f}, "
            f"and it has earned {answer['earned_alpha']:.4f} α"
        )
    title = "the latest scores and their parts"
    console.print(make_table(title, *score_table(reasons[:SHOWN_MAX])))


def _say(text: str) -> None:
    console.print(Text(text))


def score_table(reasons: Sequence[Reason]) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: a column for each part, or one for all when there are many."""
    names = sorted({name for reason in reasons for name in reason.score.parts})
    together = len(names) > PART_COLUMNS_MAX
    rows = []
    for reason in reasons:
        parts = reason.score.parts
        each = [f"{parts[name]:.4g}" if name in parts else "" for name in names]
        note = reason.score.note
        last = [" ".join(filter(None, (named(parts), note)))] if together else [*each, note]
        rows.append([str(reason.block), f"{reason.score.value:.3f}", *last])
    return ["block", "score", *(["parts"] if together else [*names, "note"])], rows


def named(parts: Mapping[str, float]) -> str:
    """Parts as `name=value`."""
    return " ".join(f"{name}={value:.4g}" for name, value in parts.items())
