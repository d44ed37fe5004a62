"""Writes docs/reference.md from the signatures and docstrings of what is public.

`python docs/write_reference.py` rewrites the page; a test compares it with the code.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import unpoison
from unpoison import build, eh, errors, js, workers

PAGE = Path(__file__).parent / "reference.md"

Names = list[tuple[str, object]]

SECTIONS: list[tuple[str, Names]] = [
    (
        "Loading",
        [
            ("unpoison.load", unpoison.load),
            ("unpoison.Module", unpoison.Module),
            ("unpoison.Instance", unpoison.Instance),
            ("unpoison.Limits", unpoison.Limits),
        ],
    ),
    (
        "Errors",
        [
            (f"unpoison.{name}", getattr(unpoison, name))
            for name in unpoison.__all__
            if inspect.isclass(getattr(unpoison, name))
            and issubclass(getattr(unpoison, name), unpoison.UnpoisonError | unpoison.AbortReason)
        ],
    ),
    (
        "JavaScript values",
        [
            ("unpoison.js.Error", js.Error),
            ("unpoison.js.Promise", js.Promise),
            ("unpoison.js.BigInt", js.BigInt),
            ("unpoison.js.Symbol", js.Symbol),
            ("unpoison.js.JsNull", js.JsNull),
        ],
    ),
    (
        "Tools",
        [
            ("unpoison.eh.to_exnref", eh.to_exnref),
            ("unpoison.eh.dialect_of", eh.dialect_of),
            ("unpoison.build.build", build.build),
            ("unpoison.build.Stop", build.Stop),
        ],
    ),
    (
        "Workers",
        [
            ("unpoison.workers.Worker", workers.Worker),
            ("unpoison.workers.Response", workers.Response),
            ("unpoison.workers.ManualClock", workers.ManualClock),
            ("unpoison.workers.asgi", workers.asgi),
            ("unpoison.workers.serving", workers.serving),
            ("unpoison.workers.HttpLimits", workers.HttpLimits),
            ("unpoison.workers.Observer", workers.Observer),
            ("unpoison.workers.ObjectError", workers.ObjectError),
            ("unpoison.workers.OverloadedError", workers.OverloadedError),
            ("unpoison.errors.ConfigError", errors.ConfigError),
            ("unpoison.errors.ServeError", errors.ServeError),
            ("unpoison.errors.CapacityError", errors.CapacityError),
            ("unpoison.errors.StorageError", errors.StorageError),
            ("unpoison.errors.ToolError", errors.ToolError),
        ],
    ),
]

WIDTH = 90
HEADER = """# Reference

This page is written by `docs/write_reference.py` from the docstrings. What each part is for is
told in the [guide](guide.md).
"""


def write_page() -> str:
    """Give the page: a section per group, a heading per name."""
    lines = [HEADER]
    for title, names in SECTIONS:
        lines += [f"## {title}", ""]
        for name, item in names:
            lines += _describe(name, item)
    return "\n".join(lines)


def _describe(name: str, item: object) -> Iterator[str]:
    yield from (f"### `{name}`", "")
    if not inspect.isclass(item):
        yield from _function(name.rpartition(".")[2], item)
        return
    bases = ", ".join(base.__name__ for base in item.__bases__ if base is not object)
    yield from ("```python", f"class {item.__name__}{f'({bases})' if bases else ''}", "```", "")
    yield from (_docs(item), "")
    if issubclass(item, Enum):
        yield from (f"Members: {', '.join(f'`{member.name}`' for member in item)}.", "")
    for member, value in vars(item).items():
        if not member.startswith("_") and _is_told(value):
            yield from _member(member, value)


def _member(name: str, value: object) -> Iterator[str]:
    if isinstance(value, property):
        yield from (f"**`.{name}`**: {_docs(value)}", "")
    else:
        yield from _function(name, value)


def _function(name: str, item: object) -> Iterator[str]:
    item = getattr(item, "__func__", item)
    assert callable(item)
    yield from ("```python", _signature(name, inspect.signature(item)), "```", "", _docs(item), "")


def _signature(name: str, signature: inspect.Signature) -> str:
    parts: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        parts.append(_parameter(parameter))
    one_line = f"def {name}({', '.join(parts)}) -> {signature.return_annotation}"
    if len(one_line) <= WIDTH:
        return one_line
    inside = "".join(f"    {part},\n" for part in parts)
    return f"def {name}(\n{inside}) -> {signature.return_annotation}"


def _parameter(parameter: inspect.Parameter) -> str:
    text = parameter.name
    if parameter.annotation is not parameter.empty:
        text += f": {parameter.annotation}"
    if parameter.default is not parameter.empty:
        text += f" = {'...' if callable(parameter.default) else repr(parameter.default)}"
    return text


def _is_told(value: object) -> bool:
    """Tell whether a member has docs of its own; what JavaScript sees of a class has not."""
    if isinstance(value, property | classmethod | staticmethod):
        return True
    return inspect.isroutine(value) and callable(value)


def _docs(item: object) -> str:
    text = inspect.getdoc(item)
    assert text, f"{item!r} has no docstring"
    return text


if __name__ == "__main__":
    PAGE.write_text(write_page())
