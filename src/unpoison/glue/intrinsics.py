"""What wasm-bindgen's own imports mean in JavaScript: one expression each, by name.

Source: `wasm-bindgen-cli-support` src/intrinsic.rs and src/js/mod.rs (behaviour); contract facts
4.3. `{0}` and `{1}` are the arguments.
"""

from __future__ import annotations

from types import MappingProxyType

_OPERATORS = {
    "jsval_eq": "===", "jsval_loose_eq": "==", "in": "in", "bit_and": "&", "bit_or": "|",
    "bit_xor": "^", "shl": "<<", "shr": ">>", "unsigned_shr": ">>>", "add": "+", "sub": "-",
    "div": "/", "mul": "*", "rem": "%", "pow": "**", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip

INTRINSICS = MappingProxyType(
    {
        **{f"__wbindgen_{name}": f"{{0}} {sign} {{1}}" for name, sign in _OPERATORS.items()},
        "__wbindgen_is_function": 'typeof {0} === "function"',
        "__wbindgen_is_undefined": "{0} === undefined",
        "__wbindgen_is_null": "{0} === null",
        "__wbindgen_is_null_or_undefined": "{0} === null || {0} === undefined",
        "__wbindgen_is_object": 'typeof {0} === "object" && {0} !== null',
        "__wbindgen_is_symbol": 'typeof {0} === "symbol"',
        "__wbindgen_is_string": 'typeof {0} === "string"',
        "__wbindgen_is_bigint": 'typeof {0} === "bigint"',
        "__wbindgen_is_falsy": "!{0}",
        "__wbindgen_typeof": "typeof {0}",
        "__wbindgen_try_into_number": "$attempt(() => +{0})",
        "__wbindgen_checked_div": "$attempt(() => {0} / {1}, RangeError)",
        "__wbindgen_neg": "-{0}",
        "__wbindgen_bit_not": "~{0}",
        "__wbindgen_number_get": 'typeof {0} === "number" ? {0} : undefined',
        "__wbindgen_string_get": 'typeof {0} === "string" ? {0} : undefined',
        "__wbindgen_boolean_get": 'typeof {0} === "boolean" ? {0} : undefined',
        "__wbindgen_bigint_get_as_i64": 'typeof {0} === "bigint" ? {0} : undefined',
        "__wbindgen_string_from_utf8_lossy": "$decoder.decode({0})",
        "__wbindgen_throw": "$throw(new Error({0}))",
        "__wbindgen_rethrow": "$throw({0})",
        "__wbindgen_module": "$module",
        "__wbindgen_instance": "$instance",
        "__wbindgen_exports": "$wasm",
        "__wbindgen_memory": "$wasm.MEMORY",
        "__wbindgen_function_table": "$wasm.TABLE",
        "__wbindgen_debug_string": "$debug({0})",
        "__wbindgen_copy_to_typed_array": "$copy_to({0}, {1})",
        "__wbindgen_panic_error": "new PanicError({0})",
        "__wbindgen_reinit": "SCHEDULE",
        "__wbindgen_jspi_in_context": "false",
    }
)
