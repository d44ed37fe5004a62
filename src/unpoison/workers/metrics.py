"""Prometheus metrics of a server. Names and units follow Prometheus' naming rules."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from unpoison.errors import AbortError
from unpoison.workers.extras import missing_extra
from unpoison.workers.observers import Exchange, Incident, Observer, Population

if TYPE_CHECKING:
    from prometheus_client import Counter
    from prometheus_client.core import Metric

METHODS: Final = frozenset(
    {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
)
"""Methods that are a label of their own; clients choose the others. RFC 9110 9, RFC 5789."""

LATENCY_BUCKETS: Final = (
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
)  # fmt: skip
"""Seconds. A small Worker answers below a millisecond; a CPU limit is at most some minutes."""

RENEWAL_BUCKETS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0)
"""Seconds."""

GAUGES: Final[Mapping[str, str]] = {
    "instances_live": "Instances of the Worker and its Durable Objects.",
    "instances_idle": "Instances that serve nothing at the moment.",
    "instances_apart": "Instances of WebSockets and streams that made room for requests.",
    "requests_waiting": "Requests that wait for an instance.",
    "memory": "Bytes of linear memory of all instances.",
    "objects_live": "Durable Objects in memory.",
    "alarms_pending": "Alarms that are set.",
    "storage": "Bytes of stored data.",
}
"""Fields of `Population` and what they say."""

UNITS: Final[Mapping[str, str]] = {"memory": "memory_bytes", "storage": "storage_bytes"}


class Exchanges:
    """What is counted of exchanges: plain numbers, since every request counts here."""

    def __init__(self) -> None:
        self.open = 0
        self._ended: dict[tuple[str, int, str], int] = {}
        self._sockets = 0
        self._received = 0
        self._sent = 0
        self._latencies = [0] * (len(LATENCY_BUCKETS) + 1)
        self._seconds = 0.0

    def close(self, exchange: Exchange) -> None:
        """Count an exchange that ended."""
        method = exchange.method if exchange.method in METHODS else "other"
        labels = (method, exchange.status, exchange.outcome.value)
        self._ended[labels] = self._ended.get(labels, 0) + 1
        self.open -= 1
        self._received += exchange.received
        self._sent += exchange.sent
        if exchange.web_socket:
            self._sockets += 1
        else:
            self._latencies[bisect_left(LATENCY_BUCKETS, exchange.seconds)] += 1
            self._seconds += exchange.seconds

    def families(self) -> Iterator[Metric]:
        """Give it all as metrics."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        ended = CounterMetricFamily(
            "unpoison_requests", "Exchanges that ended, WebSockets included.",
            labels=("method", "status", "outcome"),
        )  # fmt: skip
        for (method, status, outcome), count in self._ended.items():
            ended.add_metric((method, str(status), outcome), count)
        yield ended
        yield self._durations()
        yield GaugeMetricFamily(
            "unpoison_requests_in_progress", "Exchanges that are under way.", value=self.open
        )
        for name, text, number in (
            ("web_sockets", "WebSockets that were closed or lost.", self._sockets),
            ("received_bytes", "Bytes of request bodies and messages.", self._received),
            ("sent_bytes", "Bytes of response bodies and messages.", self._sent),
        ):
            yield CounterMetricFamily(f"unpoison_{name}", text, value=number)

    def _durations(self) -> Metric:
        from prometheus_client.core import HistogramMetricFamily

        bounds = (*map(str, LATENCY_BUCKETS), "+Inf")
        return HistogramMetricFamily(
            "unpoison_request_duration_seconds",
            "From the headers of a request to the end of its response.",
            buckets=list(zip(bounds, accumulate(self._latencies), strict=True)),
            sum_value=self._seconds,
        )


class Metrics(Observer):
    """Counts what it hears, in a registry of its own; `population` is asked at each scrape.

    Raises ToolError without the extra `workers`.
    """

    def __init__(self, population: Callable[[], Population] = Population) -> None:
        try:
            import prometheus_client as prometheus
        except ImportError as error:
            raise missing_extra("measuring", error) from error
        self._population = population
        self._exchanges = Exchanges()
        self._registry = registry = prometheus.CollectorRegistry(auto_describe=False)

        def counter(name: str, text: str, *labels: str) -> Counter:
            return prometheus.Counter(f"unpoison_{name}", text, labels, registry=registry)

        self._panics = counter("panics", "Panics of Rust code that unwound.", "where")
        self._aborts = counter("aborts", "Instances that died.", "where", "reason")
        self._undone = counter("undone_aborts", "Aborts without any effect.", "where", "reason")
        self._failed_starts = counter("failed_starts", "Instances that could not start.", "where")
        self._renewals = prometheus.Histogram(
            "unpoison_renewal_duration_seconds",
            "From an instance's death until another took its place.",
            registry=registry, buckets=RENEWAL_BUCKETS,
        )  # fmt: skip
        registry.register(self)

    def exchange_opened(self, exchange: Exchange) -> None:
        self._exchanges.open += 1

    def exchange_closed(self, exchange: Exchange) -> None:
        self._exchanges.close(exchange)

    def incident(self, kind: Incident, error: BaseException, where: str) -> None:
        where = where.partition(" ")[0]  # a label for each object would be too many
        if kind is Incident.PANIC:
            self._panics.labels(where).inc()
        elif kind is Incident.START_FAILED:
            self._failed_starts.labels(where).inc()
        else:
            aborts = self._undone if kind is Incident.UNDONE else self._aborts
            reason = error.reason.value if isinstance(error, AbortError) else "other"
            aborts.labels(where, reason).inc()

    def renewed(self, where: str, seconds: float) -> None:
        self._renewals.observe(seconds)

    def render(self) -> tuple[str, bytes]:
        """Give the content type and text of a scrape."""
        from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

        return CONTENT_TYPE_PLAIN_0_0_4, generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Give the metrics of exchanges and of the population; the registry calls it."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        yield from self._exchanges.families()
        population = self._population()
        for field, text in GAUGES.items():
            name = f"unpoison_{UNITS.get(field, field)}"
            yield GaugeMetricFamily(name, text, value=getattr(population, field))
        yield CounterMetricFamily(
            "unpoison_objects_evicted", "Durable Objects that were evicted for idleness.",
            value=population.objects_evicted,
        )  # fmt: skip
