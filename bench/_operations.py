"""What is called, as text that every side runs: one row per operation, with what is wanted of it.

`python` and `javascript` are the statement that is timed; the names in `use` are taken from the
side's `work` before, and `setup` runs untimed. The crates are in `bench/peers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

PYO3 = "PyO3"
NODE = "newest Node"
NODE20 = "Node 20"
WASMTIME = "wasmtime's Python layer"
EXTISM = "Extism"
PEERS = (PYO3, NODE, NODE20, WASMTIME, EXTISM)
GUARDED = (PYO3, NODE, NODE20)
"""Those that bind classes, closures and errors by themselves."""

Targets = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: its text on both sides, who can do it, and how many times as fast is wanted.

    `wanted` are the targets of the compiled path by peer, `wanted_pure` of the pure one.
    """

    name: str
    what: str
    use: tuple[str, ...]
    python: str
    javascript: str
    setup: str = ""
    javascript_setup: str = ""
    peers: tuple[str, ...] = PEERS
    wanted: Targets = field(default_factory=dict)
    wanted_pure: Targets = field(default_factory=dict)

    def python_setup(self) -> str:
        """Give the lines that Python runs before the clock starts."""
        return "\n".join([*(f"{name} = work.{name}" for name in self.use), self.setup])

    def javascript_source(self) -> str:
        """Give the body of a function of `work` and `count`, which returns seconds."""
        return (
            f"const {{{', '.join(self.use)}}} = work;\n{self.javascript_setup};\n"
            "const start = process.hrtime.bigint();\n"
            f"for (let left = count; left > 0; left--) {{ {self.javascript}; }}\n"
            "return Number(process.hrtime.bigint() - start) / 1e9;"
        )


def _call(name: str, what: str, use: str, text: str, **more: object) -> Operation:
    return Operation(name, what, (use,), text, text, **more)  # type: ignore[arg-type]


def _sized(name: str, what: str, use: str, python: str, javascript: str,
           **more: object) -> Operation:  # fmt: skip
    setup = {"setup": f"value = {python}", "javascript_setup": f"const value = {javascript}"}
    return _call(name, what, use, f"{use}(value)", **setup, **more)


def _failing(name: str, what: str, use: str, call: str, **more: object) -> Operation:
    python = f"try:\n    {call}\nexcept BaseException:\n    pass"
    return Operation(name, what, (use,), python, f"try {{ {call} }} catch {{}}", **more)  # type: ignore[arg-type]


BASELINE = Operation("baseline", "call of a Python function", (), "same(3)", "same(3)",
                     "def same(n): return n", "const same = (n) => n", peers=())  # fmt: skip
"""What instruction counts are compared with: the same on every side of Python."""

SCALAR: Targets = {PYO3: 1 / 2.5, WASMTIME: 100}
SCALAR_PURE: Targets = {WASMTIME: 12}

CALLS = (
    _call("call_counter", "call without arguments", "bump", "bump()",
          wanted=SCALAR, wanted_pure=SCALAR_PURE),
    _call("call_scalar", "call with two integers", "add", "add(1, 2)",
          wanted=SCALAR, wanted_pure=SCALAR_PURE),
    _sized("string_10", "string in and out, 10 B", "text", '"x" * 10', '"x".repeat(10)',
           wanted={PYO3: 1 / 3.5}),
    _sized("string_1k", "string in and out, 1 kB", "text", '"x" * 1000', '"x".repeat(1000)'),
    _sized("string_1m", "string in and out, 1 MB", "text", '"x" * 10**6', '"x".repeat(1e6)'),
    _sized("bytes_1k", "bytes in and out, 1 kB", "blob", "b'x' * 1000",
           "new Uint8Array(1000)"),
    _sized("bytes_1m", "bytes in and out, 1 MB", "blob", "b'x' * 10**6", "new Uint8Array(1e6)"),
    _sized("f64_1k", "f64 array in and out, 1 kB", "doubled", "work.f64s(125)",
           "new Float64Array(125)", peers=(*GUARDED, EXTISM)),
    _sized("f64_1m", "f64 array in and out, 1 MB", "doubled", "work.f64s(125_000)",
           "new Float64Array(125000)", peers=(*GUARDED, EXTISM)),
    Operation("method_call", "method of a Rust object", (), "acc.push(1.5)", "acc.push(1.5)",
              "acc = work.Acc()", "const acc = new work.Acc()",
              peers=(*GUARDED, WASMTIME), wanted={PYO3: 1 / 2.5}),
    Operation("closure_call", "closure of Rust, called from outside", (), "add_one(2.0)",
              "add_one(2.0)", "add_one = work.adder(1.0)", "const add_one = work.adder(1.0)",
              peers=GUARDED),
    Operation("callback", "Rust calls a function that it was given", ("apply",),
              "apply(same, 2.0)", "apply(same, 2.0)", "def same(n): return n",
              "const same = (n) => n", peers=GUARDED),
    _call("host_import", "call that calls an import", "call_host", "call_host(3)",
          peers=(*GUARDED, WASMTIME), wanted={PYO3: 1 / 4}),
    _sized("host_import_string", "the same with a string of 10 B, in and out", "call_host_text",
           '"x" * 10', '"x".repeat(10)', peers=(*GUARDED, EXTISM)),
    _call("option_some", "Option, with a number", "half", "half(3.0)", peers=GUARDED),
    Operation("option_none", "Option, with None", ("half",), "half(None)", "half(undefined)",
              peers=GUARDED),
    _call("result_ok", "Result, Ok", "even", "even(2)", peers=(*GUARDED, EXTISM)),
    _failing("result_err", "Result, Err with a text", "even", "even(3)", peers=(*GUARDED, EXTISM)),
    _failing("panic", "panic, caught outside", "boom", "boom()", peers=(*GUARDED, EXTISM),
             wanted={NODE: 1, PYO3: 1}),
    _failing("panic_quiet", "panic, with a hook that does nothing", "boom", "boom()",
             setup="work.set_quiet(True)", javascript_setup="work.set_quiet(true)", peers=GUARDED),
    _failing("host_throw", "exception of an import, through Rust", "call_host_fails",
             "call_host_fails()", peers=GUARDED),
    Operation("renewal", "abort, fresh start, first call",
              ("renew_after_abort", "abort_now", "bump"),
              "renew_after_abort()\ntry:\n    abort_now()\nexcept Exception:\n    pass\nbump()",
              "renew_after_abort(); try { abort_now() } catch {}; bump()",
              peers=(NODE, NODE20), wanted={NODE: 2, NODE20: 2}),
    Operation("new_instance", "new instance, first call, end", (), "work.another().close()", "",
              peers=(WASMTIME, EXTISM)),
)  # fmt: skip

OPERATIONS: Mapping[str, Operation] = MappingProxyType({call.name: call for call in CALLS})
