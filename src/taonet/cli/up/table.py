"""The network as people see it: one table that stays readable, and progress while models load."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from taonet.cli.up.survey import NetworkSurvey, NeuronSurvey, TrainingSurvey

BAR_WIDTH = 12
WIDE = 100
"""From so many columns on, there is room for wider gaps."""
DIGITS_SHOWN = 6
"""Of an amount, so that a large one takes no more room than a small one."""
HOTKEY_ENDS = (6, 4)
"""Characters of a hotkey's beginning and end; `taonet status --json` has the whole."""
SPARKS = "▁▂▃▄▅▆▇█"
SPARKS_MAX = 16
"""Windows whose losses are shown."""
PHASE_STYLES = {
    "serving": "green",
    "judging": "green",
    "starting": "yellow",
    "loading": "yellow",
    "registering": "yellow",
    "silent": "red",
    "failed": "bold red",
    "stopped": "red",
}


def render(network: NetworkSurvey, notice: str = "", *, width: int = WIDE) -> RenderableType:
    """The whole picture for a window of `width` columns; `notice` says what else to know."""
    parts: list[RenderableType] = [
        _places(network),
        _neurons(network, gap=2 if width >= WIDE else 1),
    ]
    if network.training is not None:
        parts.append(_training(network.training, gap=2 if width >= WIDE else 1))
    if notice:
        parts.append(Text(notice, style="yellow"))
    return Group(*parts)


def _places(network: NetworkSurvey) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    chain_http = network.chain_url.replace("ws:", "http:", 1)
    grid.add_row("chain", f"{network.chain_url}  {chain_http}")
    grid.add_row("gateway", Text(f"{network.gateway_url}  ") + _gateway(network))
    grid.add_row("api key", Text(network.api_key_file))
    grid.add_row("block", _block(network))
    if network.netuid is not None:
        price = "" if network.price_tao is None else f"  1 α = {network.price_tao:.6f} τ"
        grid.add_row("subnet", Text(f"{network.netuid} {network.subnet}{price}"))
    if network.training is not None:
        grid.add_row("training", _progress(network.training))
    return Panel(grid, title="taonet", title_align="left", expand=False)


def _gateway(network: NetworkSurvey) -> Text:
    phase = str(network.gateway.get("phase", "starting"))
    text = Text(phase, style=PHASE_STYLES.get(phase, ""))
    message = network.gateway.get("message")
    if message:
        text.append(f": {message}", style="yellow")
    return text


def _block(network: NetworkSurvey) -> Text:
    if network.block is None:
        return Text("the chain does not answer", style="red")
    if network.next_epoch_block is None:
        return Text(str(network.block))
    left = max(0, network.next_epoch_block - network.block)
    return Text(f"{network.block}  next epoch at {network.next_epoch_block}, in {left}")


def _neurons(network: NetworkSurvey, *, gap: int) -> Table:
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False)
    for title in ("uid", "name"):
        table.add_column(title, no_wrap=True)
    table.add_column("state")
    for title in ("incentive", "dividends", "stake α", "earned α"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("hotkey", no_wrap=True)
    for neuron in network.neurons:
        table.add_row(
            "" if neuron.uid is None else str(neuron.uid),
            neuron.name,
            _phase(neuron),
            f"{neuron.incentive:.3f}",
            f"{neuron.dividends:.3f}",
            amount(neuron.stake_alpha),
            amount(neuron.earned_alpha),
            shortened(neuron.hotkey),
        )
    return table


def _progress(training: TrainingSurvey) -> Text:
    """Where the run is, how the validation loss went, and what is served of it."""
    parts = ["starting" if training.netuid is None else str(training.netuid)]
    if training.window is not None and training.window >= 0:
        parts.append(f"window {training.window}")
    if training.losses:
        parts.append(f"loss {training.losses[-1]:.3f} {sparkline(training.losses)}")
    if training.release:
        parts.append(f"serves {training.release}")
    return Text("  ".join(parts))


def _training(training: TrainingSurvey, *, gap: int) -> Table:
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False)
    for title in ("uid", "name"):
        table.add_column(title, no_wrap=True)
    table.add_column("state")
    for title in ("share", "window", "loss", "stake α", "earned α"):
        table.add_column(title, justify="right", no_wrap=True)
    for neuron in training.neurons:
        share = training.shares.get(neuron.name)
        window, loss = neuron.figures.get("window"), neuron.figures.get("loss")
        table.add_row(
            "" if neuron.uid is None else str(neuron.uid),
            neuron.name,
            _phase(neuron),
            "" if share is None else f"{share:.3f}",
            "" if window is None or window < 0 else str(window),
            "" if loss is None else f"{loss:.3f}",
            amount(neuron.stake_alpha),
            amount(neuron.earned_alpha),
        )
    return table


def sparkline(numbers: Sequence[float]) -> str:
    """A bar for each of the last numbers, from the lowest of them to the highest."""
    last = numbers[-SPARKS_MAX:]
    low, high = min(last), max(last)
    steps = len(SPARKS) - 1
    return "".join(SPARKS[round((each - low) / (high - low or 1.0) * steps)] for each in last)


def amount(alpha: float) -> str:
    """An amount with as many decimals, at most 3, as leave it at `DIGITS_SHOWN` digits."""
    whole = len(str(int(alpha)))
    return f"{alpha:,.{min(3, max(0, DIGITS_SHOWN - whole))}f}"


def shortened(hotkey: str) -> str:
    """A hotkey's beginning and end."""
    head, tail = HOTKEY_ENDS
    return hotkey if len(hotkey) <= head + tail else f"{hotkey[:head]}…{hotkey[-tail:]}"


def _phase(neuron: NeuronSurvey) -> RenderableType:
    if neuron.phase == "loading" and neuron.fraction is not None:
        return ProgressBar(total=1.0, completed=neuron.fraction, width=BAR_WIDTH)
    text = neuron.phase
    cheat = neuron.figures.get("cheat")
    if cheat:
        text = f"{text} ({cheat})"
    if neuron.phase == "failed" and neuron.message:
        text = f"{text}: {neuron.message}"
    return Text(text, style=PHASE_STYLES.get(neuron.phase, ""))
