"""The network as people see it: one table that stays readable, and progress while models load."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from taonet.cli.up.survey import NetworkSurvey, NeuronSurvey

BAR_WIDTH = 16
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


def render(network: NetworkSurvey, notice: str = "") -> RenderableType:
    """The whole picture; `notice` is what the supervisor is doing."""
    parts: list[RenderableType] = [_places(network), _neurons(network)]
    if notice:
        parts.append(Text(notice, style="yellow"))
    return Group(*parts)


def _places(network: NetworkSurvey) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_row("chain", network.chain_url, network.chain_url.replace("ws:", "http:"))
    grid.add_row("gateway", network.gateway_url, _gateway(network))
    grid.add_row("api key", network.api_key_file, "")
    if network.block is not None:
        grid.add_row("block", f"{network.block}", _epoch(network))
    if network.netuid is not None:
        price = "" if network.price_tao is None else f"1 α = {network.price_tao:.6f} τ"
        grid.add_row("subnet", f"{network.netuid} {network.subnet}", price)
    return Panel(grid, title="taonet", title_align="left", expand=False)


def _gateway(network: NetworkSurvey) -> Text:
    phase = str(network.gateway.get("phase", "starting"))
    return Text(phase, style=PHASE_STYLES.get(phase, ""))


def _epoch(network: NetworkSurvey) -> str:
    if network.next_epoch_block is None or network.block is None:
        return ""
    left = max(0, network.next_epoch_block - network.block)
    return f"next epoch at {network.next_epoch_block}, in {left}"


def _neurons(network: NetworkSurvey) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("uid", "name", "state"):
        table.add_column(title)
    for title in ("incentive", "dividends", "stake α", "earned α"):
        table.add_column(title, justify="right")
    table.add_column("hotkey", overflow="ellipsis", no_wrap=True)
    for neuron in network.neurons:
        table.add_row(
            "" if neuron.uid is None else str(neuron.uid),
            neuron.name,
            _phase(neuron),
            f"{neuron.incentive:.3f}",
            f"{neuron.dividends:.3f}",
            f"{neuron.stake_alpha:,.3f}",
            f"{neuron.earned_alpha:,.3f}",
            neuron.hotkey,
        )
    return table


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
