"""A new subnet runs as written, and is small."""

import subprocess
import sys
from pathlib import Path

import pytest

from taonet.neuron.authored import NotASubnet, load_subnet
from taonet.neuron.scaffold import CannotScaffold, write_subnet


def test_a_new_subnet_passes_its_own_test_and_is_under_forty_lines(tmp_path: Path) -> None:
    files = write_subnet(tmp_path, "my-first")
    assert [file.name for file in files] == ["my_first.py", "test_my_first.py", "README.md"]
    assert len(files[0].read_text().splitlines()) < 40
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path / "my-first",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert load_subnet(files[0]).subnet.name == "my-first"


@pytest.mark.parametrize("name", ["", "-", "Big", "1st", "a b", "../x", "é", "x-", "x" * 41])
def test_a_name_that_a_subnet_cannot_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotScaffold):
        write_subnet(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_subnet(tmp_path, "mine")
    with pytest.raises(CannotScaffold, match="exists already"):
        write_subnet(tmp_path, "mine")


def test_a_file_that_is_no_subnet_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.py"
    path.write_text("Miner = 1\nsubnet = 2\n")
    with pytest.raises(NotASubnet, match="does not define Validator"):
        load_subnet(path)
    path.write_text("Miner = Validator = subnet = 2\n")
    with pytest.raises(NotASubnet, match="int, not a Subnet"):
        load_subnet(path)
    with pytest.raises(NotASubnet, match="not a Python file"):
        load_subnet(tmp_path / "absent.py")
