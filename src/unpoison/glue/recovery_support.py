"""Helpers of generated JavaScript that carry the recovery contract: guard, death, renewal.

A call of the module is: conversions, which may run code of a user; `$enter`, which renews an
instance that is due and refuses one that is dead; checks of objects; then `$depth` counts it and
one `try` holds allocations and the call. `$caught` tells a recoverable error from a death. A death
runs the abort hook once, with a word in memory that lets the hook call imports, and rejects every
promise that the instance had made. A due renewal waits until no frame of the instance is left.
"""

from __future__ import annotations

import re

from unpoison.bindgen import TABLE_ALLOC, TABLE_DEALLOC
from unpoison.eh import Dialect
from unpoison.glue.context import Context
from unpoison.glue.object_support import OBJECTS
from unpoison.transform import IN_HOOK, LIVE, TERMINATED, Adapted

_NO_REGISTRY = "{ register() {}, unregister() {} }"

_NO_REGISTRY = "{ register() {}, unregister() {} }"

_TAGS = """
const $wrapped = new WebAssembly.Tag({ parameters: ["externref"] });

const $jstag = JSTAG;

function $thrown(error) {
    if (error instanceof WebAssembly.Exception) return error;
    return new WebAssembly.Exception($jstag, [error]);
}

function $throw(error) {
    throw THROWN;
}

function $store_error(error) {
    $wasm.__wbindgen_exn_store($own(error));
}

function $critical(error) {
    $die(new Error("Critical error", { cause: error }));
    throw $fault;
}
"""

_COUNTED = """
let $depth = 0;

let $due = false;

let $generation = 0;

let $fault;
"""

_DEATH = """
let $words = new Int32Array(0);

let $told = 0;

function $enter() {
    if ($words[WORD] !== LIVE) $prepare();
    $depth++;
}

function $is_live() {
    return $i32()[WORD] === LIVE;
}

function $still() {
    if ($i32()[WORD] === TERMINATED) throw $fault;
}

function $prepare() {
    const words = $i32();
    const word = words[WORD];
    if (word !== LIVE && $fault === undefined) $die(new Error("Module terminated"));
    RENEWAL
    if (word !== LIVE) throw new Error("Module terminated", { cause: $fault });
    KEEP
}

function $caught(error) {
    if (error instanceof WebAssembly.Exception && error.is($wrapped)) {
        return error.getArg($wrapped, 0);
    }
    return $is_deadly(error) ? $die(error) : error;
}

function $is_deadly(error) {
    return error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception ||
        error instanceof RangeError || error?.name === "InternalError";
}

function $die(error) {
    if ($fault !== undefined) return $fault;
    if (error instanceof WebAssembly.Exception) {
        const text = "panic in a function that cannot unwind";
        error = new WebAssembly.RuntimeError(text, { cause: error });
    }
    $fault = error;
    $i32()[WORD] = IN_HOOK;
    $run_hook();
    $i32()[WORD] = TERMINATED;
    $told = $abandon(error);
    return error;
}

function $run_hook() {
    try {
        const hook = $i32()[HOOK];
        if (hook !== 0) $wasm.TABLE.get(hook)();
    } catch {
        // The instance is dead already: what its hook throws changes nothing.
    }
}
"""

_RENEWAL_ONLY = """
function $enter() {
    if ($due && $depth === 0) $reset();
    $depth++;
}

function $is_live() {
    return true;
}
"""

_PLAIN_CATCH = """
function $caught(error) {
    UNWOUND
    return error;
}
"""

_RENEWAL = """
function $schedule() {
    $due = true;
    SCHEDULE
}

function $current(object) {
    if (object?.__wbg_inst !== undefined && object.__wbg_inst !== $generation) {
        throw new Error("Invalid stale object from previous Wasm instance");
    }
}

function $current_closure(state) {
    if (state.at !== $generation) {
        throw new Error("Cannot invoke closure from previous WASM instance");
    }
}

function __wbg_reset_state() {
    $due = true;
    if ($depth === 0) {
        $reset();
    } else {
        $schedule();
    }
}
"""

_PROMISES = """
const $pending = new Set();

const $rejections = new WeakMap();

let $sweep_at = 64;

function $promise(executor) {
    const entry = { reference: undefined, slot: SLOT };
    let settled = false, reject;
    const done = (settle) => (value) => {
        settled = true;
        $pending.delete(entry);
        settle(value);
    };
    const promise = new Promise((resolve, refuse) => {
        reject = refuse;
        const first = done(resolve);
        first._wbg_promise = entry;
        executor(first, done(refuse));
    });
    if (settled) return promise;
    if (!$is_held(entry)) entry.slot = 0;
    if ($pending.size > $sweep_at) $sweep();
    entry.reference = new WeakRef(promise);
    $pending.add(entry);
    $rejections.set(promise, reject);
    return promise;
}

function $next_slot() {
    const slot = $wasm.__externref_table_alloc();
    $wasm.__externref_table_dealloc(slot);
    return slot;
}

function $is_held(entry) {
    return entry.slot !== 0 && $wasm.EXTERNREFS.get(entry.slot)?._wbg_promise === entry;
}

function $sweep() {
    for (const entry of $pending) {
        if (entry.reference.deref() === undefined) $pending.delete(entry);
    }
    $sweep_at = 2 * $pending.size + 64;
}

function $abandon(error, chosen = () => true) {
    let told = 0;
    for (const entry of [...$pending].filter(chosen)) {
        $pending.delete(entry);
        const promise = entry.reference.deref();
        if (promise === undefined) continue;
        $rejections.get(promise)(error);
        told++;
    }
    return told;
}
"""

_JOBS = """
function $job(callback) {
    const state = callback?._wbg_cb_state;
    if (state === undefined) return callback;
    return (...values) => {
        try {
            $enter();
            $depth--;
        } catch {
            return; // Its instance is dead, and those who waited were told.
        }
        if (state.at !== $generation) return;
        try {
            return callback(...values);
        } catch (error) {
            if (error !== $fault || $told === 0) throw error;
        }
    };
}

function $batch(callback) {
    const run = $job(callback);
    return run === callback ? callback : () => $run_batch(run);
}

function $run_batch(run) {
    try {
        run();
    } catch (error) {
        // A task that fails is dropped, with what alone could settle its promise.
        const lost = (entry) => entry.slot !== 0 && !$is_held(entry);
        if (error === $fault || $abandon(error, lost) === 0) throw error;
        queueMicrotask(() => $run_rest(run));
    }
}

function $run_rest(run) {
    try {
        $run_batch(run);
    } catch (error) {
        // A debug build asserts that each batch was asked for; a release build runs it.
        if (!/assertion failed: \\w*was_scheduled/.test(error?.message)) throw error;
    }
}
"""

_NO_PROMISES = """
function $abandon() {
    return 0; // It makes no promises.
}

function $is_held() {
    return false;
}
"""


def recovery_support(context: Context) -> str:
    """Give the helpers that the module's build and the options ask for."""
    parts = [_TAGS, _COUNTED, OBJECTS]
    parts += [_DEATH] if context.recovers else [_PLAIN_CATCH, _RENEWAL_ONLY]
    parts += [_RENEWAL] if context.resets else []
    parts.append(_PROMISES if context.keeps_promises else _NO_PROMISES)
    parts.append(_JOBS)
    text = "".join(parts)
    for word, value in _words(context).items():
        if value == "":
            text = re.sub(rf"^ *{word}\n", "", text, flags=re.MULTILINE)
        text = re.sub(rf"\b{word}\b", value, text)
    return text


def _words(context: Context) -> dict[str, str]:
    """Give what stands for each word in capitals of the texts above; nothing takes its line out."""
    interface, adapted = context.interface, context.adapted
    recovers, resets = context.recovers, context.resets
    weak = 'typeof FinalizationRegistry === "undefined"' if context.options.weak_refs else "true"
    tag = 'new WebAssembly.Tag({ parameters: ["externref"] })'
    reset = f"if ($due && $depth === 0 && word !== {IN_HOOK}) return $reset();"
    keep = "if (!$due) $words = words;" if resets else "$words = words;"
    own = "{ value: $generation, writable: true }"
    instance = f'Object.defineProperty(object, "__wbg_inst", {own});'
    stale = "if (object.__wbg_inst !== $generation) return; // Nothing of it is left."
    return {
        "JSTAG": tag if adapted.dialect is Dialect.LEGACY else "WebAssembly.JSTag",
        "THROWN": "new WebAssembly.Exception($wrapped, [error])" if adapted.tags else "error",
        "RENEWAL": reset if resets else "",
        "KEEP": keep,
        "SCHEDULE": "$words = new Int32Array(0);" if recovers else "",
        "ENTER": "$enter();" if context.is_guarded else "$depth++;",
        "STALE": stale if resets else "",
        "INSTANCE": instance if resets else "",
        "COLLECT": "if (error !== $fault) throw error;" if recovers else "throw error;",
        "REGISTRY": f"return {weak} ? {_NO_REGISTRY} : new FinalizationRegistry(clean);",
        "UNWOUND": _unwound(adapted),
        "WORD": str((interface.terminated_word or 0) >> 2),
        "HOOK": str((interface.abort_handler_word or 0) >> 2),
        "TABLE": adapted.function_table or "",
        "IN_HOOK": str(IN_HOOK),
        "TERMINATED": str(TERMINATED),
        "LIVE": str(LIVE),
        "SLOT": "$next_slot()" if _has_slots(adapted) else "0",
        "EXTERNREFS": adapted.externrefs or "",
    }


def _has_slots(adapted: Adapted) -> bool:
    """Tell whether the glue can see which slot of the table a value will get."""
    return {TABLE_ALLOC, TABLE_DEALLOC} <= adapted.exports.keys()


def _unwound(adapted: Adapted) -> str:
    """Give what puts globals back that an exception left as they were in its last frame."""
    kept = {adapted.stack_pointer: "$stack_pointer", adapted.lent: "$lent_slots"}
    lines = [f"        $wasm.{name}.value = {value};" for name, value in kept.items() if name]
    return "\n".join(["if ($depth === 1) {", *lines, "    }"]) if lines else ""
