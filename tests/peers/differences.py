"""Where unpoison deliberately differs from wasm-bindgen's own glue, and why.

`docs/differences.md` is written from this table. What unpoison does in each of these scenarios is
pinned in `accepted.json`; `python -m tests.peers.accept` rewrites it, and its diff is reviewed.
"""

from __future__ import annotations

from dataclasses import dataclass

UNWIND = ("legacy", "exnref")
ABORT = ("abort",)
EVERY = (*UNWIND, *ABORT)


@dataclass(frozen=True)
class Difference:
    """One decision: what the glue does, what unpoison does, why, and where it shows.

    `scenarios` are names of scenarios, `cases` names of cases of the programs; none of both means
    every scenario of these builds in which unpoison sees an abort.
    """

    title: str
    glue: str
    unpoison: str
    why: str
    builds: tuple[str, ...]
    scenarios: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    def covers(self, build: str, scenario: str, ours: list[list[object]]) -> bool:
        """Whether this allows the scenario of that build to differ."""
        if build not in self.builds:
            return False
        return scenario in self.scenarios or (
            not self.scenarios and not self.cases and any(one[0] == "abort" for one in ours)
        )


DIFFERENCES = (
    Difference(
        "The first call after a scheduled fresh start",
        "checks and marshals its arguments before the reset, so pointers into the old instance "
        "reach the new one: out of bounds, and the fresh instance is terminated at once",
        "renews first, then checks handles, then marshals",
        "a fresh instance must not inherit the failure that it was made for",
        EVERY,
        (
            "the first call after it has a text",
            "the first call after an abort has a text",
            "an old object in the first call",
            "an old object as the argument of the first call",
            "an old closure in the first call",
        ),
    ),
    Difference(
        "Freeing an object of an old generation",
        "`free()` checks nothing: it frees that address in the new instance, which traps",
        "does nothing, as its memory is gone already",
        "freeing is how programs clean up after a failure",
        EVERY,
        ("freeing an old object",),
    ),
    Difference(
        "Freeing an object of a dead instance",
        "raises “Module terminated”",
        "does nothing; no destructor runs",
        "there is nothing left to free, and `with` must not hide the abort by another error",
        EVERY,
        ("freeing an object of a dead instance",),
    ),
    Difference(
        "Freeing twice",
        "raises “null pointer passed to rust”",
        "does nothing the second time",
        "as with Python's own files: closing twice is no error",
        EVERY,
        ("free drops once",),
    ),
    Difference(
        "The abort hook",
        "runs with the termination flag set, so the guard behind the first import that it calls "
        "ends it: at most one line is logged, and a later `schedule_reinit` is never reached; "
        "with nested calls it runs once per level",
        "runs once, to its end; imports in any number, `schedule_reinit` at any place",
        "a hook exists to report the failure and to ask for a fresh start",
        UNWIND,
        (
            "a hook that logs three lines",
            "a hook that logs, then asks for a fresh start",
            "a hook whose import calls an export",
            "a hook that asks for a fresh start, then logs",
            "a hook runs once for an abort below an import",
        ),
    ),
    Difference(
        "A field of an object that is borrowed",
        "accessors are not wrapped: the borrow check panics through them, and the instance ends",
        "raises `BorrowError`; the instance goes on",
        "a method or a setter in the same place is recoverable, and memory is intact",
        UNWIND,
        ("a field of an object that is borrowed", "a field of an abandoned object"),
    ),
    Difference(
        "A panic that leaves a field's getter or setter",
        "ends the instance",
        "raises `PanicError`; the instance goes on",
        "the panic unwound completely: destructors ran, the stack pointer is restored",
        UNWIND,
        ("a field whose copy panics", "a field whose old value panics when it is replaced"),
    ),
    Difference(
        'An exception through a plain `"C-unwind"` import',
        "the first call raises it, after which the instance is terminated",
        "raises it after the destructors of every frame ran; the instance goes on",
        "an exception of the host is no abort, and this kind of import is declared to unwind",
        UNWIND,
        (
            "an exception through a plain C-unwind import",
            "an exception through a C-unwind import below many frames",
            "catch_unwind around a C-unwind import that throws",
        ),
    ),
    Difference(
        "Why an instance died",
        "an overflow of Rust's own stack reads as “memory access out of bounds”, and memory that "
        "ran out as “unreachable”",
        "`AbortReason.STACK_OVERFLOW` and `AbortReason.OUT_OF_MEMORY`",
        "an error should say what to change",
        UNWIND,
        ("Rust's own stack overflows", "memory runs out"),
    ),
    Difference(
        "An object moved twice in one call",
        "takes the first, fails at the second, and has dropped the first by then",
        "raises `BorrowError` before anything moves; the object stays usable",
        "arguments are checked before anything is allocated or moved",
        EVERY,
        ("an object moved twice in one call",),
    ),
    Difference(
        "A failure in an async function",
        "an abort, or an exception of an import without `catch`, is reported as uncaught, and the "
        "promise stays pending for ever",
        "the promise is rejected with that error",
        "whoever awaits must wake up",
        EVERY,
        ("an async function aborts", "an import without catch throws in an async function"),
    ),
    Difference(
        "An async import that gives no promise",
        "an exception that it raises at once never reaches its caller, "
        "any other value has no `then`, a thenable that calls back at once makes Rust panic; the "
        "promise of the caller stays pending for ever",
        "what it raises is the import's `Err`, what it gives is awaited as by JavaScript's `await`",
        "a Python function that is no coroutine function may stand for it",
        EVERY,
        cases=(
            "an async import that throws at once",
            "an async import that gives no promise",
            "an async import that gives a thenable",
        ),
    ),
    Difference(
        "An abort in a panic=abort module",
        "changes nothing: the next call runs in whatever state the trap left, an import with "
        "`catch` turns the trap into an `Err`, and the abort hook never runs",
        "ends the instance, as in a panic=unwind module: the hook runs, later calls raise "
        "`TerminatedError`, an import cannot swallow it; a panic is told apart from other traps",
        "code that was cut off in the middle must not go on",
        ABORT,
        (),
    ),
    Difference(
        "A fresh start asked for by the hook of a panic=abort module",
        "the hook does not run, so the old state is still there",
        "the hook runs, and the next call finds a fresh instance",
        "as in a panic=unwind module",
        ABORT,
        (
            "a hook that only asks for a fresh start",
            "a hook that asks for a fresh start, then panics",
        ),
    ),
    Difference(
        "Numbers that do not fit",
        "wrap silently: 256 becomes 0 for `u8`, 1.5 becomes 1 for `i32`, undefined becomes 0",
        "`OverflowError` for a number out of range, `TypeError` for what is no integer",
        "Python has checked integers, and silent wrapping loses data",
        EVERY,
        ("integers out of their bounds", "a fraction for an integer"),
        ("long numbers out of their bounds", "closures with a wrong argument"),
    ),
    Difference(
        "A closure that changes and is called while it runs",
        "says that it was invoked recursively or after being dropped",
        "`BorrowError`; `StaleHandleError` is for one that was dropped",
        "an error should say what to change",
        EVERY,
        cases=("a closure that changes and meets itself",),
    ),
    Difference(
        "Text where Rust wants a `char`",
        "takes the first character, U+0000 of an empty text, and throws for a lone surrogate",
        "`ValueError` for what is not one character",
        "silent cutting loses data",
        EVERY,
        cases=("characters that are none", "what a generic import gives is checked"),
    ),
    Difference(
        "Text with lone surrogates",
        "U+FFFD takes the place of each",
        "`ValueError`, unless Rust takes it as a JavaScript string",
        "as Python's own encoding does",
        EVERY,
        cases=("texts with lone surrogates",),
    ),
    Difference(
        "Values that are none of an enum's",
        "a numeric enum throws inside of the call, a string enum silently becomes undefined",
        "`ValueError` before the call",
        "arguments are checked before anything is allocated",
        EVERY,
        ("a number that is none of the enum's", "a text that is none of the enum's"),
        ("values that are none of an enum", "what the host gives for an enum is checked"),
    ),
    Difference(
        "A wrong element in a list",
        "throws inside of the call, whatever error it comes to",
        "`TypeError` before the call, `StaleHandleError` for an object that is gone",
        "arguments are checked before anything is allocated",
        EVERY,
        ("a text that is no text in a vector",),
        ("vectors with a wrong element",),
    ),
    Difference(
        "A freed object where one may be absent",
        "reads as `None`",
        "`StaleHandleError`",
        "an object that is gone is a mistake, not an absence",
        EVERY,
        cases=("a freed object where none may be", "a moved object where none may be"),
    ),
    Difference(
        "A class that only Rust makes",
        "`new` gives an object without a value, which every use finds out later",
        "`TypeError`",
        "an error should come where the mistake is",
        EVERY,
        cases=("a class that only Rust makes", "new of a class that only Rust makes"),
    ),
    Difference(
        "64-bit numbers of an inspectable struct as text",
        "`toString` throws, as JSON has no BigInt",
        "`toString` writes the number",
        "Python has one kind of integer",
        EVERY,
        cases=("inspectable as text",),
    ),
)
