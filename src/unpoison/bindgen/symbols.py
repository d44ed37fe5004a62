"""How the macros name Wasm symbols. Source: `wasm-bindgen-shared` src/lib.rs."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HASH = re.compile("(?<=.)-[0-9a-f]{16}\\Z", re.ASCII)
_NOT_LETTERS = str.maketrans({"[": None, "]": None})


def crate_name(crate: str) -> str:
    """Give the name in a unique crate identifier, `<name>-<16 hex digits>`."""
    return _HASH.sub("", crate)


def mangled(base: str, crate: str) -> str:
    """Give the Wasm symbol of an item: its canonical name and the hash of its crate."""
    return f"{base}_{crate.rpartition('-')[2]}"


def qualified(namespace: Sequence[str] | None, name: str) -> str:
    """Give the name that descriptors use for an item in a `js_namespace`."""
    return "__".join([*(namespace or ()), name])


def export_symbol(
    crate: str, namespace: Sequence[str] | None, class_name: str | None, name: str
) -> str:
    """Give the Wasm export of a function or of a method.

    As the macro makes it (`wasm-bindgen-macro-support` src/ast.rs, `Export::export_name`); the
    CLI looks for functions under their plain name and misses those that are no identifiers.
    """
    base = _suffix(name) if class_name is None else f"{_lower(class_name)}_{_suffix(name)}"
    return mangled(qualified(namespace, base), crate)


def class_symbol(kind: str, crate: str, class_: str) -> str:
    """Give the `free`, `new` or `unwrap` symbol of a struct by its qualified name."""
    return mangled(f"__wbg_{_lower(class_)}_{kind}", crate)


def upcast_symbol(crate: str, child: str, parent: str) -> str:
    """Give the symbol that turns a child's pointer into its parent's, by qualified names."""
    return mangled(f"__wbg_upcast_{_lower(child)}_to_{_lower(parent)}", crate)


def field_symbol(kind: str, crate: str, class_: str, field: str) -> str:
    """Give the `get` or `set` symbol of a struct's field."""
    return mangled(f"__wbg_{kind}_{_lower(class_)}_{_suffix(field)}", crate)


def module_path_hash(path: str) -> int:
    """Give the FNV-1a hash by which descriptors name a Rust module."""
    value = 0x811C_9DC5
    for byte in path.encode():
        value = (value ^ byte) * 0x0100_0193 & 0xFFFF_FFFF
    return value


def _lower(name: str) -> str:
    # Character by character, as Rust's char::to_lowercase: no special case for a final sigma.
    return "".join([c.lower() for c in name])


def _suffix(name: str) -> str:
    """Give a JS name as part of a symbol: `[Symbol.iterator]` becomes `Symbol_iterator`."""
    plain = name.translate(_NOT_LETTERS)
    return "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in plain)
