"""Which exports and imports cannot be bound, found before any of them is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from unpoison.bindgen.abi import NotBound
from unpoison.bindgen.crossing import lift, lower, views
from unpoison.bindgen.descriptor_types import Result, Type
from unpoison.bindgen.interface import Export, Import, ImportKind, Interface
from unpoison.bindgen.plan import check_export, check_import
from unpoison.bindgen.rust_types import rust_type

Refusal = tuple[str, str]
"""The type that is not supported, in Rust's words, and why."""


def mark_unsupported(interface: Interface) -> Interface:
    """Give the interface with `unsupported` set on every item that has no binding."""
    classes = tuple(
        replace(cls, members=tuple(map(_marked_export, cls.members))) for cls in interface.classes
    )
    return replace(
        interface,
        functions=tuple(map(_marked_export, interface.functions)),
        classes=classes,
        imports=tuple(map(_marked_import, interface.imports)),
    )


def _marked_export(export: Export) -> Export:
    def check() -> None:
        check_export(export)
        for param in export.params:
            _check_given(param.type)
        result = export.result
        _check_taken(result.inner if isinstance(result, Result) else result)

    return replace(export, unsupported=export.unsupported or _refusal(check))


def _marked_import(item: Import) -> Import:
    def check() -> None:
        if item.kind is not ImportKind.RAW and item.result is not None:
            check_import(item)
            for param in item.params:
                _check_taken(param.type)
            _check_given(item.result)

    return replace(item, unsupported=item.unsupported or _refusal(check))


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
