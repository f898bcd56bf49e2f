"""What the bot counts, for `/metrics`: plain numbers here, Prometheus's text only when somebody asks.

Made by `bot/app.py`, counted by dispatcher and relay, shown by `bot/web.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

HELP = {
    "updates": "Updates taken in and committed",
    "quarantined": "Updates that could not be read and were kept aside",
    "handler_failures": "Events whose handler raised",
    "deliveries": "Deliveries settled, by what became of them",
    "http_requests": "Requests answered, by status",
}
_LABELS = {
    "updates": ("platform",), "quarantined": ("platform",), "handler_failures": ("kind",),
    "deliveries": ("platform", "state"), "http_requests": ("status",),
}  # fmt: skip


class Metrics:
    """Counters by name and labels."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in HELP}

    def add(self, name: str, *labels: str, times: int = 1) -> None:
        """Count one more, or several. **Errors**: KeyError for a name that HELP does not have."""
        self._counts[name][labels] += times

    def value(self, name: str, *labels: str) -> int:
        """Return a count."""
        return self._counts[name][labels]

    def collect(self) -> Iterable[Metric]:
        """Yield every counter as Prometheus wants it (prometheus_client calls this)."""
        from prometheus_client.metrics_core import CounterMetricFamily

        for name, counts in self._counts.items():
            family = CounterMetricFamily(f"huixiang_{name}", HELP[name], labels=_LABELS[name])
            for labels, count in sorted(counts.items()):
                family.add_metric(labels, count)
            yield family

    def exposition(self) -> bytes:
        """Return all counters in Prometheus's text format."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)
