"""
Compares this chain with the real one: `make conformance`.

The vectors are recorded numbers and lie in the repository. The real chain's metadata, its
inventory and the public testnet's genesis are other people's data: they are read from the folder
that `$TAONET_SHARED` names, `../shared` without it, and what needs them is skipped where it isn't.
Meanwhile a month of a small network and a day of a large one are run in two more processes, some
thirteen minutes on two cores; `--long-runs tenth` cuts them short, `--long-runs none` skips them.

Exits 1 when something differs, 0 otherwise; the last line is the count.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from taonet.cli.conformance.runner import VectorError, kind_of, run
from taonet.frame.config import RuntimeConfig
from taonet.pallets.subtensor.storage.announced import Announced
from taonet.runtime.composition import metadata_v15
from taonet.runtime.runtime_apis.baskets import BetaBasketRuntimeApi
from taonet.scale import metadata
from tests.conformance import genesis, own_pallets, spec_differences
from tests.conformance.long_runs import NAMES, LongRun, LongRunFailed

HERE = Path(__file__).parent
VECTORS = HERE.parent / "vectors"
RECORDED = HERE / "coverage.json"
"""The shares of the real chain's surface, in percent, that were reached already."""

OWN_PALLETS = "spec425-own-pallets.json"
LATER_PALLETS = "pallets of spec 425"
LATER_SUBSET = "subset-priority.txt at spec 425"
AHEAD = {("BetaBasketRuntimeApi", method.name) for method in BetaBasketRuntimeApi.methods} | {
    (Announced.prefix, item.name) for item in Announced.storage_items
}
"""What is newer than spec 425 here, since the newest SDK asks for it."""

SHARED_VARIABLE = "TAONET_SHARED"
COVERAGE_S = 300.0
"""How long one comparison may take; it takes a few seconds."""

PARTS = {"whole": 1, "tenth": 10, "none": 0}
"""By what the blocks of a long run are divided."""

Say = Callable[[str], None]


class Differs(Exception):
    """Something isn't as the real chain has it; the text says what."""


@dataclass
class Tally:
    """How many checks came out how; one line is said for each."""

    say: Say
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def check(self, name: str, of: Callable[[], str]) -> None:
        """Count `of`, which tells what it found or raises `Differs`."""
        try:
            found = of()
        except Differs as error:
            self.failed += 1
            self.say(f"FAIL {name}: {error}")
        else:
            self.passed += 1
            self.say(f"ok   {name}: {found}")

    def skip(self, name: str, reason: str) -> None:
        """Count a check that cannot be made."""
        self.skipped += 1
        self.say(f"skip {name}: {reason}")

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def vectors(path: Path) -> str:
    """Every line of one file of vectors."""
    try:
        outcome = run(kind_of(path), path)
    except VectorError as error:
        raise Differs(f"{type(error).__name__}: {error}") from error
    if outcome.passed != outcome.total or not outcome.total:
        raise Differs("\n     ".join((f"{outcome.passed} / {outcome.total}", *outcome.misses)))
    return f"{outcome.passed} / {outcome.total}"


def genesis_hash(shared: Path) -> str:
    """The public testnet's genesis hash, from its raw state."""
    try:
        genesis.check(shared)
    except AssertionError as error:
        raise Differs(str(error)) from error
    return "0x" + genesis.GENESIS_HASH


def metadata_again(shared: Path) -> str:
    """The real chain's metadata, decoded and emitted."""
    blob = (shared / "interface" / "finney-393.v15.scale").read_bytes()
    emitted = metadata.encode(metadata.decode(blob))
    if emitted != blob:
        pairs = enumerate(zip(blob, emitted, strict=False))
        at = next((n for n, (a, b) in pairs if a != b), min(len(blob), len(emitted)))
        raise Differs(f"{len(emitted)} bytes, differing from the real {len(blob)} at byte {at}")
    return f"{len(blob)} bytes, equal"


def compare(shared: Path, *options: str, inventory: dict[str, Any] | None = None) -> str:
    """What the inventory's own tool says of this runtime's metadata, or by another inventory."""
    tool = shared / "interface" / "coverage.py"
    with TemporaryDirectory() as folder:
        blob = Path(folder) / "metadata.scale"
        blob.write_bytes(metadata_v15(RuntimeConfig()))
        if inventory is not None:
            wanted = Path(folder) / "inventory.json"
            wanted.write_text(json.dumps(inventory))
            options = (*options, "--inventory", str(wanted))
        ended = subprocess.run(
            [sys.executable, str(tool), str(blob), *options],
            check=False,
            capture_output=True,
            text=True,
            timeout=COVERAGE_S,
        )
    if ended.returncode != 0:
        raise Differs(f"{tool.name} ended with {ended.returncode}: {ended.stderr.strip()[-500:]}")
    return ended.stdout


def coverage(shared: Path, subset: str, recorded: float) -> str:
    """The share of a subset of the real chain's surface that is here as it is there."""
    path = shared / "interface" / subset
    answer: dict[str, Any] = json.loads(compare(shared, "--subset", str(path), "--json"))
    total = answer["same"] + answer["different"] + answer["missing"]
    return _reached(answer["same"], total, recorded)


def spec_425(shared: Path, recorded: float) -> str:
    """The share of the targeted spec's own pallets that is here."""
    surface = json.loads((shared / "interface" / OWN_PALLETS).read_text())
    same, total, differing = own_pallets.compare(surface)
    percent = round(100 * same / total, 2)
    if percent < recorded:
        raise Differs(f"{percent} % ({same} of {total}); {recorded} % was reached already")
    return "\n     ".join((f"{percent} % ({same} of {total}), without", *differing))


def compare_later(shared: Path, *options: str) -> dict[str, Any]:
    """The comparison with the inventory brought to spec 425."""
    inventory = json.loads((shared / "interface" / "inventory.json").read_text())
    at_425 = spec_differences.as_of_425(inventory)
    answer: dict[str, Any] = json.loads(compare(shared, *options, "--json", inventory=at_425))
    return answer


def later_subset(shared: Path, recorded: float) -> str:
    """The share of what 393's clients use of spec 425 that is here as it is there."""
    subset = str(shared / "interface" / "subset-priority.txt")
    answer = compare_later(shared, "--subset", subset)
    total = answer["same"] + answer["different"] + answer["missing"]
    return _reached(answer["same"], total, recorded)


def later_pallets(shared: Path, recorded: dict[str, float]) -> str:
    """
    Every item is as in the inventory or in the list of differences.

    What isn't, is told; a pallet whose share was reached already may not fall below it.
    """
    groups = compare_later(shared)["groups"]
    came = {(d.pallet, d.name) for d in spec_differences.listed() if d.spec_393 is None} | AHEAD
    told, unlisted = [], []
    for group, kinds in sorted(groups.items()):
        same = sum(cell["same"] for cell in kinds.values())
        total = sum(cell["total"] for cell in kinds.values())
        if same < total:
            told.append(f"{group} {round(100 * same / total, 2)} % ({same} of {total})")
        if group in recorded:
            _reached(same, total, recorded[group], group)
        if group in spec_differences.OWN_PALLETS:
            told.append(f"{group} is this chain's own: {spec_differences.OWN_PALLETS[group]}")
            continue
        for kind, cell in kinds.items():
            unlisted += [f"{group}/{kind}/{n}" for n in cell["extra"] if (group, n) not in came]
            told += [f"  {kind} {d['name']}: {d['why']}" for d in cell["different"]]
    if unlisted:
        raise Differs(f"neither in the inventory nor in the list: {', '.join(unlisted)}")
    return "\n     ".join((f"{len(groups)} pallets and runtime APIs; of these not whole", *told))


def _reached(same: int, total: int, recorded: float, name: str = "") -> str:
    percent = round(100 * same / total, 2) if total else 0.0
    found = f"{name} {percent} % ({same} of {total})".lstrip()
    if percent < recorded:
        raise Differs(f"{found}; {recorded} % was reached already")
    return found


def pallets(shared: Path) -> str:
    """The comparison with everything, pallet by pallet."""
    return "\n\n" + compare(shared)


def shared_folder() -> Path:
    """Where other people's data lies."""
    named = os.environ.get(SHARED_VARIABLE)
    return Path(named) if named else HERE.parent.parent.parent / "shared"


def check_vectors(tally: Tally) -> None:
    """What a clone alone can check."""
    for path in sorted(VECTORS.glob("*.jsonl.gz")):
        tally.check(f"vectors {path.name.split('.')[0]}", partial(vectors, path))


def check_shared(tally: Tally, shared: Path) -> None:
    """What needs other people's data."""
    recorded: dict[str, Any] = json.loads(RECORDED.read_text())
    inventory = shared / "interface" / "inventory.json"
    checks: dict[str, tuple[Path, Callable[[], str]]] = {
        "genesis of the public testnet": (
            shared / "vectors" / "testfinney-genesis.json",
            partial(genesis_hash, shared),
        ),
        "metadata of the real chain, decoded and emitted": (
            shared / "interface" / "finney-393.v15.scale",
            partial(metadata_again, shared),
        ),
        "surface, pallet by pallet": (
            shared / "interface" / "coverage.py",
            partial(pallets, shared),
        ),
        f"surface, {LATER_PALLETS}": (
            inventory,
            partial(later_pallets, shared, recorded.pop(LATER_PALLETS)),
        ),
        f"surface, {LATER_SUBSET}": (
            inventory,
            partial(later_subset, shared, recorded.pop(LATER_SUBSET)),
        ),
    }
    for subset, reached in recorded.items():
        of = spec_425 if subset == OWN_PALLETS else partial(coverage, subset=subset)
        checks[f"surface, {subset}"] = (
            shared / "interface" / subset,
            partial(of, shared, recorded=reached),
        )
    for name, (needed, made) in checks.items():
        if needed.exists():
            tally.check(name, made)
        else:
            tally.skip(name, f"{needed} isn't there; ${SHARED_VARIABLE} may name its folder")


def check_long_runs(tally: Tally, runs: Sequence[LongRun]) -> None:
    """What runs gave that were started before."""

    def outcome(started: LongRun) -> str:
        try:
            return started.ended()
        except LongRunFailed as error:
            raise Differs(str(error)) from error

    for started in runs:
        tally.check(f"long run, {started.name}", partial(outcome, started))


def main() -> None:
    """Check, and end with the count."""
    parser = argparse.ArgumentParser(description="Compare this chain with the real one.")
    parser.add_argument(
        "--long-runs", choices=tuple(PARTS), default="whole", help="how much of day and month"
    )
    options = parser.parse_args()

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    tally = Tally(say)
    part = PARTS[options.long_runs]
    runs = [LongRun.started(name, part) for name in NAMES] if part else []
    try:
        check_vectors(tally)
        check_shared(tally, shared_folder())
        check_long_runs(tally, runs)
    finally:
        for started in runs:
            started.stop()
    if not part:
        tally.skip("long runs", "not asked for")
    say(str(tally))
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
