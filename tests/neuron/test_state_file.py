"""State files are whole or absent."""

from pathlib import Path

import pytest

from taonet.neuron.state_file import StateUnreadable, read_state, write_state


def test_a_state_is_replaced_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.json"
    assert read_state(path) is None
    write_state(path, {"a": 1})
    write_state(path, {"a": 2})
    assert read_state(path) == {"a": 2}
    assert [each.name for each in path.parent.iterdir()] == ["state.json"]


def test_a_value_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_state(path, [1])
    with pytest.raises(TypeError):
        write_state(path, {"x": object()})
    assert read_state(path) == [1]
    assert [each.name for each in tmp_path.iterdir()] == ["state.json"]


def test_a_file_that_is_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text("{")
    with pytest.raises(StateUnreadable, match=r"state\.json is not JSON"):
        read_state(path)
