"""What a host without a JavaScript engine and its tables cannot do: refused by name when used.

The names are there, so that a module that imports them loads, and one that only may need them
runs; each throws a js.TypeError that says what it is. ECMA-402, Temporal, the WebAssembly
JavaScript API, ECMA-262 19.2.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from unpoison.js.classes import ClassSpec, PropertyKey
from unpoison.js.exceptions import EvalError, TypeError  # noqa: A004 - JavaScript's
from unpoison.js.object_class import OBJECT
from unpoison.js.values import Symbol

CLASSES: Final = {
    "Intl": (
        "Collator", "DateTimeFormat", "DisplayNames", "DurationFormat", "ListFormat", "Locale",
        "NumberFormat", "PluralRules", "RelativeTimeFormat", "Segmenter",
    ),
    "Temporal": (
        "Duration", "Instant", "PlainDate", "PlainDateTime", "PlainMonthDay", "PlainTime",
        "PlainYearMonth", "ZonedDateTime",
    ),
    "WebAssembly": (
        "CompileError", "Exception", "Global", "Instance", "LinkError", "Module", "RuntimeError",
        "Suspending", "Table", "Tag",
    ),
}  # fmt: skip
"""The classes of each namespace that are refused."""
FUNCTIONS: Final = {
    "Intl": ("getCanonicalLocales", "supportedValuesOf"),
    "Temporal": (),
    "WebAssembly": (
        "compile", "compileStreaming", "instantiate", "instantiateStreaming", "promising",
        "validate",
    ),
}  # fmt: skip
CLASS_FUNCTIONS: Final = {
    "Intl": ("supportedLocalesOf",),
    "Temporal": ("compare", "from"),
    "WebAssembly": (),
}
"""The static functions of each class."""
WHY: Final = {
    "Intl": "there is no Intl here",
    "Temporal": "there is no Temporal here; use Date",
    "WebAssembly": "there is no JavaScript engine here",
}


def refused_statics(namespace: str) -> dict[PropertyKey, Any]:
    """Give everything of a namespace, each refusing to be used."""
    made: dict[PropertyKey, Any] = {
        name: refusal(f"{namespace}.{name}", WHY[namespace]) for name in FUNCTIONS[namespace]
    }
    for name in CLASSES[namespace]:
        made[name] = _refused_class(namespace, name)
    return made


def refusal(name: str, why: str) -> Callable[..., NoReturn]:
    """Give a function of a realm that throws a js.TypeError with that name."""

    def refuse(realm: Any, *arguments: object) -> NoReturn:
        raise TypeError(f"{name} is not supported: {why}")

    return refuse


def _refused_class(namespace: str, name: str) -> ClassSpec:
    full, why = f"{namespace}.{name}", WHY[namespace]
    refuse = refusal(full, why)
    statics = {each: refusal(f"{full}.{each}", why) for each in CLASS_FUNCTIONS[namespace]}
    return ClassSpec(name, OBJECT, statics=statics, call=refuse, construct=refuse, length=0)


def _namespace(name: str) -> ClassSpec:
    statics = {**refused_statics(name), Symbol.to_string_tag: name}
    return ClassSpec(name, OBJECT, statics=statics, is_namespace=True)


def evaluate(realm: Any, source: object) -> object:
    """Be `eval`: what is no text is given back. Raises js.EvalError for text. 19.2.1."""
    if isinstance(source, str):
        raise EvalError("eval of text is not supported: there is no JavaScript engine here")
    return source


INTL: Final = _namespace("Intl")
TEMPORAL: Final = _namespace("Temporal")
