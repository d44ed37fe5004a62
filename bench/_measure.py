"""Interleaved measurement: both sides take turns, so that a busy machine slows both.

A side is a function that does its work `n` times and gives the seconds it took; `looped`
makes one from a plain call, `LineProcess` from a program that answers over its standard
streams. The ratio of each round is kept, and the median of those is the result: absolute
times only show the scale.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

Side = Callable[[int], float]

TOOLS = Path(os.environ.get("UNPOISON_TOOLS", Path(__file__).parent.parent / ".tools"))
ROUNDS = 11
ROUND_SECONDS = 0.05


class MissingPeer(Exception):  # noqa: N818 - it is no error of the benchmark
    """A program to compare with is not there; its name is the text."""

    def tell(self) -> None:
        """Print what is skipped and how to get it."""
        print(f"skip {self} is missing (make bench installs it)", flush=True)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One number: what an operation costs both sides, and how many times better ours is.

    The costs are seconds, or bytes where `unit` says so; the ratio is the peer's by ours.
    `low` and `high` are the first and third quartile of the ratios of the single rounds;
    `target` is the ratio that the project wants, None when there is none; `path` is the call path
    of our side, empty where it makes no difference.
    """

    what: str
    peer_name: str
    ours: float
    peer: float
    ratio: float
    low: float
    high: float
    target: float | None = None
    path: str = ""
    unit: str = "s"

    @property
    def met(self) -> bool:
        """Whether the target is reached; True without one."""
        return self.target is None or self.ratio >= self.target

    @property
    def wanted(self) -> str:
        """The target as text, empty without one."""
        return "" if self.target is None else f"{self.target:.3g}"

    def __str__(self) -> str:
        wanted = "" if self.target is None else f", wanted {self.target:.3g}"
        path = f" ({self.path})" if self.path else ""
        return (
            f"{self.what}{path}: {amount(self.ours, self.unit)}, "
            f"{self.peer_name} {amount(self.peer, self.unit)}: {self.ratio:.3g} times as good "
            f"({self.low:.3g} to {self.high:.3g}{wanted})"
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that has no peer: its value in a unit, and the value wanted at least, or most."""

    what: str
    value: float
    unit: str
    target: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool:
        """Whether the target is reached; True without one."""
        enough = self.target is None or self.value >= self.target
        return enough and (self.most is None or self.value <= self.most)

    @property
    def wanted(self) -> str:
        """The target as text, empty without one."""
        if self.most is not None:
            return f"at most {self.most:g}"
        return "" if self.target is None else f"{self.target:g}"

    def __str__(self) -> str:
        wanted = f" (wanted {self.wanted})" if self.wanted else ""
        return f"{self.what}: {self.value:.2f} {self.unit}{wanted}"


def compare(
    what: str,
    ours: Side,
    peer: Side,
    *,
    peer_name: str,
    target: float | None = None,
    rounds: int = ROUNDS,
) -> Comparison:
    """Let both sides take turns for `rounds` rounds of about ROUND_SECONDS each."""
    times = take_turns({"ours": ours, "peer": peer}, rounds)
    return paired(what, times["ours"], times["peer"], peer_name=peer_name, target=target)


def take_turns(sides: Mapping[str, Side], rounds: int = ROUNDS) -> Mapping[str, list[float]]:
    """Let all sides take turns of about ROUND_SECONDS; gives seconds per operation, by round."""
    counts = {name: _calibrate(side) for name, side in sides.items()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    order = list(sides)
    for _ in range(rounds):
        for name in order:
            gc.collect()
            times[name].append(sides[name](counts[name]) / counts[name])
        # Who goes first alternates: the later ones find a warmer machine.
        order.append(order.pop(0))
    return times


def paired(
    what: str,
    our_times: Sequence[float],
    peer_times: Sequence[float],
    *,
    peer_name: str,
    target: float | None = None,
    path: str = "",
    unit: str = "s",
) -> Comparison:
    """Give the comparison of rounds that were measured: the cost of an operation, by round."""
    ratios = [theirs / mine for mine, theirs in zip(our_times, peer_times, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return Comparison(
        what,
        peer_name,
        statistics.median(our_times),
        statistics.median(peer_times),
        middle,
        low,
        high,
        target,
        path,
        unit,
    )


def looped(call: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> Side:
    """Make a side that runs a plain call `n` times, with the garbage collector off.

    With `time.thread_time` as its clock, what others do meanwhile is not counted.
    """

    def run(count: int) -> float:
        gc.disable()
        start = clock()
        for _ in repeat(None, count):
            call()
        taken = clock() - start
        gc.enable()
        return taken

    return run


class LineProcess:
    """A program that answers each line `<what> <n>` with the seconds that it took."""

    def __init__(self, command: Sequence[str], cwd: Path | None = None) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=cwd
        )

    def side(self, what: str) -> Side:
        """Make a side that asks the program to do `what`."""
        return lambda count: float(self._ask(f"{what} {count}"))

    def close(self) -> None:
        """End the program and wait for it."""
        self._process.communicate(timeout=30)

    def __enter__(self) -> LineProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, line: str) -> str:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{line}\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise EOFError(f"{self._process.args!r} ended at {line!r}")
        return answer


def amount(value: float, unit: str) -> str:
    """Give a cost as text: seconds, or bytes for the unit "B"."""
    return size(value) if unit == "B" else duration(value)


def size(count: float) -> str:
    """Give a number of bytes with a fitting unit, powers of ten."""
    for unit, scale in (("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count:.3g} B"


def duration(seconds: float) -> str:
    """Give a time with a fitting unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _calibrate(side: Side) -> int:
    """Find how often a side runs in about ROUND_SECONDS; warms it up meanwhile."""
    count = 1
    while (taken := _settled(side, count)) < ROUND_SECONDS / 4:
        count *= 4
    return max(1, round(count * ROUND_SECONDS / taken))


def _settled(side: Side, count: int) -> float:
    """Give the time of so many, the better of two: the first call of a side may do much more."""
    taken = side(count)
    return min(taken, side(count)) if ROUND_SECONDS / 4 <= taken < 1 else taken
