"""What a benchmark's figures are called, what stands beside them, and what they must reach."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import ge, le
from typing import Any

COMPARISONS = {"<=": le, ">=": ge}


@dataclass(frozen=True)
class Row:
    """One figure; `ratio` is figure to reference, `target` a comparison such as `<= 15`."""

    name: str
    figure: float
    unit: str = ""
    reference: float | None = None
    reference_name: str = ""
    ratio: float | None = None
    target: str = ""
    further: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if not self.target:
            return None
        comparison, bound = self.target.split()
        return bool(COMPARISONS[comparison](self.figure, float(bound)))


@dataclass(frozen=True)
class Reading:
    """Which figure of a module is a row; both paths are names joined by dots."""

    figure: str
    name: str
    unit: str = ""
    reference: str = ""
    reference_name: str = ""
    target: str = ""
    further: tuple[str, ...] = ()
    """Names of what else the module answered about it."""

    def row(self, figures: Mapping[str, Any]) -> Row:
        """The row, from what the module answered."""
        figure = at(figures, self.figure)
        reference = at(figures, self.reference) if self.reference else None
        ratio = figure / reference if reference else None
        further = {path.rpartition(".")[2]: found_at(figures, path) for path in self.further}
        return Row(
            self.name,
            figure,
            self.unit,
            reference,
            self.reference_name,
            ratio,
            self.target,
            further,
        )


def _epoch(variant: str, name: str) -> Reading:
    return Reading(
        f"{variant}.numpy_ms",
        f"epoch, 256 neurons, 64 validators, {name}",
        "ms",
        f"{variant}.reference_ms",
        "the same in Python's integers",
        further=(f"{variant}.recorded_times_rust", f"{variant}.recorded_source"),
    )


READINGS: Mapping[str, tuple[Reading, ...]] = {
    "blocks": (
        Reading(
            "blocks_per_s",
            "blocks, 128 subnets of 256 neurons, each with the state root",
            "a second of CPU",
            "localnet_blocks_per_s",
            "local network at the pace of fast blocks",
            ">= 20",
            ("keys",),
        ),
        Reading(
            "fast_forward_blocks_per_s",
            "the same, run ahead with a root for each 60",
            "a second of CPU",
            "localnet_blocks_per_s",
            "local network at the pace of fast blocks",
            ">= 80",
            ("root_every",),
        ),
        Reading(
            "memory_mib",
            "memory of that chain; 400 MB are 381 MiB",
            "MiB",
            "dictionary_mib",
            "its keys and values in a dictionary",
            "<= 381",
        ),
    ),
    "epoch": (
        _epoch("yuma2", "Yuma 2"),
        _epoch("yuma3", "Yuma 3"),
        _epoch("yuma3_liquid", "Yuma 3 with liquid alpha"),
    ),
    "gateway": (
        Reading(
            "one_at_a_time.gateway_ttft_ms_p50",
            "first token through the gateway",
            "ms",
            "one_at_a_time.bare_ttft_ms_p50",
            "the bare back-end",
        ),
        Reading(
            "one_at_a_time.added_ttft_ms_p50", "added to the first token", "ms", target="<= 15"
        ),
        Reading(
            "one_at_a_time.added_ttft_percent_p50", "added to the first token", "%", target="<= 5"
        ),
        Reading(
            "8_at_once.gateway_ttft_ms_p50",
            "first token through the gateway, eight at once",
            "ms",
            "8_at_once.bare_ttft_ms_p50",
            "the bare back-end",
        ),
        Reading("8_at_once.added_ttft_ms_p50", "added, eight at once", "ms", target="<= 15"),
    ),
    "scale": (
        Reading(
            "extrinsic_times_faster",
            "decode of an extrinsic, times faster than bittensor-core",
            target=">= 4",
        ),
        Reading("events_times_faster", "decode of a block's events, times faster"),
    ),
    "store": (
        Reading(
            "lmdb.commit_hot_ms_median",
            "commit of 2 560 keys, synced",
            "ms",
            "memory.commit_hot_ms_median",
            "in memory",
        ),
        Reading("lmdb.read_head_us", "read of a key", "µs", "memory.read_head_us", "in memory"),
    ),
    "transfers": (
        Reading(
            "transfers_per_s",
            "transfers through the whole path, one process",
            "a second",
            "verifications_per_s",
            "verifying alone",
        ),
        Reading(
            "share_of_verification_limit",
            "the same, as a share of the limit",
            target=">= 0.5",
        ),
    ),
    "verifiers": (
        Reading(
            "transfers_per_s",
            "transfers through the whole path, two verifying processes",
            "a second",
            "verifications_per_s",
            "verifying alone",
        ),
        Reading(
            "share_of_verification_limit",
            "the same, as a share of the limit",
            target=">= 0.6",
        ),
    ),
    "trie": (
        Reading(
            "hot_us_per_changed_key",
            "state root of a block, for each changed key",
            "µs",
            "plain_rebuild_us_per_key",
            "built anew, for each key",
        ),
    ),
}


def at(figures: Mapping[str, Any], path: str) -> float:
    """The figure at a path; raises `KeyError`."""
    return float(found_at(figures, path))


def found_at(figures: Mapping[str, Any], path: str) -> Any:
    """What is at a path; raises `KeyError`."""
    found: Any = figures
    for name in path.split("."):
        found = found[name]
    return found


def rows_of(name: str, measured: Any) -> list[Row]:
    """The rows in what a module answered."""
    if isinstance(measured, list):
        return [row for each in measured for row in rows_of(name, each)]
    read = [reading.row(measured) for reading in READINGS.get(name, ())]
    if "figure" not in measured:
        return read
    known = {key: value for key, value in measured.items() if key in Row.__dataclass_fields__}
    further = {key: value for key, value in measured.items() if key not in known}
    return [Row(**known, further=further), *read]


def module(name: str) -> Any:
    """A module of this package."""
    return importlib.import_module(f"{__package__}.{name}")


def figures_of(name: str) -> Any:
    """What a module measures, by its `measure()`."""
    return module(name).measure()
