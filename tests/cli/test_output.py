"""Results go to stdout and are whole there."""

import subprocess
import sys

import pytest
import typer
from rich.console import Console

from taonet.cli.output import PIPED_WIDTH_MIN, fail, make_console, make_table, tao


def test_a_pipe_is_wide_enough_for_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    script = "from taonet.cli.output import console; console.print('x' * 100)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert make_console().width >= PIPED_WIDTH_MIN
    assert done.stdout == "x" * 100 + "\n"


def test_an_error_is_told_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    message = "OSError: [Errno 98] " + "long " * 60
    with pytest.raises(typer.Exit) as stopped:
        fail(message, code=3)

    assert stopped.value.exit_code == 3
    assert capsys.readouterr().err.split() == ["error:", *message.split()]


def test_the_last_column_wraps_and_others_stay_whole() -> None:
    console = Console(width=40)
    with console.capture() as captured:
        console.print(make_table("t", ["name", "text"], [["[bold]", "word " * 20]]))
    lines = captured.get().splitlines()

    assert all(len(line) <= 40 for line in lines)
    assert captured.get().count("word") == 20
    assert "[bold]" in captured.get()


def test_amounts_are_for_people() -> None:
    assert tao(1_234_567_890_123) == "1,234.5679"
