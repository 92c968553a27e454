"""
How commands speak: the result and nothing else goes to stdout, everything else to stderr.

`--json` changes the format of the result only.
"""

import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import orjson
import structlog
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED_WIDTH_MIN = 110
"""Columns of output that goes to a file or a pipe, where nothing has to fit a window."""


def make_console(*, stderr: bool = False) -> Console:
    """A console as wide as its window, or wide enough for tables where there is none."""
    made = Console(stderr=stderr, highlight=False)
    if not made.is_terminal:
        made.width = max(made.width, PIPED_WIDTH_MIN)
    return made


console = make_console()
notices = make_console(stderr=True)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on stdout."""
    console.print(make_table(title, columns, rows))


def make_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table of texts; its last column takes what width is left and may wrap."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True)
    table.add_column(columns[-1], overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Say on stderr what went wrong and what to do, and end."""
    # A message may hold brackets: it is text, no markup.
    notices.print(Text("error: ", style="red") + Text(message), soft_wrap=True)
    raise typer.Exit(code)


def configure_logging(*, verbose: bool = False, quiet: bool = False) -> None:
    """Events on stderr: an operator's by default, a developer's when verbose."""
    level = 10 if verbose else 30 if quiet else 20
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up at each line: standard error may be another file by then.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def tao(rao: int, *, digits: int = 4) -> str:
    """Rao as τ for people."""
    return f"{rao / 1e9:,.{digits}f}"
