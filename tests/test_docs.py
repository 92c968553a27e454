"""What the documents say is there is there, and what is there is in the documents."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typer
from docs.generate import PAGES, REFERENCE, page
from docs.picture import draw, read

from taonet.cli.main import COMMANDS, application
from taonet.cli.up.survey import NetworkSurvey, NeuronSurvey
from taonet.runtime.pallets import SPECS
from tests.benchmarks.__main__ import names
from tests.test_tidy import committed

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "taonet"
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)) - {"help"}

DOCUMENTS = sorted(
    path
    for path in committed()
    if path.suffix == ".md" and not path.is_relative_to(ROOT / "changes")
)
ONE_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCES = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def by_name(path: Path) -> str:
    """A document's path in the repository, as a test's name."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_make_docs_writes(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == page(name), "run `make docs`"


def test_the_command_line_is_documented_whole() -> None:
    headings = re.findall(r"^## taonet (\S+)", page("cli.md"), re.MULTILINE)

    assert set(headings) == set(COMMANDS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=by_name)
def test_links_lead_to_files(path: Path) -> None:
    prose = FENCES.sub("", path.read_text(encoding="utf-8"))
    relative = [link for link in ONE_LINK.findall(prose) if "://" not in link]

    assert [link for link in relative if not (path.parent / link).exists()] == []


def tree() -> set[str]:
    """The folders of README's tree under `src/taonet`, by their nesting."""
    block = next(fence for fence in FENCES.findall(README) if "\nsrc/taonet/\n" in fence)
    folders, above = set(), [""]
    for line in block.split("src/taonet/\n", 1)[1].splitlines():
        if not line.startswith("  "):
            break
        depth = (len(line) - len(line.lstrip())) // 2
        name, *phrase = line.split("/", 1)
        assert "".join(phrase).strip(), f"{line!r} has no phrase"
        above = [*above[:depth], f"{above[depth - 1]}{name.strip()}/"]
        folders.add(above[depth])
    return folders


def test_the_tree_in_the_readme_is_the_tree() -> None:
    packages = {path.parent.relative_to(SOURCE) for path in SOURCE.rglob("*.py")}
    folders = {f"{part}/" for package in packages for part in (package, *package.parents)}

    assert tree() == folders - {"./"}


def test_what_the_readme_says_is_missing_is_missing() -> None:
    passage = README.split("**Not every pallet.**")[1].split("\n- ")[0]
    missing = set(re.findall(r"`(\w+)`", passage))

    assert "Contracts" in missing
    assert missing & {spec.name for spec in SPECS} == set()


def test_the_readme_names_the_make_targets_and_no_others() -> None:
    assert set(re.findall(r"`?make ([a-z-]+)[ `\n]", README)) >= TARGETS
    for path in DOCUMENTS:
        code = re.findall(r"(?:^\$ |`)make ([a-z-]+)", path.read_text("utf-8"), re.MULTILINE)
        assert set(code) <= TARGETS, path


def test_what_is_checked_for_a_change_is_named_in_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert set(re.findall(r"^(?:setsid )?make ([a-z]+)", script, re.MULTILINE)) == {
        "install",
        "check",
        "conformance",
        "test",
    }


def shown_commands() -> Iterator[tuple[str, str]]:
    """Every `taonet …` that a document shows, with the document's name."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        shown = re.findall(r"^\$ (?:\S*/)?taonet (.*)$", text, re.MULTILINE)
        shown += re.findall(r"`taonet ([^`\n]+)`", FENCES.sub("", text))
        yield from ((by_name(path), line) for line in shown)


def test_shown_commands_and_their_options_exist() -> None:
    commands: dict[str, Any] = vars(typer.main.get_command(application()))["commands"]
    wrong = []
    for document, line in shown_commands():
        name, *words = shlex.split(line.replace("…", ""), comments=True)
        if name == "--version":
            continue
        command = commands.get(name)
        while command is not None and hasattr(command, "commands") and words:
            command = command.commands.get(words.pop(0))
        known = {option for p in command.params for option in p.opts} if command else set()
        unknown = [word for word in words if word.startswith("--") and word not in known]
        if command is None or unknown:
            wrong.append(f"{document}: taonet {line}")

    assert wrong == []


def test_every_benchmark_is_on_its_page() -> None:
    page_of = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `([a-z_]+)` \|", page_of, re.MULTILINE) == names()


def test_the_picture_shows_the_network_and_nothing_of_the_machine() -> None:
    neuron = NeuronSurvey("miner-1", "miner", 2, "5F", "serving", None, "", 0.5, 0.0, 3.0, 3.0, {})
    home = str(Path.home() / ".taonet" / "network" / "gateway" / "api_key")
    network = NetworkSurvey(
        "ws://127.0.0.1:9944", "http://127.0.0.1:8080/v1", home, 7, 2, "text", 20, 21, 0.5,
        (neuron,), {"phase": "serving"},
    )  # fmt: skip

    drawn = draw(read(json.loads(json.dumps(network.as_json()))))

    shown = "".join(ElementTree.fromstring(drawn).itertext()).replace("\N{NO-BREAK SPACE}", " ")
    assert "miner-1" in shown
    assert "~/.taonet/network/gateway/api_key" in shown
    assert "font-face" not in drawn
