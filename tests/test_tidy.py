"""
How the code looks, as far as ruff, mypy and import-linter don't see it (STYLE.md).

A rule takes one file's path and text and yields its offences; the first half of the tests applies
the rules to the repository, the second half to samples, so that a rule that finds nothing shows.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).parent.parent

FUNCTION_LINES_MAX = 60
"""Of code: without docstring, comments and empty lines."""
NESTING_MAX = 3
FILE_LINES_MAX = 600

VAGUE_NAMES = {"base", "common", "core", "helper", "helpers", "manager", "misc", "util", "utils"}
CONSENSUS = {"primitives", "scale", "economy", "frame", "pallets", "runtime"}
LOGS = {"log", "_log", "logger"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}

BORDERS = {
    "src/taonet/cli/conformance/runner.py": "a vector that breaks the code is a miss to be shown",
    "src/taonet/gateway/api.py": "one request must not end the gateway",
    "src/taonet/neuron/sdk_chain.py": "a subscription is opened again, whatever ended it",
    "src/taonet/neuron/validator_loop.py": "a bug of the author's costs a round",
    "src/taonet/node/rpc/chain_head.py": "one follower must not end the others",
    "src/taonet/node/rpc/connection.py": "one request must not end the connection",
    "src/taonet/node/rpc/feed.py": "one listener must not end the others",
}
"""Where a broad `except` may go on instead of raising: tasks that must survive strangers."""

FLOATS = {
    "src/taonet/economy/yuma/fixed.py": "a guess of a quotient, corrected in integers at once",
}

FOREIGN = {
    "a machine's path": r"(?<![\w.$}~/-])/(work|tmp|root|home/\w+|Users/\w+)/",
    "a registry's host": r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com",
    "a mark without an issue": r"\b(TO[D]O|FIX[M]E|XX[X])\b(?!\(#\d)",
    "the making": r"(?i)co-authored[-]by|\bas re[q]uested\b|\bsub-?ag[e]nts?\b|\bwork[-]order\b",
}
"""What no committed text holds. Brackets keep these lines from matching themselves."""
MAY_NAME_SHARED = ("tests/conformance/", ".ci/", "tests/test_tidy.py")

Rule = Callable[[PurePath, str], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match)
"""What nests. `with` does not: it holds something open and decides nothing."""


def functions(text: str) -> Iterator[Function]:
    """Every function of a module, nested ones too."""
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, Function))


def long_functions(path: PurePath, text: str) -> Iterator[str]:
    """Functions of too many lines."""
    lines = text.splitlines()
    for function in functions(text):
        first = function.body[0]
        is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        begin = (first.end_lineno or 0) if is_doc else first.lineno - 1
        body = [line.strip() for line in lines[begin : function.end_lineno]]
        count = sum(1 for line in body if line and not line.startswith("#"))
        if count > FUNCTION_LINES_MAX:
            yield f"{path}:{function.lineno} {function.name} has {count} lines"


def depth(node: ast.AST) -> int:
    """How deep blocks are nested in `node`; functions within start anew, `elif` is no step down."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*(Function.__args__), ast.ClassDef)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        step = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, depth(child) + step)
    return deepest


def deep_functions(path: PurePath, text: str) -> Iterator[str]:
    """Functions with blocks nested too deep."""
    for function in functions(text):
        if depth(function) > NESTING_MAX:
            yield f"{path}:{function.lineno} {function.name} nests {depth(function)} deep"


def long_files(path: PurePath, text: str) -> Iterator[str]:
    """Files of too many lines."""
    if (count := text.count("\n")) > FILE_LINES_MAX:
        yield f"{path} has {count} lines"


def vague_names(path: PurePath, _text: str) -> Iterator[str]:
    """Files and folders whose names say nothing."""
    if vague := VAGUE_NAMES & {PurePath(part).stem for part in path.parts}:
        yield f"{path}: {', '.join(sorted(vague))} says nothing"


def broad_excepts(path: PurePath, text: str) -> Iterator[str]:
    """`except Exception` that neither raises nor stands at a border."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ExceptHandler) or str(path) in BORDERS:
            continue
        is_broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        if is_broad and not any(isinstance(part, ast.Raise) for part in ast.walk(node)):
            yield f"{path}:{node.lineno} catches everything and goes on"


def hidden_globals(path: PurePath, text: str) -> Iterator[str]:
    """`global` statements."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Global):
            yield f"{path}:{node.lineno} global {', '.join(node.names)}"


def spoken_logs(path: PurePath, text: str) -> Iterator[str]:
    """Log calls that build a sentence instead of passing fields."""
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        logs = ast.unparse(node.func.value).rsplit(".", 1)[-1] in LOGS and node.func.attr in LEVELS
        if logs and any(isinstance(argument, ast.JoinedStr) for argument in node.args):
            yield f"{path}:{node.lineno} logs an f-string"


def floats(path: PurePath, text: str) -> Iterator[str]:
    """Floating point where every node must agree to the last bit."""
    consensus = path.parts[:2] == ("src", "taonet") and path.parts[2] in CONSENSUS
    if not consensus or str(path) in FLOATS:
        return
    for node in ast.walk(ast.parse(text)):
        divides = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        named = isinstance(node, ast.Name) and node.id in ("float", "round")
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        array = isinstance(node, ast.Attribute) and node.attr.startswith("float")
        if divides or named or literal or array:
            yield f"{path}:{getattr(node, 'lineno', 0)} computes in floats: {ast.unparse(node)}"


def foreign_words(path: PurePath, text: str) -> Iterator[str]:
    """What belongs to one machine, one registry, or to nobody who reads."""
    banned = dict(FOREIGN)
    if not str(path).startswith(MAY_NAME_SHARED):
        banned["a folder beside the clone"] = r"\.\./shared"
    for what, pattern in banned.items():
        for found in re.finditer(pattern, text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path}:{line} names {what}: {found.group()}"


PYTHON_RULES: tuple[Rule, ...] = (
    long_functions,
    deep_functions,
    long_files,
    vague_names,
    broad_excepts,
    hidden_globals,
    spoken_logs,
    floats,
)


def committed() -> list[Path]:
    """The repository's files, new ones too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    paths = {ROOT / name for name in listed.stdout.decode().split("\0") if name}
    return sorted(path for path in paths if path.is_file())


@pytest.mark.parametrize("rule", PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_the_code_is_tidy(rule: Rule) -> None:
    files = [path for path in committed() if path.suffix == ".py"]

    found = [offence for path in files for offence in rule(path.relative_to(ROOT), read(path))]

    assert found == []


def test_no_text_names_what_is_not_the_readers() -> None:
    texts = [path for path in committed() if b"\0" not in path.read_bytes()[:8192]]

    found = [
        offence for path in texts for offence in foreign_words(path.relative_to(ROOT), read(path))
    ]

    assert found == []


def read(path: Path) -> str:
    """A file's text."""
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("listed", [*BORDERS, *FLOATS])
def test_exceptions_from_the_rules_are_still_needed(listed: str) -> None:
    rule = broad_excepts if listed in BORDERS else floats
    elsewhere = PurePath("src/taonet/economy/elsewhere.py")

    assert list(rule(elsewhere, read(ROOT / listed))) != []


SAMPLES: dict[Rule, tuple[str, str]] = {
    long_functions: (
        "def f():\n" + "    x = 1\n" * 61,
        'def f():\n    """\n' + "    a\n" * 61 + '    """\n' + "    x = 1\n    # why\n\n" * 60,
    ),
    deep_functions: (
        "def f():\n if a:\n  for b in c:\n   while d:\n    if e:\n     g()",
        "def f():\n if a:\n  for b in c:\n   with d:\n    if e:\n     g()\n elif h:\n  g()",
    ),
    long_files: ("x = 1\n" * 601, "x = 1\n" * 600),
    broad_excepts: (
        "try:\n f()\nexcept Exception:\n pass",
        "try:\n f()\nexcept BaseException:\n g()\n raise",
    ),
    hidden_globals: ("def f():\n global a\n a = 1", "def f():\n nonlocal_ = 1"),
    spoken_logs: ("log.info(f'got {n}')", "log.info('block_imported', number=n)"),
    foreign_words: ("see " + "/".join(["", "tmp", "x"]), "see tmp/x and example.com/tmp/x"),
}


@pytest.mark.parametrize("rule", SAMPLES, ids=lambda rule: rule.__name__)
def test_a_rule_finds_its_offence_and_nothing_else(rule: Rule) -> None:
    bad, good = SAMPLES[rule]

    assert len(list(rule(PurePath("src/taonet/node/noun.py"), bad))) == 1
    assert list(rule(PurePath("src/taonet/node/noun.py"), good)) == []


@pytest.mark.parametrize("bad", ["a / b", "a /= b", "float(a)", "round(a)", "0.5", "np.float64"])
def test_floats_are_found_in_consensus_only(bad: str) -> None:
    assert len(list(floats(PurePath("src/taonet/frame/noun.py"), bad))) == 1
    assert list(floats(PurePath("src/taonet/gateway/noun.py"), bad)) == []


def test_vague_names_are_found_in_folders_and_files() -> None:
    bad = ["src/taonet/utils/noun.py", "src/taonet/helpers.py", "tests/common/test_noun.py"]

    assert all(list(vague_names(PurePath(path), "")) for path in bad)
    assert list(vague_names(PurePath("src/taonet/node/chain.py"), "")) == []
