"""Helpers of generated JavaScript: the promises that Rust makes, and the jobs that it queues.

A promise is known weakly until it is settled, so that the end of its instance can reject it. The
slot of the table in which Rust holds the function that settles it tells whether its task is gone. A
job of a dead or replaced instance does nothing: nobody waits for it. Words in capitals stand for
what `recovery_support.py` puts there.
"""

from __future__ import annotations

PROMISES = """
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

JOBS = """
function $job(callback) {
    const state = callback?._wbg_cb_state;
    if (state === undefined) return callback;
    // It is the same function each time, for those who take a listener away again.
    return callback._wbg_cb_job ??= (...values) => {
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
        if (error === $fault || $abandon(error, $is_lost) === 0) throw error;
        REST
    }
}

function $is_lost(entry) {
    LOST
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

NO_PROMISES = """
function $abandon() {
    return 0; // It makes no promises.
}

function $is_held() {
    return false;
}
"""
