"""What the gateway has done, in numbers for operators: Prometheus' text and a short summary."""

from bisect import bisect_left
from collections import deque

from taonet.gateway.breaker import Circuit
from taonet.gateway.receipts import Receipt
from taonet.gateway.router import Router
from taonet.neuron.metrics import Metrics

TTFT_BOUNDS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram of times to first text."""
RECENT = 1000
"""Answers that the summary's percentiles are taken over."""
PREFIX = "taonet_gateway"
CIRCUITS = {Circuit.CLOSED: 0, Circuit.PROBING: 1, Circuit.OPEN: 2}


class Histogram:
    """Counts of observations up to each bound."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        """Counts a value under the first bound that isn't below it."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def render(self, name: str) -> str:
        """Prometheus' text."""
        lines, total = [f"# TYPE {name} histogram"], 0
        for bound, count in zip((*self._bounds, "+Inf"), self._counts, strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return "\n".join([*lines, f"{name}_sum {self._sum:.10g}", f"{name}_count {total}", ""])


class ServiceLevels:
    """Counts every request; says how it went."""

    def __init__(self) -> None:
        self._metrics = Metrics()
        self._ttft = Histogram(TTFT_BOUNDS_S)
        self._recent_ttft_ms: deque[float] = deque(maxlen=RECENT)
        self._recent_ok: deque[bool] = deque(maxlen=RECENT)
        self.under_way = 0
        self.requests = 0

    def tell(self, code: str) -> None:
        """An error that a caller was told."""
        self._metrics.add(f"{PREFIX}_errors_total", code=code)

    def record(self, receipt: Receipt) -> None:
        """A request that was to be answered."""
        self.requests += 1
        self._metrics.add(f"{PREFIX}_requests_total", status=receipt.status)
        self._metrics.add(f"{PREFIX}_tokens_total", receipt.prompt_tokens, kind="prompt")
        self._metrics.add(f"{PREFIX}_tokens_total", receipt.completion_tokens, kind="completion")
        self._metrics.add(f"{PREFIX}_retries_total", max(0, receipt.attempts - 1))
        if receipt.ttft_ms is not None:
            self._ttft.observe(receipt.ttft_ms / 1000)
            self._recent_ttft_ms.append(receipt.ttft_ms)
        if receipt.status != "cancelled":
            self._recent_ok.append(receipt.status == "ok")

    def render(self, router: Router, *, receipts_lost: int) -> str:
        """The text of `/metrics`: totals, the histogram, and what is known of each miner."""
        self._metrics.set(f"{PREFIX}_under_way", self.under_way)
        self._metrics.set(f"{PREFIX}_receipts_lost", receipts_lost)
        miners = Metrics()
        for candidate, standing in router.standings().items():
            labels = {"hotkey": candidate.hotkey, "model": candidate.model}
            if standing.latency_s is not None:
                miners.set(f"{PREFIX}_miner_ttft_seconds", standing.latency_s, **labels)
            miners.set(f"{PREFIX}_miner_success", standing.success, **labels)
            miners.set(f"{PREFIX}_miner_circuit", CIRCUITS[router.circuit(candidate)], **labels)
            miners.add(f"{PREFIX}_miner_requests_total", standing.requests, **labels)
            for reason, count in standing.failures.items():
                miners.add(f"{PREFIX}_miner_failures_total", count, reason=reason, **labels)
        histogram = self._ttft.render(f"{PREFIX}_ttft_seconds")
        return self._metrics.render() + histogram + miners.render()

    def summary(self) -> dict[str, float | int | None]:
        """The last answers in five numbers; times are milliseconds."""
        return {
            "requests": self.requests,
            "under_way": self.under_way,
            "success": sum(self._recent_ok) / len(self._recent_ok) if self._recent_ok else None,
            "ttft_ms_p50": _percentile(self._recent_ttft_ms, 0.50),
            "ttft_ms_p95": _percentile(self._recent_ttft_ms, 0.95),
        }


def _percentile(values: deque[float], share: float) -> float | None:
    """The smallest value that at least `share` of all don't exceed."""
    ordered = sorted(values)
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
