"""Helpers of generated JavaScript that carry the recovery contract: guard, death, renewal.

A call of the module is: conversions, which may run code of a user; `$enter`, which renews an
instance that is due and refuses one that is dead; checks of objects; then `$depth` counts it and
one `try` holds allocations and the call. `$caught` tells a recoverable error from a death, and
`$fail` throws what it gives. A death runs the abort hook once, with a word in memory that lets the
hook call imports, and rejects every promise that the instance had made. A due renewal waits until
no frame of the instance is left.
"""

from __future__ import annotations

import re

from unpoison.bindgen import TABLE_ALLOC, TABLE_DEALLOC
from unpoison.eh import Dialect
from unpoison.glue.context import Context
from unpoison.glue.object_support import OBJECTS
from unpoison.glue.promise_support import JOBS, NO_PROMISES, PROMISES
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

let $told = 0;

function $fail(error) {
    throw $caught(error);
}

function $is_deadly(error) {
    return error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception ||
        OVERFLOWS || error?.name === "InternalError";
}
"""

_DEATH = """
let $words = new Int32Array(0);

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
    ENDED
    RENEW
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
    RENEW_DIRTY
    return error;
}

function $replace(error) {
    if ($fault !== undefined || !$is_deadly(error)) return;
    $fault = error;
    $told = $abandon(error);
    ENDED
    $schedule();
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

function $now() {
    $enter();
    $depth--;
    return $generation;
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


def recovery_support(context: Context) -> str:
    """Give the helpers that the module's build and the options ask for."""
    parts = [_TAGS, _COUNTED, OBJECTS]
    parts += [_DEATH] if context.recovers else [_PLAIN_CATCH, _RENEWAL_ONLY]
    parts += [_RENEWAL] if context.resets else []
    parts.append(PROMISES if context.keeps_promises else NO_PROMISES)
    parts.append(JOBS)
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
    overflows = "error instanceof RangeError"
    # A task that fails is dropped, with what alone could settle its promise; where nothing is
    # dropped it can only be told when there is no other.
    lost = "return entry.slot !== 0 && !$is_held(entry);"
    alone = "return $pending.has(entry) && $pending.size === 1;"
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
        "COLLECT": "$collect" if recovers else "$discard",
        "IF_LIVE": "if (!$is_live()) return;" if recovers else "",
        "OF_NOW": "if (held.at !== $generation) return;" if resets else "",
        "HELD": "{ at: $generation, pointers }" if resets else "{ pointers }",
        "REGISTRY": f"return {weak} ? {_NO_REGISTRY} : new FinalizationRegistry(clean);",
        "ENDED": "$ended();" if context.options.factory else "",
        "RENEW": "$schedule();" if context.options.renew_after_abort else "",
        "RENEW_DIRTY": "$replace(error);" if context.options.renew_after_abort else "",
        "OVERFLOWS": overflows if recovers else f"{overflows} && /call stack/.test(error.message)",
        "LOST": lost if recovers else alone,
        "REST": "queueMicrotask(() => $run_rest(run));" if recovers else "",
        "UNWOUND": _unwound(adapted),
        "WORD": str((interface.terminated_word or 0) >> 2),
        "HOOK": str((interface.abort_handler_word or 0) >> 2),
        "TABLE": adapted.function_table or "",
        "IN_HOOK": str(IN_HOOK),
        "TERMINATED": str(TERMINATED),
        "LIVE": str(LIVE),
        "SLOT": "$next_slot()" if _has_slots(adapted) else "0",
        "EXTERNREFS": adapted.externrefs,
    }


def _has_slots(adapted: Adapted) -> bool:
    """Tell whether the glue can see which slot of the table a value will get."""
    return {TABLE_ALLOC, TABLE_DEALLOC} <= adapted.exports.keys()


def _unwound(adapted: Adapted) -> str:
    """Give what puts globals back that an exception left as they were in its last frame."""
    kept = {adapted.stack_pointer: "$stack_pointer", adapted.lent: "$lent_slots"}
    lines = [f"        $wasm.{name}.value = {value};" for name, value in kept.items() if name]
    return "\n".join(["if ($depth === 1) {", *lines, "    }"]) if lines else ""
