"""What `recovery="rollback"` costs each call, and what an abort costs with it; snapshots.

The module is `bench/pages`: it holds so many bytes and writes into so many pages of them. The
cost of a call is compared with that of the same call of an instance that is never rolled back, by
the clock of the CPU, which stands still while others have it; an abort with what it takes to be
again what one was where the memory is thrown away.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from bench._measure import (
    Comparison,
    Figure,
    LineProcess,
    MissingPeer,
    Side,
    looped,
    paired,
    take_turns,
)
from bench._operations import NODE, Operation
from bench._sides import NODE_SIDE, newest_node, run_cli
from unpoison.errors import AbortError
from unpoison.runtime import Instance, Module

MODULE = Path(__file__).parent / "pages" / "pages.legacy.wasm"
SIZES = {"1 MB": 448 << 10, "64 MB": 64 << 20, "1 GB": 1 << 30}
"""What is held beside the megabyte that every Rust module has."""

ABORTS = ("1 MB", "64 MB")
PAGES = (1, 8, 100)
WANDERED = 8
MOST = {("1 MB", 8): 20.0, ("64 MB", 8): 20.0, ("1 GB", 8): 50.0}
"""Microseconds that are allowed on top of the plain call."""

PLAIN = "the same call, no roll-back"
REINIT = "re-initialisation"
AGAIN = "a new instance that does the work"


def measure() -> Iterator[Figure | Comparison]:
    """Yield what calls cost, then aborts, then snapshots; each by the size of the memory."""
    module = Module.read(MODULE)
    for name, size in SIZES.items():
        yield from _calls(module, name, size)
    for name in ABORTS:
        yield from _aborts(module, name, SIZES[name])
    for name in ABORTS:
        yield from _snapshots(module, name, SIZES[name])


def _calls(module: Module, name: str, size: int) -> Iterator[Figure | Comparison]:
    with (
        closing(module.instantiate()) as plain,
        closing(module.instantiate(recovery="rollback")) as rolling,
    ):
        for instance in (plain, rolling):
            instance.exports.hold(size)
            _touching(instance, 1)(10)  # the first copies all that is held
        for pages in PAGES:
            what = f"call that writes {pages} of the pages of {name}"
            sides = {"peer": _touching(plain, pages), "ours": _touching(rolling, pages)}
            yield from _on_top(what, sides, MOST.get((name, pages)))
        what = f"call that writes {WANDERED} pages of {name}, other ones each time"
        yield from _on_top(what, {"peer": _wandering(plain), "ours": _wandering(rolling)})


def _on_top(
    what: str, sides: Mapping[str, Side], most: float | None = None
) -> Iterator[Figure | Comparison]:
    times = take_turns(sides)
    ours, peer = times["ours"], times["peer"]
    yield paired(what, ours, peer, peer_name=PLAIN)
    more = [mine - theirs for mine, theirs in zip(ours, peer, strict=True)]
    yield Figure(f"{what}: roll-back on top", statistics.median(more) * 1e6, "µs", most=most)


def _touching(instance: Instance, pages: int) -> Side:
    touch = instance.exports.touch
    return looped(lambda: touch(pages), time.thread_time)


def _wandering(instance: Instance) -> Side:
    wander = instance.exports.wander
    return looped(lambda: wander(WANDERED), time.thread_time)


def _aborts(module: Module, name: str, size: int) -> Iterator[Comparison]:
    what = f"abort, then all as before, {name}"
    with (
        closing(module.instantiate(recovery="rollback")) as rolling,
        closing(module.instantiate(recovery="reinit")) as renewed,
        TemporaryDirectory() as folder,
    ):
        sides = {"ours": looped(_failing(rolling)), REINIT: looped(_renewing(renewed, size))}
        for instance in (rolling, renewed):
            instance.exports.hold(size)
        with suppress(MissingPeer), _node(Path(folder), size) as node:
            times = take_turns({**sides, NODE: node.side("reset")})
            yield paired(what, times["ours"], times[NODE], peer_name=f"{NODE}, reset")
            yield paired(what, times["ours"], times[REINIT], peer_name=REINIT)
            return
        times = take_turns(sides)
        yield paired(what, times["ours"], times[REINIT], peer_name=REINIT)


def _failing(instance: Instance) -> Callable[[], None]:
    fail = instance.exports.fail

    def run() -> None:
        with suppress(AbortError):
            fail(8)

    return run


def _renewing(instance: Instance, size: int) -> Callable[[], None]:
    fail, hold = _failing(instance), instance.exports.hold

    def run() -> None:
        fail()
        hold(size)

    return run


def _node(folder: Path, size: int) -> LineProcess:
    try:
        node = newest_node()
        glue = run_cli(MODULE, folder, "--experimental-reset-state-function")
    except MissingPeer as missing:
        missing.tell()
        raise
    text = f"try {{ fail(8) }} catch {{}}; __wbg_reset_state(); hold({size})"
    reset = Operation("reset", "", ("fail", "hold", "__wbg_reset_state"), "", text,
                      javascript_setup=f"hold({size})")  # fmt: skip
    texts = {"reset": reset.javascript_source()}
    return LineProcess([node, str(NODE_SIDE), str(glue), json.dumps(texts)])


def _snapshots(module: Module, name: str, size: int) -> Iterator[Figure | Comparison]:
    def work() -> None:
        with closing(module.instantiate()) as instance:
            instance.exports.hold(size)

    with TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot"
        with closing(module.instantiate(recovery="rollback")) as instance:
            instance.exports.hold(size)
            save = looped(lambda: instance.checkpoint().save(path))
            resume = looped(lambda: module.resume(path).close())
            save(1)
            yield Figure(f"snapshot, {name}", path.stat().st_size / 1e3, "kB")
            times = take_turns({"save": save, "resume": resume, "work": looped(work)}, rounds=5)
        yield paired(f"snapshot saved, {name}", times["save"], times["work"], peer_name=AGAIN)
        yield paired(f"snapshot resumed, {name}", times["resume"], times["work"], peer_name=AGAIN)
