"""The results as one Markdown table, as it stands in docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench._measure import Comparison, Figure, duration

HEAD = ("| what | unpoison | peer | its time | times as fast | middle half | wanted |",)
RULE = ("| --- | ---: | --- | ---: | ---: | :---: | ---: |",)


def table(results: Iterable[Comparison | Figure]) -> Iterator[str]:
    """Yield the lines of the table; a missed target is set in bold."""
    yield from HEAD
    yield from RULE
    for result in results:
        yield _row(result, result.wanted if result.met else f"**{result.wanted}**")


def _row(result: Comparison | Figure, wanted: str) -> str:
    if isinstance(result, Figure):
        return f"| {result.what} | {result.value:.1f} {result.unit} | | | | | {wanted} |"
    times = f"{duration(result.ours)} | {result.peer_name} | {duration(result.peer)}"
    spread = f"{result.low:.2f} to {result.high:.2f}"
    return f"| {result.what} | {times} | {result.ratio:.2f} | {spread} | {wanted} |"
