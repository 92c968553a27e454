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

console = Console(highlight=False)
notices = Console(stderr=True, highlight=False)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on stdout."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Say on stderr what went wrong and what to do, and end."""
    notices.print(f"[red]error:[/red] {message}")
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def tao(rao: int, *, digits: int = 4) -> str:
    """Rao as τ for people."""
    return f"{rao / 1e9:,.{digits}f}"
