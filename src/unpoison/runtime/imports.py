"""Finds the Python callable behind each import: the embedder's, the standard one, or a refusal.

Source of the binding rules: contract facts 4.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from unpoison import js
from unpoison.bindgen import (
    Cast,
    Import,
    ImportKind,
    Interface,
    Option,
    rust_signature,
    rust_type,
)
from unpoison.errors import LinkError, MissingImport, UnsupportedItem
from unpoison.runtime.border import Border
from unpoison.runtime.intrinsics import PREFIX, drop_closure, make_intrinsics

Function = Callable[..., Any]

UPSTREAM_CRATES = frozenset({"js-sys", "web-sys", "wasm-bindgen", "wasm-bindgen-futures"})
"""Crates whose imports are linked to a refusal when nothing provides them yet."""

_ABSENT = object()
_NO_PROVIDER = "unpoison has no provider for it yet; give one in imports={...}"


class Importer:
    """Resolves the imports of one instance."""

    def __init__(self, border: Border, given: object, realm: js.Realm) -> None:
        self._given = given
        self._realm = realm
        self._on_receiver = _make_operations(realm)
        self._intrinsics = make_intrinsics(border)
        self._supervisor = border.supervisor
        self._missing: list[MissingImport] = []

    def resolve_all(self, hosts: Sequence[Import | Cast | str]) -> list[Function]:
        """Give a callable per host function. Raises LinkError naming every one that is missing."""
        functions = [self._resolve(host) for host in hosts]
        if self._missing:
            raise LinkError(self._missing)
        return functions

    def _resolve(self, host: Import | Cast | str) -> Function:
        if not isinstance(host, Import):
            return _never
        if host.unsupported is not None:
            return partial(_refuse, describe(host), *host.unsupported)
        found = self._find(host)
        if found is not None:
            return found
        if host.crate is None or crate_name(host.crate) not in UPSTREAM_CRATES:
            self._missing.append(
                MissingImport(describe(host), signature_text(host), host.crate or None)
            )
            return _never
        return partial(_refuse, describe(host), signature_text(host), _NO_PROVIDER)

    def _find(self, host: Import) -> Function | None:
        kind = host.kind
        if kind in (ImportKind.CLASS_WRAP, ImportKind.CLASS_UNWRAP):
            return _never  # generated code does it
        if kind is ImportKind.INTRINSIC:
            return self._intrinsics.get(host.name.removeprefix(PREFIX))
        if kind is ImportKind.STRING:
            return lambda: host.string
        if kind is ImportKind.RAW:
            return self._callable((host.wasm_module, host.name), host)
        if kind in _ON_RECEIVER:
            return self._receiver_function(host)
        if kind is ImportKind.STATIC:
            return self._static(host)
        if kind is ImportKind.INSTANCEOF:
            return self._instanceof(host)
        if kind is ImportKind.CONSTRUCTOR:
            target = self._look_up(self._path(host))
            if target is _ABSENT or not _can_construct(target):
                return None
            return partial(js.construct, target)
        return self._callable(self._path(host), host)

    @staticmethod
    def _path(host: Import) -> tuple[str, ...]:
        return host.path if host.js_module is None else (host.js_module, *host.path)

    def _callable(self, path: Sequence[str], host: Import) -> Function | None:
        target = self._look_up(path)
        if target is _ABSENT:
            return None
        if not callable(target):
            raise TypeError(f"imports: {describe(host)} must be callable, not {target!r}")
        if tuple(path) == ("console", "error"):
            return self._recorded(target)
        return target  # type: ignore[no-any-return]

    def _recorded(self, error: Function) -> Function:
        """Remember what the guest prints: a panic hook's text is all that panic=abort leaves."""

        def record(*arguments: object) -> object:
            self._supervisor.console_error = " ".join(js.string_of(item) for item in arguments)
            return error(*arguments)

        return record

    def _receiver_function(self, host: Import) -> Function | None:
        if host.name == "_wbg_cb_unref":
            return drop_closure
        upstream = host.crate is not None and crate_name(host.crate) in UPSTREAM_CRATES
        if upstream and not self._has_member(host):
            return None
        operation = self._on_receiver[host.kind]
        if host.kind in _INDEXING:
            return operation
        return lambda receiver, *rest: operation(receiver, host.name, *rest)

    def _has_member(self, host: Import) -> bool:
        name = host.class_name or ""
        if name in _STRUCTURAL_CLASSES or (name and _walk(self._given, (name,)) is not _ABSENT):
            return True
        target = self._look_up(host.path[:-1])
        if isinstance(target, js.Constructor):
            return host.name in target.spec.members or host.name in _OWN.get(name, ())
        return False

    def _static(self, host: Import) -> Function | None:
        value = self._look_up(self._path(host))
        if value is not _ABSENT:
            return lambda: value
        if isinstance(host.result, Option):
            return lambda: None  # by an Option, Rust asks whether the host has such a thing
        return None

    def _instanceof(self, host: Import) -> Function | None:
        target = self._look_up(self._path(host))
        if target is _ABSENT:
            return None
        return lambda value: _is_instance(value, target)

    def _look_up(self, path: Sequence[str]) -> Any:
        found = _walk(self._given, path)
        return _walk(self._realm.global_object, path) if found is _ABSENT else found


def _walk(root: object, path: Sequence[str]) -> Any:
    value: Any = root
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name, _ABSENT)
        elif isinstance(value, js.JsObject):
            value = js.get(value, name) if js.has(value, name) else _ABSENT
        else:
            value = getattr(value, name, _ABSENT)
        if value is _ABSENT:
            return _ABSENT
    return value


def _is_instance(value: object, target: Any) -> bool:
    try:
        return js.instance_of(value, target)
    except Exception:  # noqa: BLE001 - an exception counts as "no" (contract facts 4.4)
        return False


def _can_construct(target: Any) -> bool:
    return not isinstance(target, js.Constructor) or target.constructs


def _make_operations(realm: js.Realm) -> Mapping[ImportKind, Function]:
    """Give what is done on a receiver, as the guest of that realm sees it."""
    return {
        ImportKind.METHOD: realm.call_method,
        ImportKind.GETTER: realm.get,
        ImportKind.SETTER: realm.set,
        ImportKind.INDEXING_GETTER: realm.get,
        ImportKind.INDEXING_SETTER: realm.set,
        ImportKind.INDEXING_DELETER: realm.delete,
    }


_INDEXING = frozenset(
    {ImportKind.INDEXING_GETTER, ImportKind.INDEXING_SETTER, ImportKind.INDEXING_DELETER}
)
_ON_RECEIVER = _INDEXING | {ImportKind.METHOD, ImportKind.GETTER, ImportKind.SETTER}
# What values of a class have themselves, beside what their prototype has.
_OWN: Mapping[str, frozenset[str]] = {
    "Error": frozenset({"name", "message", "cause", "stack"}),
    "AggregateError": frozenset({"errors"}),
    "Function": frozenset({"name", "length"}),
    "Array": frozenset({"length"}),
    "String": frozenset({"length"}),
}
# Types of js-sys that are shapes, not classes of the global object.
_STRUCTURAL_CLASSES = frozenset({"Global"})


def _refuse(item: str, type_: str, reason: str, *_: object) -> Any:
    raise UnsupportedItem(item, type_, reason)


def _never(*_: object) -> Any:
    raise UnsupportedItem("import", "fn()", "it has a meaning for the linker only")


def crate_name(identifier: str) -> str:
    """Give the crate's name from a unique crate identifier, which may end in `-<hash>`."""
    head, _, tail = identifier.rpartition("-")
    is_hash = len(tail) == 16 and all(c in "0123456789abcdef" for c in tail)
    return head if head and is_hash else identifier


def describe(host: Import) -> str:
    """Give the name by which an embedder gives the import: `console.log`, `env.raw_hook`."""
    if host.kind is ImportKind.RAW:
        return f"{host.wasm_module}.{host.name}"
    name = ".".join(host.path) or host.name
    if host.class_name is not None and host.kind in _ON_RECEIVER:
        name = f"{host.class_name}.{host.name}"
    return name if host.js_module is None else f"{host.js_module}: {name}"


def signature_text(host: Import) -> str:
    """Give the import's signature in Rust terms; the Wasm type for a raw one."""
    if host.result is None or host.kind is ImportKind.RAW:
        return str(host.signature)
    params = tuple((param.name, param.type) for param in host.params)
    text = rust_signature("", params, host.result)
    return text.removeprefix("fn ").strip() if params else f"() -> {rust_type(host.result)}"


def provided(interface: Interface, realm: js.Realm, border: Border) -> dict[str, bool]:
    """Tell for each import, by its Wasm name, whether it has a provider without the embedder."""
    importer = Importer(border, {}, realm)
    return {item.wasm_name: importer._find(item) is not None for item in interface.imports}
