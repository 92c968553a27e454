"""Reading a table of a scenario file: every wrong field is refused by its place and name."""

import enum
from collections.abc import Mapping
from typing import Any, TypeVar

E = TypeVar("E", bound=enum.Enum)

_MISSING: Any = object()


class ScenarioError(ValueError):
    """A scenario file that cannot be run; the text names the field and what it may be."""


class TomlTable:
    """One table; `place` is where it stands, as in `subnet[0].validator[1]`."""

    def __init__(self, fields: Mapping[str, Any], place: str = "") -> None:
        self._fields = fields
        self.place = place
        self._read: set[str] = set()

    def named(self, name: str) -> str:
        """A field's place in the file."""
        return f"{self.place}.{name}" if self.place else name

    def refuse(self, name: str, reason: str) -> ScenarioError:
        """The error of a field."""
        return ScenarioError(f"{self.named(name)}: {reason}")

    def text(self, name: str, default: str = _MISSING) -> str:
        """A text that is not empty."""
        value = self._get(name, default)
        if not isinstance(value, str) or (not value and value is not default):
            raise self.refuse(name, f"must be a text, not {value!r}")
        return value

    def whole(self, name: str, default: int = _MISSING, *, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.refuse(name, f"must be a whole number from {low} to {high}, not {value!r}")
        return value

    def number(self, name: str, default: float = _MISSING, *, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self._get(name, default)
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        if not numeric or not low <= value <= high:
            raise self.refuse(name, f"must be a number from {low:g} to {high:g}, not {value!r}")
        return float(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value = self._get(name, default)
        if not isinstance(value, bool):
            raise self.refuse(name, f"must be true or false, not {value!r}")
        return value

    def choice(self, name: str, kind: type[E], default: E = _MISSING) -> E:
        """One of an enum's values."""
        value = self._get(name, default)
        if isinstance(value, kind):
            return value
        values = [member.value for member in kind]
        if value not in values:
            raise self.refuse(name, f"must be one of {', '.join(values)}, not {value!r}")
        return kind(value)

    def interval(self, name: str, default: tuple[float, float]) -> tuple[float, float]:
        """Two numbers from 0 to 1, the lower first."""
        value = self._get(name, default)
        numbers = [n for n in value if isinstance(n, int | float)] if _is_pair(value) else []
        if len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1] <= 1:
            wanted = "must be two numbers from 0 to 1, the lower first"
            raise self.refuse(name, f"{wanted}, not {value!r}")
        return float(numbers[0]), float(numbers[1])

    def tables(self, name: str, *, most: int) -> list["TomlTable"]:
        """The tables of `[[name]]`, none if there is none; at most `most`."""
        value = self._get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refuse(name, f"must be written as [[{self.named(name)}]] tables")
        if len(value) > most:
            raise self.refuse(name, f"at most {most} tables are allowed, not {len(value)}")
        return [
            TomlTable(item, f"{self.named(name)}[{number}]") for number, item in enumerate(value)
        ]

    def finish(self) -> None:
        """Refuse what was not asked for: a misspelt field would silently do nothing."""
        unknown = sorted(set(self._fields) - self._read)
        if unknown:
            known = ", ".join(sorted(self._read))
            raise self.refuse(unknown[0], f"no such field; there are {known}")

    def _get(self, name: str, default: Any) -> Any:
        self._read.add(name)
        value = self._fields.get(name, default)
        if value is _MISSING:
            raise self.refuse(name, "is missing")
        return value


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2
