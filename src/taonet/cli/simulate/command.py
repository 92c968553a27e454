"""The command `taonet simulate SCENARIO`."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from taonet.cli.output import fail, notices, print_json, print_table, tao
from taonet.cli.simulate.plots import HOW_TO_INSTALL, can_draw, draw_plots
from taonet.cli.simulate.scenario import BLOCKS_MAX, Scenario, load_scenario
from taonet.cli.simulate.simulation import Outcome
from taonet.cli.simulate.simulation import simulate as run_scenario
from taonet.cli.simulate.summary import StrategyResult, by_strategy, summary_json
from taonet.cli.simulate.tables import COLUMNS
from taonet.cli.simulate.toml_table import ScenarioError

EXIT_UNUSABLE = 2


def simulate(
    scenario: Annotated[Path, typer.Argument(help="A scenario file, in TOML.")],
    out: Annotated[Path, typer.Option(help="The folder for tables and plots.")],
    blocks: Annotated[
        int | None,
        typer.Option(min=1, max=BLOCKS_MAX, help="How many blocks, instead of the file's number."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """
    Run a scenario on the real economy in memory: who earns, who loses, at which prices.

    Writes CSV tables of emission, prices, dividends, incentives, purchases and profits, and a plot
    of each as PNG if matplotlib is installed. The same file gives the same tables. Exits with 2 for
    a file that cannot be run.
    """
    try:
        plan = load_scenario(scenario)
        if blocks is not None:
            plan = replace(plan, blocks=blocks)
        outcome = _run(plan, out)
    except ScenarioError as error:
        # A field's place has brackets, which are no markup.
        fail(escape(str(error)), code=EXIT_UNUSABLE)
    files = [f"{name}.csv" for name in COLUMNS]
    if can_draw():
        files += [path.name for path in draw_plots(out)]
    else:
        notices.print(f"no plots: matplotlib is not installed; {HOW_TO_INSTALL}", markup=False)
    if as_json:
        print_json(summary_json(outcome, files))
    else:
        _print_results(outcome)
    notices.print(f"tables in {out}")


def _run(plan: Scenario, out: Path) -> Outcome:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=notices, transient=True) as bar:
        task = bar.add_task(plan.name, total=plan.blocks)
        outcome = run_scenario(plan, out, lambda done: bar.update(task, completed=done))
    seconds = time.monotonic() - started
    notices.print(f"{plan.blocks} blocks in {seconds:.1f} s, {plan.blocks / seconds:.0f} a second")
    return outcome


def _print_results(outcome: Outcome) -> None:
    columns = (
        "subnet",
        "role",
        "strategy",
        "number",
        "earned α",
        "yield",
        "profit τ",
        "refused",
    )
    rows = [_row(result) for result in by_strategy(outcome)]
    print_table(f"{outcome.scenario.name}: {outcome.scenario.blocks} blocks", columns, rows)


def _row(result: StrategyResult) -> tuple[str, ...]:
    gained = result.yield_on_stake
    return (
        result.subnet,
        result.role,
        result.strategy,
        str(result.count),
        tao(result.earned_alpha, digits=2),
        "" if gained is None else f"{gained:.4f}",
        tao(result.profit_rao, digits=2),
        ", ".join(f"{name} {count}" for name, count in sorted(result.refused.items())),
    )
