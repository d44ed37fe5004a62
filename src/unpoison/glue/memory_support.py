"""Helpers of generated JavaScript: values in the memory and in the table of an instance."""

from __future__ import annotations

from unpoison.glue.elements import ELEMENT_SIZES, TYPED_ARRAYS

_VIEW = """
let $KIND_view = new ARRAY(0);

function $KIND() {
    return $KIND_view.byteLength === 0 ? ($KIND_view = new ARRAY($wasm.MEMORY.buffer)) : $KIND_view;
}

function $get_KIND(ptr, len) {
    ptr >>>= 0;
    return $KIND().subarray(ptrPER, ptrPER + len);
}

function $take_KIND(ptr, len) {
    const found = $get_KIND(ptr, len).slice();
    $wasm.__wbindgen_free(ptr, lenTIMES, SIZE);
    return found;
}

function $pass_KIND(array) {
    const ptr = $wasm.__wbindgen_malloc(array.lengthTIMES, SIZE) >>> 0;
    $KIND().set(array, ptrPER);
    return ptr;
}
"""

_MEMORY = """
let $data_view = new DataView(new ArrayBuffer(0));

function $data() {
    const { buffer } = $wasm.MEMORY;
    return $data_view.buffer === buffer ? $data_view : ($data_view = new DataView(buffer));
}

const $decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const $encoder = new TextEncoder();

let $length = 0;

function $get_text(ptr, len) {
    ptr >>>= 0;
    return $decoder.decode($u8().subarray(ptr, ptr + len));
}

function $take_text(ptr, len) {
    try {
        return $get_text(ptr, len);
    } finally {
        $wasm.__wbindgen_free(ptr, len, 1);
    }
}

function $pass_text(text) {
    let size = text.length;
    let ptr = $wasm.__wbindgen_malloc(size, 1) >>> 0;
    let bytes = $u8();
    const ascii = size < 32 ? size : 32;
    let at = 0;
    for (let code; at < ascii && (code = text.charCodeAt(at)) < 128; at++) bytes[ptr + at] = code;
    if (at < size) {
        let rest = text.slice(at);
        if (at === ascii) {
            const done = $encoder.encodeInto(rest, bytes.subarray(ptr + at, ptr + size));
            at += done.written;
            rest = rest.slice(done.read);
        }
        if (rest !== "") {
            ptr = $wasm.__wbindgen_realloc(ptr, size, size = at + rest.length * 3, 1) >>> 0;
            bytes = $u8();
            at += $encoder.encodeInto(rest, bytes.subarray(ptr + at, ptr + size)).written;
        }
        if (at !== size) ptr = $wasm.__wbindgen_realloc(ptr, size, at, 1) >>> 0;
    }
    $length = at;
    return ptr;
}

function $take_texts(ptr, len) {
    const cells = $take_u32(ptr, 2 * len);
    return Array.from({ length: len }, (_, at) => $get_text(cells[2 * at], cells[2 * at + 1]));
}

function $own(value) {
    const index = $wasm.__externref_table_alloc();
    $wasm.EXTERNREFS.set(index, value);
    return index;
}

function $see_value(index) {
    return $wasm.EXTERNREFS.get(index);
}

function $take_value(index) {
    const value = $see_value(index);
    $wasm.__externref_table_dealloc(index);
    return value;
}

function $get_values(ptr, len) {
    return Array.from($get_u32(ptr, len), $see_value);
}

function $take_values(ptr, len) {
    const found = $get_values(ptr, len);
    $wasm.__externref_drop_slice(ptr, len);
    $wasm.__wbindgen_free(ptr, len * 4, 4);
    return found;
}

function $pass_values(values) {
    const ptr = $wasm.__wbindgen_malloc(values.length * 4, 4) >>> 0;
    for (let at = 0; at < values.length; at++) {
        const index = $own(values[at]);
        $u32()[ptr / 4 + at] = index;
    }
    return ptr;
}
"""

_CHECKS = """
function $text(value) {
    if (typeof value !== "string") {
        throw new TypeError(`expected a string, found ${value === null ? null : typeof value}`);
    }
}

function $array(value, kind) {
    return value instanceof kind ? value : kind.from(value);
}

function $buffer(value, kind) {
    if (!(value instanceof kind)) throw new TypeError(`expected a ${kind.name} to change`);
}

function $char(text) {
    const code = text.codePointAt(0);
    if (code >= 0xd800 && code < 0xe000) {
        throw new Error(`expected a valid Unicode scalar value, found ${code}`);
    }
    return code ?? 0;
}

function $expect(value, kind) {
    if (!(value instanceof kind)) throw new Error(`expected instance of ${kind.name}`);
}

function $exact(value, pointer, message) {
    if (value.__wbg_ptr !== value[pointer]) throw new TypeError(message);
}

function $variant(variants, value) {
    return (variants.indexOf(value) + 1 || variants.length + 1) - 1;
}

function $attempt(action, kind) {
    try {
        return action();
    } catch (error) {
        if (kind !== undefined && !(error instanceof kind)) throw error;
        return error;
    }
}

function $is_instance(value, kind) {
    try {
        return value instanceof kind();
    } catch {
        return false; // What the name means is no class here.
    }
}

function $copy_to(source, target) {
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(source);
}

function $debug(value) {
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "symbol") {
        return value.description === undefined ? "Symbol" : `Symbol(${value.description})`;
    }
    if (typeof value === "function") {
        const { name } = value;
        return typeof name === "string" && name ? `Function(${name})` : "Function";
    }
    if (typeof value !== "object" || value === null) return `${value}`;
    if (Array.isArray(value)) return `[${Array.from(value, $debug).join(", ")}]`;
    if (value instanceof Error) return `${value.name}: ${value.message}\\n${value.stack}`;
    const shown = Object.prototype.toString.call(value);
    const name = /\\[object ([^\\]]+)\\]/.exec(shown)?.[1];
    if (name === undefined) return shown;
    if (name !== "Object") return name;
    try {
        return `Object(${JSON.stringify(value)})`;
    } catch {
        return "Object";
    }
}

class PanicError extends Error {}
Object.defineProperty(PanicError.prototype, "name", { value: "PanicError" });
"""


def memory_support(memory: str, externrefs: str) -> str:
    """Give the helpers, for the names that the module has for its memory and its table."""
    views = "".join(_view(kind, array) for kind, array in TYPED_ARRAYS.items())
    text = f"{views}{_MEMORY}{_CHECKS}"
    return text.replace("MEMORY", memory).replace("EXTERNREFS", externrefs)


def _view(kind: str, array: str) -> str:
    size = ELEMENT_SIZES[kind]
    text = _VIEW.replace("KIND", kind).replace("ARRAY", array).replace("SIZE", str(size))
    text = text.replace("PER", f" / {size}" if size > 1 else "")
    return text.replace("TIMES", f" * {size}" if size > 1 else "")
