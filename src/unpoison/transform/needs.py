"""Which of wasm-bindgen's own exports the glue calls, by the types that cross and their way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from unpoison.bindgen import (
    DESTROY_CLOSURE,
    EXN_STORE,
    FREE,
    MALLOC,
    REALLOC,
    TABLE_ALLOC,
    TABLE_DEALLOC,
    Closure,
    Export,
    Extern,
    Function,
    Import,
    Interface,
    Ref,
    Result,
    Scalar,
    Sequence,
    Slice,
    Str,
    StructType,
    Type,
    UnionType,
    Vector,
    crossing_form,
    nested_types,
    without_absence,
)

DROP_SLICE = "__externref_drop_slice"

_BY_HANDLE = (Extern, UnionType, StructType)
_IN_PLACE = ("i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64")


def needed_support(interface: Interface, *, catches: bool) -> set[str]:
    """Give the names of the exports.

    Whoever `catches` exceptions in the module stores them there, too; otherwise the glue must.
    """
    wanted: set[str] = set()
    for described, inward in _types(interface):
        wanted.update(_given(described) if inward else _taken(described))
    if not catches and any(item.catch for item in interface.imports):
        wanted.update((TABLE_ALLOC, EXN_STORE))
    return wanted


def _types(interface: Interface) -> Iterator[tuple[Type, bool]]:
    """Give every type that crosses, and whether it goes in; those of closures, too."""
    for described, inward in _outer_types(interface):
        yield described, inward
        for inner in nested_types(described):
            if isinstance(inner, Function):
                yield from ((param, True) for param in inner.params)
                yield inner.result, False


def _outer_types(interface: Interface) -> Iterator[tuple[Type, bool]]:
    members = (member for class_ in interface.classes for member in class_.members)
    exports: Iterable[Export] = (*interface.functions, *members)
    yield from _crossing(exports, inward=True)
    yield from _crossing(interface.imports, inward=False)
    for cast in interface.casts:
        if cast.unsupported is None:
            yield cast.source, False
            yield cast.target, True


def _crossing(items: Iterable[Export | Import], *, inward: bool) -> Iterator[tuple[Type, bool]]:
    for item in items:
        if item.unsupported is None and item.result is not None:
            yield from ((param.type, inward) for param in item.params)
            yield item.result, not inward


def _given(described: Type) -> Iterator[str]:
    """What a value needs on its way from JavaScript to Rust."""
    absence, form = without_absence(crossing_form(described))
    match form:
        case Sequence(_, inner):
            yield from _given(inner)
        case Extern() | UnionType() if absence:
            yield TABLE_ALLOC
        case Str() | Ref(Str()):
            yield from (MALLOC, REALLOC, FREE)
        case Vector(element) | Ref(Slice(element)):
            yield from (MALLOC, FREE)
            if _has_handles(element):
                yield from (TABLE_ALLOC, TABLE_DEALLOC, DROP_SLICE)
            if isinstance(element, Str):
                yield REALLOC


def _taken(described: Type) -> Iterator[str]:
    """What a value needs on its way from Rust to JavaScript."""
    _, form = without_absence(crossing_form(described))
    match form:
        case Sequence(_, inner):
            yield from _taken(inner)
        case Result(inner):
            yield TABLE_DEALLOC
            yield from _taken(inner)
        case Str(cached=True) | Ref(Str(cached=True)):
            yield from (FREE, TABLE_DEALLOC)
        case Str() | Vector():
            yield FREE
        case Ref(Slice(element)) if not _is_in_place(element):
            yield FREE
        case Closure(owned=True):
            yield DESTROY_CLOSURE
    if isinstance(form, Vector) and _has_handles(form.inner):
        yield from (TABLE_DEALLOC, DROP_SLICE)


def _has_handles(element: Type) -> bool:
    return any(isinstance(item, _BY_HANDLE) for item in nested_types(element))


def _is_in_place(element: Type) -> bool:
    return isinstance(element, Extern) or (
        isinstance(element, Scalar) and element.kind in _IN_PLACE
    )
