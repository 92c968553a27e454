"""Every module says what it is for, and what a package offers is there."""

import ast
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
MODULES = sorted(SOURCE.rglob("*.py"))
PACKAGES = sorted(path.parent for path in MODULES if path.name == "__init__.py")


def dotted(package: Path) -> str:
    """A package's name."""
    return ".".join(package.relative_to(SOURCE).parts)


DOORS = [
    dotted(package)
    for package in PACKAGES
    if "__all__ =" in (package / "__init__.py").read_text("utf-8")
]


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]

    assert silent == []


def test_every_folder_of_modules_is_a_package() -> None:
    assert {path.parent for path in MODULES} == set(PACKAGES)


def test_authors_of_subnets_have_a_door() -> None:
    assert "taonet.neuron" in DOORS


@pytest.mark.parametrize("door", DOORS)
def test_what_a_door_offers_is_there_once(door: str) -> None:
    module = import_module(door)

    assert len(set(module.__all__)) == len(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
