"""The record of the JS glue, in the normal form in which it is compared.

["value", v] ["log", text] ["panic", message] ["thrown", name, message] ["thrown value", v]
["abort", reason] ["terminated"] ["stale"] ["borrow"] ["refused", class] ["pending"]
["uncaught", what]
"""

from __future__ import annotations

from typing import Any

_ABORTS = {
    "unreachable": "unreachable",
    "memory access out of bounds": "out of bounds",
    "divide by zero": "arithmetic",
    "null function or function signature mismatch": "indirect call",
    "table index is out of bounds": "indirect call",
    "Maximum call stack size exceeded": "stack overflow",
}
_STATES = {
    "Module terminated": "terminated",
    "null pointer passed to rust": "stale",
    "Invalid stale object from previous Wasm instance": "stale",
    "Cannot invoke closure from previous WASM instance": "stale",
    "closure invoked recursively or after being dropped": "stale",
    "recursive use of an object detected which would lead to unsafe aliasing in rust": "borrow",
    "attempted to take ownership of Rust value while it was borrowed": "borrow",
}
_WRONG_CLASS = (
    "expected instance of ",
    "a wasm-bindgen descendant cannot be consumed by-value",
    "cannot be invoked through subclass prototype dispatch",
)


def normal(observation: list[Any]) -> list[Any]:
    """One observation of `record.mjs`, in normal form."""
    kind, *rest = observation
    if kind == "value":
        return [kind, normal_value(rest[0])]
    if kind == "raised":
        return _normal_facts(rest[0])
    return [kind, *_normal_facts(rest[0])] if kind == "uncaught" else observation


def normal_value(value: Any) -> Any:
    """A value with its 64-bit numbers as plain ones."""
    if isinstance(value, list):
        return [normal_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "bigint" in value:
        return int(value["bigint"])
    if value.get("array", [""])[0] == "Uint8ClampedArray":
        return {"array": ["Uint8Array", value["array"][1]]}  # bytes in Python, either way
    return {key: normal_value(item) for key, item in value.items()}


def _normal_facts(facts: dict[str, Any]) -> list[Any]:
    match facts["class"]:
        case "value":
            return ["thrown value", normal_value(facts["value"])]
        case "WebAssembly.Exception":
            return ["abort", "panic"]
        case "PanicError":
            return ["panic", facts["message"]]
        case "RuntimeError" | "RangeError" if facts["message"] in _ABORTS:
            return ["abort", _ABORTS[facts["message"]]]
        case "Error" if facts["message"] in _STATES:
            return [_STATES[facts["message"]]]
        case "Error" | "TypeError" if any(text in facts["message"] for text in _WRONG_CLASS):
            return ["refused", "TypeError"]
    return ["thrown", facts["name"], facts["message"]]
