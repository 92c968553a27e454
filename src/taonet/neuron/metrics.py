"""Counters and gauges in Prometheus' text format, without a library for it."""

from collections.abc import Iterator

SERIES_MAX = 2_000
"""Names with their labels; a further one is counted under `taonet_metrics_dropped_total`."""
DROPPED = "taonet_metrics_dropped_total"


class Metrics:
    """Numbers by name and labels. Names of counters end with `_total`."""

    def __init__(self) -> None:
        self._values: dict[str, float] = {}

    def add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Raise a counter."""
        key = self._key(name, labels)
        self._values[key] = self._values.get(key, 0.0) + amount

    def set(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        self._values[self._key(name, labels)] = value

    def get(self, name: str, **labels: str) -> float:
        """The value, 0 when never set."""
        return self._values.get(_series(name, labels), 0.0)

    def _key(self, name: str, labels: dict[str, str]) -> str:
        key = _series(name, labels)
        if key not in self._values and len(self._values) >= SERIES_MAX:
            return DROPPED
        return key

    def render(self) -> str:
        """The text that a scraper reads."""
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        announced = ""
        for key in sorted(self._values):
            name = key.partition("{")[0]
            if name != announced:
                kind = "counter" if name.endswith("_total") else "gauge"
                yield f"# TYPE {name} {kind}"
                announced = name
            yield f"{key} {self._values[key]:.10g}"


def _series(name: str, labels: dict[str, str]) -> str:
    if not labels:
        return name
    inner = ",".join(f'{key}="{_escaped(value)}"' for key, value in sorted(labels.items()))
    return f"{name}{{{inner}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
