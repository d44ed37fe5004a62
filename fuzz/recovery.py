"""Law: whatever is done to an instance in whatever order, it answers as the contract's model says.

The model is a few numbers: the counter, the guards dropped, the objects alive, the generation, and
whether the instance lives. Run it: `python -m fuzz.recovery SECONDS [SEED]`.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unpoison import (
    AbortError,
    Instance,
    Module,
    PanicError,
    StaleHandleError,
    TerminatedError,
    ThrownValue,
)

COUNTER = Path(__file__).parents[1] / "examples" / "counter"
STEPS = 40


class BrokenError(AssertionError):
    """The instance did not do what the model says."""


@dataclass
class Model:
    """What the contract says that the instance is now."""

    renews: bool
    alive: bool = True
    due: bool = False
    generation: int = 1
    count: int = 0
    objects: dict[int, tuple[int, float]] = field(default_factory=dict)

    def enter(self) -> bool:
        """Make a renewal that is due; tell whether the entry is served."""
        if self.due:
            self.alive, self.due = True, False
            self.generation += 1
            self.count = 0
        return self.alive

    def die(self) -> None:
        """See an abort."""
        self.alive, self.due = False, self.due or self.renews

    def is_stale(self, key: int) -> bool:
        """Tell whether an object belongs to a generation that is gone."""
        return self.objects[key][0] != self.generation


class Run:
    """One random life of one instance."""

    def __init__(self, module: Module, seed: int) -> None:
        self.random = random.Random(seed)
        self.model = Model(renews=self.random.random() < 0.5)
        self.log: list[str] = []
        self.inner: list[str] = []
        self.held: dict[int, Any] = {}
        self.unwinds = "abort" not in module.interface.panics.name.lower()
        self.instance = module.instantiate(
            self.imports(), recovery="reinit" if self.model.renews else "terminate"
        )

    def imports(self) -> dict[str, Any]:
        """Give imports of which `reenter` and `risky` do one more step inside the call."""
        return {
            "risky": self.step_inside,
            "reenter": self.step_inside,
            "thrower": self.throw,
            "apply": lambda function, number: function(number),
            "apply_mut": lambda function, number: function(number),
            "env": {"raw_hook": self.step_inside, "raw_plain": lambda n, factor: 0.0},
            "console": {"log": self.log.append, "error": self.log.append},
        }

    def throw(self) -> None:
        """Be the import that raises."""
        raise LookupError("thrown")

    def step_inside(self, n: int) -> int:
        """Do a step that can be done inside a call, and swallow what it raises."""
        name = self.inner.pop()
        try:
            getattr(self, name)(inside=True)
        except AbortError:
            if self.random.random() < 0.5:
                raise
        return n

    def step(self) -> None:
        """Do one random step."""
        name = self.random.choice(STEPS_OUTSIDE)
        self.log.append(name)
        getattr(self, name)()

    def enters(self, inside: bool) -> bool:
        return self.model.alive if inside else self.model.enter()

    def expect(self, served: bool, call: Any, *arguments: Any) -> Any:
        """Make a call; it must be refused when the model says so."""
        if served:
            return call(*arguments)
        try:
            call(*arguments)
        except TerminatedError:
            return None
        raise BrokenError("a dead instance was entered")

    # --- steps ---

    def bump(self, inside: bool = False) -> None:
        served = self.enters(inside)
        self.model.count += served
        given = self.expect(served, self.instance.exports.bump)
        if served:
            self.same(given, self.model.count)

    def panic(self, inside: bool = False) -> None:
        served = self.enters(inside)
        self.raises(served, PanicError if self.unwinds else AbortError, "boom")
        if served and not self.unwinds:
            self.model.die()

    def abort(self, inside: bool = False) -> None:
        served = self.enters(inside)
        self.raises(served, AbortError, "abort_now")
        if served:
            self.model.die()

    def throw_through(self, inside: bool = False) -> None:
        self.raises(self.enters(inside), LookupError, "call_thrower")

    def err(self, inside: bool = False) -> None:
        self.raises(self.enters(inside), ThrownValue, "even", 3)

    def ask(self, inside: bool = False) -> None:
        served = self.enters(inside)
        self.expect(served, self.instance.exports.ask_reinit)
        self.model.due |= served

    def reinit(self) -> None:
        self.model.due = True
        self.model.enter()
        self.instance.reinit()

    def make(self, inside: bool = False) -> None:
        served = self.enters(inside)
        total = float(self.random.randrange(100))
        made = self.expect(served, self.instance.exports.Acc.starting_at, total)
        if served:
            key = len(self.held) + len(self.model.objects)
            self.held[key] = made
            self.model.objects[key] = (self.model.generation, total)

    def use(self, inside: bool = False) -> None:
        if not self.held:
            return
        key = self.random.choice(list(self.held))
        acc = self.held[key]
        if self.model.is_stale(key) or (not inside and self.model.due):
            # The stale object is no entry; one that a due renewal makes stale comes after it.
            if not self.model.is_stale(key):
                self.model.enter()
            self.raises_from(StaleHandleError, lambda: acc.total)
            return
        served = self.enters(inside)
        given = self.expect(served, lambda: acc.total)
        if served:
            self.same(given, self.model.objects[key][1])

    def drop(self, inside: bool = False) -> None:
        """Free an object or let it be collected; either is right in every state."""
        if not self.held:
            return
        key = self.random.choice(list(self.held))
        acc = self.held.pop(key)
        if self.random.random() < 0.5:
            if self.model.alive and not self.model.is_stale(key) and not inside:
                self.model.enter()
            acc.free()

    def text(self, inside: bool = False) -> None:
        name = "x" * self.random.randrange(2000)
        served = self.enters(inside)
        given = self.expect(served, self.instance.exports.greet, name)
        if served:
            self.same(given, f"Hello, {name}!")

    def nest(self, inside: bool = False) -> None:
        """Call an import that does a step, and perhaps forgets that the instance died in it."""
        served = self.enters(inside)
        self.inner.append(self.random.choice(STEPS_INSIDE))
        self.log.append(f"nest {self.inner[-1]}")
        name, argument = self.random.choice(
            (("call_back", 1), ("call_raw", 1), ("call_back_caught", 1))
        )
        before = self.model.generation
        try:
            self.expect(served, getattr(self.instance.exports, name), argument)
        except AbortError:
            if self.model.alive:
                raise BrokenError("an abort that the model does not know") from None
            return
        except (PanicError, LookupError, ThrownValue, StaleHandleError):
            pass
        if not served:
            self.inner.pop()
        elif not self.model.alive:
            raise BrokenError("an outer frame went on after the abort")
        self.same(self.model.generation, before)

    # --- what must hold ---

    def raises(self, served: bool, kind: type[Exception], name: str, *arguments: Any) -> None:
        wanted = kind if served else TerminatedError
        self.raises_from(wanted, lambda: getattr(self.instance.exports, name)(*arguments))

    @staticmethod
    def raises_from(kind: type[Exception], call: Any) -> None:
        try:
            call()
        except kind:
            return
        raise BrokenError(f"no {kind.__name__}")

    @staticmethod
    def same(given: object, wanted: object) -> None:
        if given != wanted:
            raise BrokenError(f"{given!r} instead of {wanted!r}")

    def check(self) -> None:
        """Compare what can be seen without an entry."""
        self.same(self.instance.generation, self.model.generation)
        self.same(self.instance.state, "live" if self.model.alive else "dead")
        if not self.model.alive:
            self.same(self.instance.memory_size, 0)

    def finish(self) -> None:
        """Compare how many objects are alive in the end."""
        gc.collect()
        served = self.model.enter()
        alive = self.expect(served, self.instance.exports.live_accs)
        if served:
            kept = sum(not self.model.is_stale(key) for key in self.held)
            self.same(alive, kept)
        self.instance.close()


STEPS_INSIDE = ("bump", "panic", "abort", "throw_through", "err", "ask", "make", "use", "drop",
                "text")  # fmt: skip
STEPS_OUTSIDE = (*STEPS_INSIDE, *("bump", "make", "use", "nest") * 2, "nest", "reinit")


def check(module: Module, seed: int) -> Instance:
    """Live one random life. Raises BrokenError, or whatever nobody documented."""
    run = Run(module, seed)
    try:
        for _ in range(STEPS):
            run.step()
            run.check()
        run.finish()
    except BaseException as error:
        error.add_note(f"seed {seed}, steps: {', '.join(run.log)}")
        raise
    return run.instance


def main(seconds: float, seed: int) -> None:
    """Check the law for some seconds on each build of the counter."""
    names = ("legacy", "exnref", "abort")
    modules = [Module.read(COUNTER / f"counter.{name}.wasm") for name in names]
    end = time.monotonic() + seconds
    first = seed
    while time.monotonic() < end:
        check(modules[seed % 3], seed)
        seed += 1
    print(f"{seed - first} lives")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
