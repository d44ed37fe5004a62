"""Orders of promise jobs: the same program in JavaScript and in Python.

Each program logs; Node's log is recorded, and ours must be the same, line by line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from unpoison import js

Log = Callable[[str], None]


@dataclass(frozen=True)
class Scenario:
    javascript: str
    python: Callable[[js.PromiseRealm, Log], None]


def ticks(realm: js.PromiseRealm, log: Log, count: int) -> None:
    """Log a line per tick, as a clock beside the program."""
    promise = js.resolve(realm)
    for number in range(1, count + 1):
        promise = promise.then(lambda _, number=number: log(f"tick {number}"))


def synchronous_executor(realm, log):
    js.Promise(realm, lambda resolve, reject: (log("executor"), resolve(1))).then(
        lambda v: log(f"value {v}")
    )
    log("end")


def promise_of_promise(realm, log):
    inner = js.resolve(realm, "inner")
    js.Promise(realm, lambda resolve, reject: resolve(inner)).then(lambda v: log(v))
    ticks(realm, log, 5)


def handler_returns_promise(realm, log):
    js.resolve(realm).then(lambda _: js.resolve(realm, "returned")).then(lambda v: log(v))
    ticks(realm, log, 6)


def thenable(realm, log):
    def then(resolve, reject):
        log("then called")
        resolve("thenable")
        reject("ignored")
        raise js.Error("ignored")

    js.resolve(realm, {"then": then}).then(lambda v: log(v))
    ticks(realm, log, 4)


def throwing_thenable(realm, log):
    def then(resolve, reject):
        raise js.Error("thrown")

    js.resolve(realm, {"then": then}).then(log, lambda e: log(js.error_text(e)))
    ticks(realm, log, 3)


def self_resolution(realm, log):
    made = js.with_resolvers(realm)
    made.resolve(made.promise)
    made.promise.catch(lambda e: log(js.error_text(e)))


def first_call_counts(realm, log):
    def executor(resolve, reject):
        resolve("first")
        resolve("second")
        reject("third")
        raise js.Error("fourth")

    js.Promise(realm, executor).then(lambda v: log(v), lambda e: log("rejected"))


def executor_throws(realm, log):
    def executor(resolve, reject):
        raise js.TypeError("no")

    js.Promise(realm, executor).catch(lambda e: log(js.error_text(e)))


def rejection_travels(realm, log):
    js.reject(realm, "r").then(lambda v: log("no")).finally_(lambda: log("finally")).catch(
        lambda e: log(f"caught {e}")
    ).then(lambda v: log(f"then {js.string_of(v)}"))
    ticks(realm, log, 8)


def finally_keeps_value(realm, log):
    js.resolve(realm, "kept").finally_(lambda: js.resolve(realm, "dropped")).then(log)
    ticks(realm, log, 8)


def finally_replaces(realm, log):
    def fail():
        raise js.Error("replaced")

    js.resolve(realm, "kept").finally_(fail).catch(lambda e: log(js.error_text(e)))
    ticks(realm, log, 4)


def passes_through(realm, log):
    js.resolve(realm, "through").then(None, None).then(5).then(log)
    ticks(realm, log, 4)


def order_of_thens(realm, log):
    made = js.with_resolvers(realm)
    for name in "abc":
        made.promise.then(lambda _, name=name: log(name))
    made.resolve(1)
    made.promise.then(lambda _: log("late"))
    log("sync")


def interleaved(realm, log):
    for name in "xy":
        promise = js.resolve(realm)
        for number in range(3):
            promise = promise.then(lambda _, text=f"{name}{number}": log(text))


def rejected_inner(realm, log):
    js.resolve(realm).then(lambda _: js.reject(realm, "inner")).catch(log)
    ticks(realm, log, 5)


def combined_all(realm, log):
    members = [js.resolve(realm, 1), 2, {"then": lambda resolve, reject: resolve(3)}]
    js.promise_all(realm, members).then(lambda v: log(js.string_of(v)))
    js.promise_all(realm, []).then(lambda v: log("empty"))
    js.promise_all(realm, [1, js.reject(realm, "bad")]).catch(log)
    js.promise_all(realm, 5).catch(lambda e: log(js.error_name(e)))
    ticks(realm, log, 6)


def combined_others(realm, log):
    def show(values):
        log(js.json_stringify(values) or "")

    js.promise_all_settled(realm, [1, js.reject(realm, 2)]).then(show)
    js.promise_any(realm, [js.reject(realm, 1), 2]).then(show)
    js.promise_any(realm, [js.reject(realm, 1)]).catch(
        lambda e: log(f"{js.error_text(e)} {js.string_of(e.errors)}")
    )
    js.promise_race(realm, [js.with_resolvers(realm).promise, 7]).then(show)
    js.promise_race(realm, []).then(lambda v: log("never"))
    ticks(realm, log, 6)


def microtasks(realm, log):
    names = js.global_object(realm)
    js.call(names["queueMicrotask"], lambda: log("micro"))
    js.resolve(realm).then(lambda _: log("promise"))
    js.call(names["queueMicrotask"], lambda: log("micro 2"))


TICKS = """
const ticks = n => { let p = Promise.resolve(); for (let i = 1; i <= n; i++)
    p = p.then(() => log(`tick ${i}`)); };
"""

SCENARIOS: dict[str, Scenario] = {
    "the executor runs at once, handlers later": Scenario(
        "new Promise(r => { log('executor'); r(1) }).then(v => log(`value ${v}`)); log('end')",
        synchronous_executor,
    ),
    "a promise of a promise takes two more jobs": Scenario(
        "const i = Promise.resolve('inner'); new Promise(r => r(i)).then(log); ticks(5)",
        promise_of_promise,
    ),
    "so does a promise that a handler returns": Scenario(
        "Promise.resolve().then(() => Promise.resolve('returned')).then(log); ticks(6)",
        handler_returns_promise,
    ),
    "a thenable is adopted by a job": Scenario(
        "Promise.resolve({then(resolve, reject) { log('then called'); resolve('thenable');"
        " reject('ignored'); throw new Error('ignored') }}).then(log); ticks(4)",
        thenable,
    ),
    "a throwing thenable rejects": Scenario(
        "Promise.resolve({then() { throw new Error('thrown') }}).then(log, e => log(String(e)));"
        " ticks(3)",
        throwing_thenable,
    ),
    "a promise resolved with itself is rejected": Scenario(
        "let r; const p = new Promise(f => r = f); r(p); p.catch(e => log(String(e)))",
        self_resolution,
    ),
    "the first call of the resolving functions counts": Scenario(
        "new Promise((a, b) => { a('first'); a('second'); b('third'); throw new Error('x') })"
        ".then(log, () => log('rejected'))",
        first_call_counts,
    ),
    "an executor that throws rejects": Scenario(
        "new Promise(() => { throw new TypeError('no') }).catch(e => log(String(e)))",
        executor_throws,
    ),
    "a rejection travels down the chain": Scenario(
        "Promise.reject('r').then(() => log('no')).finally(() => log('finally'))"
        ".catch(e => log(`caught ${e}`)).then(v => log(`then ${v}`)); ticks(8)",
        rejection_travels,
    ),
    "finally keeps the value and waits": Scenario(
        "Promise.resolve('kept').finally(() => Promise.resolve('dropped')).then(log); ticks(8)",
        finally_keeps_value,
    ),
    "finally that throws replaces it": Scenario(
        "Promise.resolve('kept').finally(() => { throw new Error('replaced') })"
        ".catch(e => log(String(e))); ticks(4)",
        finally_replaces,
    ),
    "handlers that are no functions pass on": Scenario(
        "Promise.resolve('through').then(null, undefined).then(5).then(log); ticks(4)",
        passes_through,
    ),
    "handlers run in the order of the calls": Scenario(
        "let r; const p = new Promise(f => r = f); for (const n of 'abc') p.then(() => log(n));"
        " r(1); p.then(() => log('late')); log('sync')",
        order_of_thens,
    ),
    "chains interleave": Scenario(
        "for (const n of 'xy') { let p = Promise.resolve(); for (let i = 0; i < 3; i++)"
        " p = p.then(() => log(`${n}${i}`)) }",
        interleaved,
    ),
    "a handler that returns a rejected promise": Scenario(
        "Promise.resolve().then(() => Promise.reject('inner')).catch(log); ticks(5)",
        rejected_inner,
    ),
    "all": Scenario(
        "Promise.all([Promise.resolve(1), 2, {then(r) { r(3) }}]).then(v => log(String(v)));"
        " Promise.all([]).then(() => log('empty'));"
        " Promise.all([1, Promise.reject('bad')]).catch(log);"
        " Promise.all(5).catch(e => log(e.name)); ticks(6)",
        combined_all,
    ),
    "allSettled, any and race": Scenario(
        "const show = v => log(JSON.stringify(v));"
        " Promise.allSettled([1, Promise.reject(2)]).then(show);"
        " Promise.any([Promise.reject(1), 2]).then(show);"
        " Promise.any([Promise.reject(1)]).catch(e => log(`${e} ${e.errors}`));"
        " Promise.race([new Promise(() => {}), 7]).then(show);"
        " Promise.race([]).then(() => log('never')); ticks(6)",
        combined_others,
    ),
    "queueMicrotask shares the queue": Scenario(
        "queueMicrotask(() => log('micro')); Promise.resolve().then(() => log('promise'));"
        " queueMicrotask(() => log('micro 2'))",
        microtasks,
    ),
}


def run(scenario: Scenario) -> list[str]:
    """Give the log of the Python program after all its jobs."""
    log: list[str] = []
    queue = js.MicrotaskQueue(lambda error: log.append(f"uncaught {error}"))
    scenario.python(js.PromiseRealm(queue), log.append)
    queue.run_jobs()
    return log
