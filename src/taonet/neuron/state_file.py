"""Small files that are whole or absent, whatever kills the process."""

import os
from pathlib import Path

import orjson

BYTES_MAX = 16 << 20
"""Of a state file that is read back."""


class StateUnreadable(ValueError):
    """A state file that is not what this program wrote; the text names it."""


def write_state(path: Path, value: object) -> None:
    """
    Replace `path` by `value` as JSON, atomically.

    A reader sees the old file or the new one. The data is flushed to the disk first, so that the
    new name never stands for an empty file after a power cut.
    """
    raw = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def read_state(path: Path) -> object | None:
    """What `write_state` wrote, `None` when there is no file; raises `StateUnreadable`."""
    try:
        if path.stat().st_size > BYTES_MAX:
            raise StateUnreadable(f"{path} is over {BYTES_MAX} bytes; remove it to start afresh")
        value: object = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except orjson.JSONDecodeError as error:
        raise StateUnreadable(f"{path} is not JSON; remove it to start afresh") from error
    return value
