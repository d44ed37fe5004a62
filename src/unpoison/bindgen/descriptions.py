"""The descriptors of one module: what each describe function says, decoded on request.

A describe function is run only when something asks for it: js-sys alone exports 1500 of them,
of which a module uses a few dozen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from unpoison.bindgen.descriptor import decode_descriptor, decode_generic_import
from unpoison.bindgen.descriptor_types import Function, Type
from unpoison.bindgen.interpreter import SKIP_EXPORT, Interpreter
from unpoison.bindgen.module_facts import exported_functions
from unpoison.errors import MalformedModule
from unpoison.wasm import BY_NAME, FunctionBody, Module, encode_unsigned, read_operands

PREFIX = "__wbindgen_describe_"

_CALLS = (BY_NAME["call"].code, BY_NAME["return_call"].code)


@dataclass(frozen=True, slots=True)
class GenericImport:
    """A local function that describes itself and calls the marker; an empty key means a cast."""

    function: int
    key: str
    signature: Function


class Descriptions:
    """Descriptors by the name of what they describe (an export, an import's shim)."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._interpreter = Interpreter(module)
        self._functions = {
            name.removeprefix(PREFIX): index
            for name, index in exported_functions(module).items()
            if name.startswith(PREFIX)
        }
        self._types: dict[int, Type] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of everything that is described."""
        return tuple(self._functions)

    @property
    def exports(self) -> tuple[str, ...]:
        """The Wasm exports that only descriptions need."""
        skip = [SKIP_EXPORT] if self._module.find_export(SKIP_EXPORT) else []
        return (*[PREFIX + name for name in self._functions], *skip)

    def get(self, name: str) -> Type | None:
        """Give the type described under a name, None when nothing is.

        Raises MalformedModule for a description that cannot be right, and UnsupportedItem for
        one that the interpreter cannot run.
        """
        function = self._functions.get(name)
        if function is None:
            return None
        if function not in self._types:
            where = f"export {PREFIX}{name}"
            words = self._interpreter.run(function, where)
            self._types[function] = decode_descriptor(words, where)
        return self._types[function]

    def generic_imports(self) -> Iterator[GenericImport]:
        """Give every local function that calls the marker, in index order.

        Raises as `get` does, and MalformedModule for a function with more than one such call.
        """
        marker = self._interpreter.marker
        if marker is None:
            return
        call = _call_pattern(marker)
        for function, body in enumerate(self._module.bodies, self._module.imported_functions):
            if call.search(body.data, body.start, body.end):
                yield from self._generic_import(function, body, marker)

    def _generic_import(
        self, function: int, body: FunctionBody, marker: int
    ) -> Iterator[GenericImport]:
        calls = _count_calls(body, marker)
        where = f"function {function}"
        if calls > 1:
            raise MalformedModule("it describes more than one generic import", where=where)
        if calls:
            words = self._interpreter.run(function, where)
            yield GenericImport(function, *decode_generic_import(words, where))


def _call_pattern(function: int) -> re.Pattern[bytes]:
    """Give a pattern that every direct call of a function matches, in any LEB128 padding."""
    short = encode_unsigned(function)
    padded = short[:-1] + bytes([short[-1] | 0x80])
    return re.compile(
        b"[\x10\x12](?:%s|%s\x80*\x00)" % (re.escape(short), re.escape(padded)), re.DOTALL
    )


def _count_calls(body: FunctionBody, function: int) -> int:
    named = (item.start for item in read_operands(body) if item.function == function)
    return sum(body.data[start - 1] in _CALLS for start in named)
