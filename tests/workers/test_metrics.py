"""What a scrape says after some events."""

from __future__ import annotations

import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from unpoison.errors import AbortError, AbortReason, PanicError, ToolError
from unpoison.workers.metrics import GAUGES, Metrics
from unpoison.workers.observers import Exchange, Incident, Outcome, Population

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(metrics: Metrics) -> Samples:
    kind, body = metrics.render()
    assert kind.startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def value(metrics: Metrics, name: str, **labels: str) -> float:
    return scrape(metrics)[f"unpoison_{name}", frozenset(labels.items())]


def exchange(method: str = "GET", *, status: int = 200, web_socket: bool = False) -> Exchange:
    return Exchange(
        "1", method, "http://w/", "127.0.0.1", 0.0, web_socket, status, 0.003, 5, 7,
        Outcome.COMPLETE,
    )  # fmt: skip


def test_exchanges_are_counted_by_method_status_and_outcome() -> None:
    metrics = Metrics()
    for each in (exchange(), exchange(), exchange("BREW"), exchange(status=500)):
        metrics.exchange_opened(each)
        metrics.exchange_closed(each)
    labels = {"method": "GET", "status": "200", "outcome": "complete"}
    assert value(metrics, "requests_total", **labels) == 2
    assert value(metrics, "requests_total", **{**labels, "method": "other"}) == 1
    assert value(metrics, "requests_total", **{**labels, "status": "500"}) == 1
    assert value(metrics, "received_bytes_total") == 20
    assert value(metrics, "sent_bytes_total") == 28
    assert value(metrics, "request_duration_seconds_count") == 4
    assert value(metrics, "request_duration_seconds_bucket", le="0.0025") == 0
    assert value(metrics, "request_duration_seconds_bucket", le="0.005") == 4


def test_exchanges_under_way_are_a_gauge() -> None:
    metrics = Metrics()
    metrics.exchange_opened(exchange())
    metrics.exchange_opened(exchange())
    metrics.exchange_closed(exchange())
    assert value(metrics, "requests_in_progress") == 1


def test_a_web_socket_does_not_count_as_a_slow_request() -> None:
    metrics = Metrics()
    metrics.exchange_closed(exchange(web_socket=True))
    assert value(metrics, "web_sockets_total") == 1
    assert value(metrics, "request_duration_seconds_count") == 0


def test_incidents_are_counted_by_place_and_reason() -> None:
    metrics = Metrics()
    metrics.incident(Incident.PANIC, PanicError("no"), "shop-Counter ada")
    metrics.incident(Incident.ABORT, AbortError("x", AbortReason.CPU_LIMIT), "Counter")
    metrics.incident(Incident.UNDONE, AbortError("x", AbortReason.MEMORY_LIMIT), "shop")
    metrics.incident(Incident.START_FAILED, PanicError("no"), "shop")
    metrics.renewed("Counter", 0.0004)
    assert value(metrics, "panics_total", where="shop-Counter") == 1
    assert value(metrics, "aborts_total", where="Counter", reason="CPU limit") == 1
    assert value(metrics, "undone_aborts_total", where="shop", reason="memory limit") == 1
    assert value(metrics, "failed_starts_total", where="shop") == 1
    assert value(metrics, "renewal_duration_seconds_bucket", le="0.0005") == 1


def test_the_population_is_asked_at_each_scrape() -> None:
    populations = [
        Population(1, 2, 3, 4, 5, 6, 7, 8, 9),
        Population(instances_live=9),
    ]
    metrics = Metrics(lambda: populations.pop(0))
    first = scrape(metrics)
    assert [first[f"unpoison_{name}", frozenset()] for name in (
        "instances_live", "instances_idle", "requests_waiting", "memory_bytes", "objects_live",
        "objects_evicted_total", "alarms_pending", "storage_bytes", "instances_apart",
    )] == [1, 2, 3, 4, 5, 6, 7, 8, 9]  # fmt: skip
    assert value(metrics, "instances_live") == 9


def test_every_field_of_a_population_has_a_metric() -> None:
    assert {*GAUGES, "objects_evicted"} == set(Population.__slots__)


def test_two_servers_of_one_process_count_apart() -> None:
    one, two = Metrics(), Metrics()
    one.exchange_opened(exchange())
    assert value(two, "requests_in_progress") == 0


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ToolError, match=r"measuring needs prometheus_client.*unpoison\[workers\]"):
        Metrics()
