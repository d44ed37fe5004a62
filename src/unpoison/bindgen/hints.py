"""What TypeScript says about the JavaScript values of an interface, put beside their types.

The types themselves say `JsValue`; `typescript_type`, `unchecked_param_type` and
`unchecked_return_type` say what kind. Only type checkers ever read it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from unpoison.bindgen.descriptor_types import Extern, Option, Ref, Result, Slice, Type, Vector
from unpoison.bindgen.interface import Export, Import, Interface, Param
from unpoison.bindgen.type_walk import mapped
from unpoison.bindgen.typescript_names import TypeScriptNames

Hint = tuple[str, str]
_Changer = Callable[[Type, str | None], Type]


def with_hints(interface: Interface, names: TypeScriptNames) -> Interface:
    """Give the interface with a hint on each JavaScript value whose TypeScript type is known."""

    def change(type_: Type, override: str | None = None) -> Type:
        return _hinted(type_, names, override)

    return replace(
        interface,
        functions=tuple(_export(item, change) for item in interface.functions),
        classes=tuple(
            replace(cls, members=tuple(_export(item, change) for item in cls.members))
            for cls in interface.classes
        ),
        imports=tuple(_import(item, change) for item in interface.imports),
    )


def _export(export: Export, change: _Changer) -> Export:
    # What overrides the result of an async function is what its promise is fulfilled with.
    override = None if export.is_async else export.result_typescript
    return replace(
        export,
        params=_params(export.params, change),
        result=change(export.result, override),
        declared_result=change(export.declared_result, export.result_typescript),
    )


def _import(item: Import, change: _Changer) -> Import:
    result = None if item.result is None else change(item.result, None)
    return replace(item, params=_params(item.params, change), result=result)


def _params(params: tuple[Param, ...], change: _Changer) -> tuple[Param, ...]:
    return tuple(replace(param, type=change(param.type, param.typescript)) for param in params)


def _hinted(type_: Type, names: TypeScriptNames, override: str | None) -> Type:
    hint = None if override is None else _hint(override, names)
    if hint is not None and _is_javascript(type_):
        return _overridden(type_, hint)

    def change(inner: Type) -> Type:
        if not isinstance(inner, Extern) or inner.name is None:
            return inner
        return replace(inner, hint=_hint(inner.name, names))

    return mapped(type_, change)


def _hint(text: str, names: TypeScriptNames) -> Hint | None:
    """Give the annotations of a type, given and taken; None for one that says nothing."""
    given, taken = names.annotation(text, given=True), names.annotation(text, given=False)
    return None if given == taken == "object" else (given, taken)


def _is_javascript(type_: Type) -> bool:
    """Tell whether a type is one or many JavaScript values, and nothing that Rust knows better."""
    match type_:
        case Extern():
            return True
        case Option(inner) | Ref(inner) | Result(inner) | Vector(inner) | Slice(inner):
            return _is_javascript(inner)
    return False


def _overridden(type_: Type, hint: Hint) -> Type:
    match type_:
        case Option(inner) | Result(inner):
            return replace(type_, inner=_overridden(inner, hint))
    return Extern(None, hint)
