"""The tutorial's files, as a reader would write them, run and do what it says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from taonet.neuron.authored import load_subnet

PAGE = Path(__file__).parents[2] / "docs" / "tutorials" / "first-subnet.md"
BLOCK = re.compile(r"^```python file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with the tutorial's files; blocks of one file follow each other."""
    files: dict[str, str] = {}
    for name, text in BLOCK.findall(PAGE.read_text()):
        files[name] = files[name] + "\n\n" + text if name in files else text
    assert sorted(files) == ["counting.py", "skyline.py", "watch.py"]
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def run(folder: Path, name: str) -> str:
    done = subprocess.run(
        [sys.executable, name], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_simulation_shows_what_the_page_says(written: Path) -> None:
    shown = run(written, "watch.py")
    assert re.search(r"^asleep +0\.0%  TimedOut: no complete reply within 2 s$", shown, re.M)


def test_the_streaming_example_runs(written: Path) -> None:
    run(written, "counting.py")


def test_the_file_is_a_subnet_that_the_command_line_finds(written: Path) -> None:
    own = load_subnet(written / "skyline.py")
    assert own.subnet.name == "skyline"
    assert own.validator().sample is not None
