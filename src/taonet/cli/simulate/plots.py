"""
Pictures of a run's tables, one PNG for each.

matplotlib is an extra: without it the tables are all there is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from taonet.cli.simulate.tables import read_table

HOW_TO_INSTALL: Final = "pip install 'taonet[simulate]'"

WIDTH_INCHES: Final = 9.0
HEIGHT_INCHES: Final = 4.5
DOTS_PER_INCH: Final = 120
LEGEND_MAX: Final = 24
"""More lines than this have no legend."""

Points = Mapping[str, Sequence[tuple[float, float]]]


def can_draw() -> bool:
    """Whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def draw_plots(folder: Path) -> list[Path]:
    """Draw every table of a folder that has rows; the files, in order."""
    import_module("matplotlib").use("Agg")
    drawn = []
    for name, title, label, points in (
        ("emission", "TAO to each subnet, a block", "τ", _emission(folder)),
        ("prices", "Price of alpha", "τ", _prices(folder)),
        ("dividends", "Alpha earned by validators", "α", _earned(folder, "dividends", "validator")),
        ("incentives", "Alpha earned by miners", "α", _earned(folder, "incentives", "miner")),
    ):
        if points:
            drawn.append(_draw_lines(folder / f"{name}.png", title, label, points))
    drawn.append(_draw_profits(folder))
    return drawn


def _emission(folder: Path) -> Points:
    lines = defaultdict(list)
    for row in read_table(folder, "emission"):
        got = float(row["tao_in"]) + float(row["excess_tao"])
        lines[row["subnet"]].append((float(row["block"]), got))
    return lines


def _prices(folder: Path) -> Points:
    lines = defaultdict(list)
    for row in read_table(folder, "prices"):
        block = float(row["block"])
        lines[row["subnet"]].append((block, float(row["price"])))
        lines[f"{row['subnet']}, moving"].append((block, float(row["moving_price"])))
    return lines


def _earned(folder: Path, table: str, who: str) -> Points:
    """What each earned so far, epoch by epoch."""
    lines: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in read_table(folder, table):
        name = f"{row['subnet']}: {row[who]} ({row['strategy']})"
        before = lines[name][-1][1] if lines[name] else 0.0
        lines[name].append((float(row["block"]), before + float(row["earned"])))
    return lines


def _draw_lines(path: Path, title: str, label: str, lines: Points) -> Path:
    figure, axes = _canvas(title)
    for name, points in lines.items():
        axes.plot(*zip(*points, strict=True), label=name, linewidth=1.2)
    axes.set_xlabel("block")
    axes.set_ylabel(label)
    if len(lines) <= LEGEND_MAX:
        axes.legend(fontsize=7)
    return _save(figure, path)


def _draw_profits(folder: Path) -> Path:
    figure, axes = _canvas("Profit and loss")
    rows = read_table(folder, "profits")
    names = [f"{row['subnet']}: {row['name']} ({row['strategy']})" for row in rows]
    profits = [float(row["profit"]) for row in rows]
    colours = ["tab:green" if profit >= 0 else "tab:red" for profit in profits]
    axes.barh(names[::-1], profits[::-1], color=colours[::-1])
    axes.tick_params(axis="y", labelsize=7)
    axes.set_xlabel("τ")
    return _save(figure, folder / "profits.png")


def _canvas(title: str) -> tuple[Any, Any]:
    pyplot: Any = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(
        figsize=(WIDTH_INCHES, HEIGHT_INCHES), dpi=DOTS_PER_INCH, layout="constrained"
    )
    axes.set_title(title)
    axes.grid(alpha=0.3)
    return figure, axes


def _save(figure: Any, path: Path) -> Path:
    figure.savefig(path)
    import_module("matplotlib.pyplot").close(figure)
    return path
