"""Helpers of generated JavaScript: objects and closures of Rust that JavaScript holds."""

from __future__ import annotations

OBJECTS = """
const $objects = $registry((held) => {
    OF_NOW
    for (const [free, ptr] of held.pointers) COLLECT(free, ptr, 1);
});

const $closures = $registry((state) => {
    if (state.at === $generation && state.a !== 0) {
        COLLECT("__wbindgen_destroy_closure", state.a, state.b);
    }
});

function $registry(clean) {
    REGISTRY
}

function $discard(name, first, second) {
    IF_LIVE
    $depth++; try {
        $wasm[name](first, second);
    } catch (e) { $fail(e); } finally { $depth--; }
}

function $collect(name, first, second) {
    try {
        $discard(name, first, second);
    } catch (error) {
        if (error !== $fault) throw error;
    }
}

function $adopt(object, ptr, free) {
    object.__wbg_ptr = ptr;
    return $register(object, [[free, ptr]]);
}

function $register(object, pointers) {
    INSTANCE
    $objects.register(object, HELD, object);
    return object;
}

function $take(object) {
    const ptr = object.__wbg_ptr;
    object.__wbg_ptr = 0;
    $objects.unregister(object);
    return ptr;
}

function $free(object, name, take) {
    ENTER try {
        STALE
        $wasm[name](take(object), 0);
    } catch (e) { $fail(e); } finally { $depth--; }
}

function $unref(state) {
    if (--state.count !== 0) return;
    const { a, b } = state;
    state.a = 0;
    $closures.unregister(state);
    if (a !== 0 && state.at === $generation) $discard("__wbindgen_destroy_closure", a, b);
}

function $owned(callback, state) {
    callback._wbg_cb_state = state;
    callback._wbg_cb_unref = () => $unref(state);
    $closures.register(callback, state, state);
    return callback;
}

function $lent(callback, state) {
    callback._wbg_cb_unref = () => {
        state.a = 0;
    };
    return callback;
}
"""
"""Words in capitals stand for what `recovery_support.py` puts there."""
