"""
Measures, each figure beside its reference: `make bench`.

One JSON document goes to stdout, a table for people to stderr. Each module of this package that
has a `measure()` is run in a process of its own, so that none inherits another's memory. It answers
a row (`name`, `figure`, and what else `rows.Row` has), several in a list, or figures by name, of
which `rows.READINGS` says what the rows are.

Figures are not tests: a missed target is shown and fails nothing.
"""

import argparse
import os
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from tests.benchmarks.rows import Row, figures_of, rows_of

LIBRARIES = ("taonet", "aiohttp", "bittensor", "bittensor-core", "lmdb", "numpy", "orjson")

UNSEEN_WIDTH = 160
"""Of the table where no terminal says how wide it is."""


def names() -> list[str]:
    """The modules that measure something; none is imported here, since one that fails must fail
    alone."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return [path.stem for path in files if "\ndef measure()" in path.read_text(encoding="utf-8")]


def machine() -> dict[str, Any]:
    """What the figures hold for."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {library: version(library) for library in LIBRARIES},
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    models = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor())


def picture(rows: list[Row]) -> Table:
    """The rows for people."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("", "figure", "", "reference", "ratio", "", "target", ""):
        table.add_column(title, justify="right" if title in ("figure", "ratio") else "left")
    marks = {True: "[green]met[/green]", False: "[red]missed[/red]", None: ""}
    for row in rows:
        table.add_row(
            row.name,
            f"{row.figure:,.2f}",
            row.unit,
            "" if row.reference is None else f"{row.reference:,.2f}",
            "" if row.ratio is None else f"{row.ratio:,.3f}",
            row.reference_name,
            row.target,
            marks[row.met],
        )
    return table


def main() -> None:
    """Measure what is asked for, or everything."""
    parser = argparse.ArgumentParser(description="Measure, each figure beside its reference.")
    parser.add_argument("--only", choices=names(), action="append", help="this module alone")
    parser.add_argument("--out", type=Path, help="write the JSON to this file too")
    options = parser.parse_args()
    width = None if sys.stderr.isatty() else UNSEEN_WIDTH
    notices = Console(stderr=True, highlight=False, width=width)
    rows: list[Row] = []
    figures: dict[str, Any] = {}
    failures: dict[str, str] = {}
    for name in options.only or names():
        notices.print(f"[dim]measuring {name}[/dim]")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            measuring = process.submit(figures_of, name)
        error = measuring.exception()
        if error is not None:
            failures[name] = f"{type(error).__name__}: {error}"
            continue
        figures[name] = measuring.result()
        rows += rows_of(name, figures[name])
    document = {
        "machine": machine(),
        "rows": [asdict(row) | {"met": row.met} for row in rows],
        "figures": figures,
        "failures": failures,
    }
    encoded = orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"
    sys.stdout.buffer.write(encoded)
    if options.out is not None:
        options.out.write_bytes(encoded)
    notices.print(picture(rows))
    for name, reason in failures.items():
        notices.print(f"[red]{name} failed:[/red] {reason}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
