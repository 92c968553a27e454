"""`taonet why`: what a miner's rewards were made of, from the first query to the last rao."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from taonet.cli.output import console, fail, print_json, print_table
from taonet.cli.up.command import FolderOption, JsonOption
from taonet.cli.up.folder import NetworkFolder, default_folder, read_json
from taonet.cli.up.founding import connected
from taonet.cli.up.plan import VALIDATOR, NetworkPlan
from taonet.cli.up.supervisor import running
from taonet.cli.up.survey import NetworkSurvey, survey
from taonet.neuron.score_book import Reason, ScoreBook

SHOWN_MAX = 10
"""Scores that are shown; the book keeps more."""


def why(
    hotkey: Annotated[str, typer.Argument(help="A miner's hotkey, or its name such as miner-3.")],
    scores: Annotated[
        Path | None, typer.Option(help="A validator's scores.sqlite; the running network's else.")
    ] = None,
    json: JsonOption = False,
    folder: FolderOption = None,
) -> None:
    """Take a miner's reward apart to its causes."""
    place = NetworkFolder(folder or default_folder())
    address = (read_json(place.founded) or {}).get("hotkeys", {}).get(hotkey, hotkey)
    book_file = scores or place.neuron(VALIDATOR.name) / "scores.sqlite"
    if not book_file.exists():
        fail(f"there is no score book at {book_file}; name one with --scores")
    with ScoreBook.open(book_file) as book:
        reasons = book.reasons(address)
        standing = next((s for s in book.standings() if s.hotkey == address), None)
    if standing is None:
        fail(f"the validator has not scored {address}; `taonet status` lists the hotkeys")
    network = _network(place)
    neuron = next((n for n in network.neurons if n.hotkey == address), None) if network else None
    answer: dict[str, Any] = {
        "hotkey": address,
        "average": standing.value,
        "rounds": standing.rounds,
        "evidence": dict(standing.evidence),
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


def _network(place: NetworkFolder) -> NetworkSurvey | None:
    found = running(place)
    return None if found is None else asyncio.run(_survey(place, found.plan))


async def _survey(place: NetworkFolder, plan: NetworkPlan) -> NetworkSurvey:
    netuid = (read_json(place.founded) or {}).get("netuid")
    async with connected(plan.chain_url) as client:
        return await survey(client, plan, place, netuid)


def _show(answer: dict[str, Any], reasons: list[Reason]) -> None:
    console.print(f"hotkey {answer['hotkey']}")
    console.print(f"average score {answer['average']:.4f} over {answer['rounds']} rounds")
    for name, value in answer["evidence"].items():
        console.print(f"  evidence {name} = {value:.4f}")
    if answer["incentive"] is not None:
        console.print(
            f"so Yuma gave it an incentive of {answer['incentive']:.4f}, "
            f"and it has earned {answer['earned_alpha']:.4f} α"
        )
    latest = reasons[-SHOWN_MAX:]
    names = sorted({name for reason in latest for name in reason.score.parts})
    rows = [
        [
            str(reason.block),
            f"{reason.score.value:.3f}",
            *(f"{reason.score.parts[n]:.4g}" if n in reason.score.parts else "" for n in names),
            reason.score.note,
        ]
        for reason in latest
    ]
    print_table("the latest scores and their parts", ["block", "score", *names, "note"], rows)
