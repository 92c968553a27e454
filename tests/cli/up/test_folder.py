"""Where a network is kept, and that its files are whole or absent."""

from pathlib import Path

import pytest

from taonet.cli.up.folder import NetworkFolder, default_folder, read_json, write_json


def test_the_folder_is_the_persons_choice_or_in_their_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TAONET_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "network"

    monkeypatch.delenv("TAONET_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "me")
    assert default_folder() == tmp_path / "me" / ".taonet" / "network"


def test_every_file_lies_within_the_folder(tmp_path: Path) -> None:
    folder = NetworkFolder(tmp_path)
    files = [folder.chain, folder.wallets, folder.api_key, folder.supervisor, folder.founded]
    files += [folder.log("chain"), folder.status("gateway"), folder.status("miner-1")]

    assert all(file.is_relative_to(tmp_path) for file in files)
    assert len(set(files)) == len(files)


def test_json_is_read_as_it_was_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file.json"
    write_json(path, {"netuid": 2})
    write_json(path, {"netuid": 3})

    assert read_json(path) == {"netuid": 3}
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_absent_or_broken_is_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"netuid": ')

    assert read_json(broken) is None
    assert read_json(tmp_path / "absent.json") is None
