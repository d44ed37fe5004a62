"""The main job on a real module: calls, panics, exceptions, an abort and a fresh start.

`make demo` runs it; `python examples/demo.py FILE` takes another build of the counter.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import unpoison

COUNTER = Path(__file__).parent / "counter" / "counter.legacy.wasm"


class OutOfStockError(Exception):
    """An error of the embedder, which Rust knows nothing about."""


def main(path: Path) -> None:
    """Show each thing that can happen to an instance, with the class of its error."""
    print(f"{path.name}, as rustc made it ({path.stat().st_size:,} bytes)")
    start = time.perf_counter()
    instance = unpoison.load(path, imports=make_imports())
    print(f"loaded in {(time.perf_counter() - start) * 1000:.0f} ms")
    with instance:
        show_calls(instance)
        show_panic(instance)
        show_exceptions(instance)
        show_errors_of_rust(instance)
        show_abort(instance)
        show_renewal(instance)
        show_renewal_by_the_library(instance)


def make_imports() -> dict[str, object]:
    """Give what the crate imports; `risky` and `thrower` fail."""

    def risky(n: int) -> int:
        if n > 5:
            raise OutOfStockError(f"only 5 left, not {n}")
        return n * 2

    def thrower() -> None:
        raise OutOfStockError("sold out")

    return {
        "risky": risky,
        "thrower": thrower,
        "reenter": lambda n: n,
        "apply": lambda function, n: function(n),
        "apply_mut": lambda function, n: function(n),
        "env": {"raw_hook": lambda n: n, "raw_plain": lambda n, factor: n * factor},
    }


def show_calls(instance: unpoison.Instance) -> None:
    """Plain calls, strings and an object."""
    counter = instance.exports
    title("Calls")
    show("bump()", counter.bump)
    show('greet("world")', lambda: counter.greet("world"))
    with counter.Acc() as acc:
        show("acc = Acc(); acc.push(1.5)", lambda: acc.push(1.5))
        show("acc.total", lambda: acc.total)
    show('add(1, "2")', lambda: counter.add(1, "2"))
    show("add(1, 2**31)", lambda: counter.add(1, 2**31))


def show_panic(instance: unpoison.Instance) -> None:
    """A panic unwinds, and the instance goes on."""
    counter = instance.exports
    title("A panic: destructors run, only this call fails")
    before = counter.drops()
    show('boom_with("on purpose")', lambda: counter.boom_with("on purpose"))
    print(f"    destructors that ran: {counter.drops() - before}")
    show("bump()", counter.bump)


def show_exceptions(instance: unpoison.Instance) -> None:
    """A Python exception in an import, caught by Rust and not caught."""
    counter = instance.exports
    title("A Python exception in an import")
    show("call_risky(3)", lambda: counter.call_risky(3))
    show("risky_text(9)    Rust catches it", lambda: counter.risky_text(9))
    show("call_risky(9)    Rust passes it on", lambda: counter.call_risky(9))
    show("call_thrower()   Rust does not catch", counter.call_thrower)
    show("bump()", counter.bump)


def show_errors_of_rust(instance: unpoison.Instance) -> None:
    """What an `Err` becomes."""
    counter = instance.exports
    title("An Err of Rust")
    show('parse("12x")', lambda: counter.parse("12x"))
    show("even(3)", lambda: counter.even(3))


def show_abort(instance: unpoison.Instance) -> None:
    """An abort ends the instance; later calls say so."""
    counter = instance.exports
    title("An abort: this instance is dead, and nothing of it runs again")
    error = show("abort_now()", counter.abort_now)
    if isinstance(error, unpoison.AbortError):
        print(f"    reason: {error.reason.name}")
        print(f"    in:     {error.backtrace[0] if error.backtrace else 'no names in the module'}")
    later = show("bump()", counter.bump)
    if later is not None:
        print(f"    cause:  {type(later.__cause__).__name__}")


def show_renewal(instance: unpoison.Instance) -> None:
    """A fresh start gives the same functions a new generation; old objects are refused."""
    counter = instance.exports
    title("A re-initialisation: fresh state behind the same functions")
    instance.reinit()
    show("bump()", counter.bump)
    print(f"    generation {instance.generation}")
    old = counter.Acc()
    instance.reinit()
    show("bump()", counter.bump)
    show("acc.total        acc is of the generation before", lambda: old.total)


def show_renewal_by_the_library(instance: unpoison.Instance) -> None:
    """The crate's own abort hook asks for the fresh start."""
    counter = instance.exports
    title("The same, asked for by the library in its abort hook")
    counter.install_hook(7)
    show("abort_now()", counter.abort_now)
    show("bump()", counter.bump)
    print(f"    generation {instance.generation}")


def title(text: str) -> None:
    """Start a section."""
    print(f"\n{text}")


def show(text: str, call: Callable[[], object]) -> BaseException | None:
    """Make a call and print what came of it; give the error that it raised."""
    try:
        result = call()
    except Exception as error:  # noqa: BLE001 - naming whatever comes is what a demo does
        print(f"  {text}\n    raises {class_name(error)}: {error}")
        return error
    print(f"  {text}\n    -> {result!r}")
    return None


def class_name(error: BaseException) -> str:
    """Give the name by which the error's class is imported."""
    module = type(error).__module__.removesuffix(".errors")
    name = type(error).__name__
    return name if module in ("builtins", "__main__") else f"{module}.{name}"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else COUNTER)
