"""A guest made of WebAssembly text, for every test of this room."""

from __future__ import annotations

from collections.abc import Callable

from unpoison.engine import Code, Engine, Fault, Meter, Slots, Store

WIDTHS = {"i32": 4, "u32": 4, "f32": 4, "i64": 2, "u64": 2, "f64": 2}


class Guest:
    """One store with one module in it. `call` gives the first result slot, or the Fault."""

    def __init__(
        self,
        engine: Engine,
        code: Code,
        host: Callable[[int], int] = lambda k: -1,
        memory_limit: int | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.code = code
        self.slots = Slots(16)
        self.store = Store(engine, self.slots, memory_limit, meter)
        self.store.define_host("host", "call", host)
        self.exports = self.store.instantiate(code, "guest")

    def call(self, name: str, *args: tuple[str, float] | int, result: str = "i32") -> object:
        for i, arg in enumerate(args):
            kind, value = arg if isinstance(arg, tuple) else ("i32", arg)
            getattr(self.slots, kind)[i * WIDTHS[kind]] = value
        call = self.store.caller(self.exports.function(name), 16)
        error = call()
        if error or self.slots.trap:
            return self.store.take_fault(error)
        return getattr(self.slots, result)[0]

    def fault(self, name: str, *args: int) -> Fault:
        outcome = self.call(name, *args)
        assert isinstance(outcome, Fault), f"{name} gave {outcome!r}"
        return outcome
