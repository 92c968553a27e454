"""The figures as pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

from tests.subnets.training.benchmark.conduct import Pay
from tests.subnets.training.benchmark.learning import Curve

SIZE = (8, 5)


def losses(path: Path, curves: Sequence[Curve], title: str) -> None:
    """Held-out loss over tokens."""
    figure, axes = _figure(title, "tokens", "held-out loss, nats a token")
    for curve in curves:
        label = f"{curve.name}, {curve.bytes_up / 1e6:,.1f} MB up a worker"
        axes.plot(curve.tokens, curve.losses, label=label)
    _save(figure, axes, path)


def poison(path: Path, found: Mapping[str, Sequence[float]]) -> None:
    """Held-out loss over windows, with and without poison."""
    figure, axes = _figure("A third of the miners send poison", "window", "held-out loss")
    for name, values in found.items():
        axes.plot(range(1, len(values) + 1), values, label=name)
    _save(figure, axes, path)


def pay(path: Path, found: Pay) -> None:
    """Each one's share over windows."""
    figure, axes = _figure("What each kind of miner earns", "window", "share of the reward")
    for name in found.earned:
        shares = [window[name] for window in found.windows]
        axes.plot(range(1, len(shares) + 1), shares, label=name)
    _save(figure, axes, path)


def _figure(title: str, across: str, up: str):  # type: ignore[no-untyped-def]
    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=SIZE)
    axes.set(title=title, xlabel=across, ylabel=up)
    return figure, axes


def _save(figure, axes, path: Path) -> None:  # type: ignore[no-untyped-def]
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120, bbox_inches="tight")
