"""Everything that is inside a type, and changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from unpoison.bindgen.descriptor_types import (
    Clamped,
    Closure,
    Function,
    Nullable,
    Option,
    Ref,
    Result,
    Sequence,
    Slice,
    Type,
    UnionType,
    Vector,
)


def nested_types(described: Type) -> Iterator[Type]:
    """Give the type itself and every type inside it, outermost first."""
    yield described
    for child in _children(described):
        yield from nested_types(child)


def closures_in(described: Type) -> Iterator[Closure]:
    """Give each closure type inside a type; `&dyn Fn` and `&mut dyn FnMut` as borrowed ones."""
    for inner in nested_types(described):
        if isinstance(inner, Closure):
            yield inner
        elif isinstance(inner, Ref) and isinstance(inner.inner, Function):
            yield Closure(owned=False, mutable=inner.mutable, function=inner.inner)


def _children(described: Type) -> tuple[Type, ...]:
    match described:
        case Ref() | Slice() | Vector() | Option() | Nullable() | Result() | Clamped() | Sequence():
            return (described.inner,)
        case Function(_, params, result, inner_result):
            return (*params, result, inner_result)
        case Closure():
            return (described.function,)
        case UnionType():
            return described.variants
    return ()


def mapped(described: Type, change: Callable[[Type], Type]) -> Type:
    """Give the type with a change made to every type inside it, innermost first."""
    match described:
        case Ref() | Slice() | Vector() | Option() | Nullable() | Result() | Clamped() | Sequence():
            return change(replace(described, inner=mapped(described.inner, change)))
        case Function(shim, params, result, inner_result):
            inner = tuple(mapped(param, change) for param in params)
            ends = mapped(result, change), mapped(inner_result, change)
            return change(Function(shim, inner, *ends))
        case Closure(owned, mutable, function):
            changed = mapped(function, change)
            assert isinstance(changed, Function)
            return change(Closure(owned, mutable, changed))
        case UnionType(variants=variants):
            changed_variants = tuple(mapped(variant, change) for variant in variants)
            return change(replace(described, variants=changed_variants))
    return change(described)
