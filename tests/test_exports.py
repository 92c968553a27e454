"""Every module says what it is for, and only the doors that are meant for strangers export."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
MODULES = sorted(SOURCE.rglob("*.py"))
PACKAGES = sorted(path.parent for path in MODULES if path.name == "__init__.py")

DOORS = {
    "taonet.neuron": "what the author of a subnet writes against",
    "taonet.economy.yuma": "one epoch, for whoever studies it",
}


def dotted(package: Path) -> str:
    """A package's name."""
    return ".".join(package.relative_to(SOURCE).parts)


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]

    assert silent == []


def test_every_folder_of_modules_is_a_package() -> None:
    assert {path.parent for path in MODULES} == set(PACKAGES)


def test_only_the_doors_export() -> None:
    exporting = {
        dotted(package)
        for package in PACKAGES
        if "__all__ =" in (package / "__init__.py").read_text("utf-8")
    }

    assert exporting == set(DOORS)


@pytest.mark.parametrize("door", DOORS)
def test_what_a_door_exports_is_there_and_sorted(door: str) -> None:
    module = import_module(door)

    assert sorted(set(module.__all__)) == module.__all__
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
