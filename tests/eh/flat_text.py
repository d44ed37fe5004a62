"""Tiny modules from flat text, for cases that read like the spec.

    func thrower i32 ->          params -> results, commas between; both may be empty
      local i64                  declared locals
      local.get 0                one instruction per line, ";;" starts a comment
      throw $int
    func main -> i32
      try i32                    block types: nothing, results, or params->results
        ...
      delegate 0                 labels are numbers, as in the binary format

An `end` closes each function by itself. Every function is exported, and may be named by `call`.
Four tags exist in every module: see TAGS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.eh.assembler import (
    FUNCTION_KIND,
    ModuleParts,
    Signature,
    body,
    op,
    s64,
    u32,
    vec,
)

TAGS = {"$empty": (), "$int": ("i32",), "$long": ("i64",), "$pair": ("i32", "i64")}
_CONSTANTS = ("i32.const", "i64.const")
_BLOCKS = ("block", "loop", "if", "try")


@dataclass
class _Function:
    name: str
    signature: Signature
    locals: tuple[str, ...] = ()
    lines: list[list[str]] = field(default_factory=list)


def assemble(text: str) -> bytes:
    """Give the module that a text describes."""
    functions = list(_functions(text))
    parts = ModuleParts(tags=[(types, ()) for types in TAGS.values()])
    indices = {function.name: index for index, function in enumerate(functions)}
    for function in functions:
        code = b"".join(_instruction(parts, indices, *line) for line in function.lines)
        parts.functions.append((function.signature, body(function.locals, code + op("end"))))
    parts.exports = [(name, FUNCTION_KIND, index) for name, index in indices.items()]
    return parts.assemble()


def _functions(text: str) -> Iterator[_Function]:
    function = None
    for line in text.splitlines():
        words = line.split(";;")[0].split()
        if words[:1] == ["func"]:
            if function is not None:
                yield function
            function = _Function(words[1], _signature("".join(words[2:])))
        elif words[:1] == ["local"]:
            assert function is not None
            function.locals = tuple(words[1:])
        elif words:
            assert function is not None
            function.lines.append(words)
    if function is not None:
        yield function


def _signature(text: str) -> Signature:
    params, arrow, results = text.partition("->")
    if not arrow:
        params, results = "", params
    return _types(params), _types(results)


def _types(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _instruction(parts: ModuleParts, functions: dict[str, int], name: str, *words: str) -> bytes:
    if name in _BLOCKS:
        return op(name) + parts.block_type(_signature("".join(words)))
    if name in _CONSTANTS:
        return op(name) + s64(int(words[0]))
    if name == "br_table":
        *targets, default = map(int, words)
        return op(name) + vec(map(u32, targets)) + u32(default)
    return op(name) + b"".join(u32(_index(functions, word)) for word in words)


def _index(functions: dict[str, int], word: str) -> int:
    if word.startswith("$"):
        return list(TAGS).index(word)
    return functions[word] if word in functions else int(word)
