"""Which exports and imports cannot be bound, found before any of them is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from unpoison.bindgen.abi import NotBound
from unpoison.bindgen.descriptor_types import Result, Type
from unpoison.bindgen.interface import Export, Import, ImportKind, Interface
from unpoison.bindgen.lifting import lift, views
from unpoison.bindgen.lowering import lower
from unpoison.bindgen.naming import PythonNames
from unpoison.bindgen.plan import check_export, check_import
from unpoison.bindgen.rust_types import rust_type

Refusal = tuple[str, str]
"""The type that is not supported, in Rust's words, and why."""


def mark_unsupported(interface: Interface) -> Interface:
    """Give the interface with `unsupported` set on every item that has no binding."""
    # The bindings are made of this form, in which a type without a record has no name.
    named = PythonNames(interface)
    exports = [*named.interface.functions, *(m for c in named.interface.classes for m in c.members)]
    refused = {export.symbol: _export_refusal(export) for export in exports}

    def marked(export: Export) -> Export:
        return replace(export, unsupported=export.unsupported or refused[export.symbol])

    return replace(
        interface,
        functions=tuple(map(marked, interface.functions)),
        classes=tuple(
            replace(cls, members=tuple(map(marked, cls.members))) for cls in interface.classes
        ),
        imports=tuple(
            replace(item, unsupported=item.unsupported or _import_refusal(host))
            for item, host in zip(interface.imports, named.interface.imports, strict=True)
        ),
    )


def _export_refusal(export: Export) -> Refusal | None:
    def check() -> None:
        check_export(export)
        for param in export.params:
            _check_given(param.type)
        result = export.result
        _check_taken(result.inner if isinstance(result, Result) else result)

    return _refusal(check)


def _import_refusal(item: Import) -> Refusal | None:
    def check() -> None:
        if item.kind is not ImportKind.RAW and item.result is not None:
            check_import(item)
            for param in item.params:
                _check_taken(param.type)
            _check_given(item.result)

    return _refusal(check)


def _refusal(check: Callable[[], None]) -> Refusal | None:
    try:
        check()
    except NotBound as problem:
        return rust_type(problem.type), problem.reason
    return None


def _check_given(type_: Type) -> None:
    lower(type_, "value", 0)


def _check_taken(type_: Type) -> None:
    lift(type_, views(type_), lambda _: 0)
