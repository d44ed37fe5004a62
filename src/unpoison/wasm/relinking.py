"""A module whose imports change: functions and tags have numbers that stay until all is done.

Imports come first in an index space, so that one more of them renumbers everything. Here what the
module has keeps its index as its number, and what is added gets the numbers after it, imported or
not. `close` gives everything its index at once and leaves out functions that nothing names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from unpoison.errors import MalformedModule
from unpoison.wasm.body import FunctionBody
from unpoison.wasm.definitions import FuncType
from unpoison.wasm.externs import TagType
from unpoison.wasm.leb128 import encode_unsigned
from unpoison.wasm.liveness import reach, roots
from unpoison.wasm.module import Module
from unpoison.wasm.operands import Operand, read_operands, rewrite_operands
from unpoison.wasm.pruning import renumber_functions
from unpoison.wasm.sections import ExternKind, FuncDesc, Import

_ONE_BYTE = 128
"""Indices that take one byte."""


class Relinking:
    """The functions and tags of a module by number.

    Until `close` is called, the module's exports, elements, start and names hold numbers, and its
    function, code, import and tag sections are as they were.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        imports = [item for item in module.imports if item.kind is ExternKind.FUNCTION]
        self._imports: dict[int, Import] = dict(enumerate(imports))
        types = [item.type_index for item in module.imported(ExternKind.FUNCTION)]
        self._types = [*types, *module.functions]
        self._bodies: list[FunctionBody | None] = [*[None] * len(imports), *module.bodies]
        self._replaced: dict[int, int] = {}
        self._old_tags = len(module.imported(ExternKind.TAG)) + len(module.tags)
        self._new_tags: list[Import] = []

    def type_of(self, function: int) -> FuncType:
        """Give the type of a function. Raises MalformedModule when there is no such function."""
        return self._module.func_type(self._types[self._checked(function)])

    def add_import(self, module: str, name: str, type_: FuncType) -> int:
        """Add an imported function and give its number."""
        index = self._module.add_func_type(type_)
        self._imports[len(self._types)] = Import(module, name, FuncDesc(index))
        return self._add(index, None)

    def add_function(self, type_: FuncType, body: FunctionBody) -> int:
        """Add a function, whose body names functions and tags by number, and give its number."""
        return self._add(self._module.add_func_type(type_), body)

    def add_tag_import(self, module: str, name: str, type_: FuncType) -> int:
        """Add an imported tag and give its number."""
        desc = TagType(self._module.add_func_type(type_))
        self._new_tags.append(Import(module, name, desc))
        return self._old_tags + len(self._new_tags) - 1

    def replace(self, function: int, by: int) -> None:
        """Let everything that names a function name another one, which is not replaced itself."""
        self._replaced[self._checked(function)] = by

    def close(self) -> Mapping[int, int]:
        """Write the module anew, and give the index of each function that is left, by number.

        Imports keep their order. Of the others those that are named most get the indices of one
        byte; besides, large ones come first, which compresses better. Raises MalformedModule as
        `live_functions` does.
        """
        live = reach(map(self._resolved, roots(self._module)), self._operands)
        places = self._places(live)
        tags = self._tag_places()
        self._rewrite(live, places, tags)
        return places

    def _add(self, type_index: int, body: FunctionBody | None) -> int:
        self._types.append(type_index)
        self._bodies.append(body)
        return len(self._types) - 1

    def _checked(self, function: int) -> int:
        if not 0 <= function < len(self._types):
            raise MalformedModule(f"function {function} does not exist")
        return function

    def _resolved(self, function: int) -> int:
        return self._replaced.get(function, function)

    def _operands(self, function: int) -> list[Operand]:
        body = self._bodies[self._checked(function)]
        if body is None:
            return []
        found = read_operands(body)
        tags = self._old_tags + len(self._new_tags)
        for item in found:
            if item.tag is not None and item.tag >= tags:
                raise MalformedModule(f"tag {item.tag} does not exist")
        if not self._replaced:
            return found
        replaced = self._replaced
        return [
            item._replace(function=replaced[item.function]) if item.function in replaced else item
            for item in found
        ]

    def _places(self, live: Mapping[int, Iterable[Operand]]) -> dict[int, int]:
        uses = Counter(
            item.function for operands in live.values() for item in operands
            if item.function is not None
        )  # fmt: skip
        imported = [function for function in self._imports if function in live]
        defined = sorted(live.keys() - self._imports.keys(), key=lambda item: (-uses[item], item))
        most = max(_ONE_BYTE - len(imported), 0)
        for part in (slice(most), slice(most, None)):
            defined[part] = sorted(defined[part], key=lambda item: (-self._size(item), item))
        places = {function: place for place, function in enumerate([*imported, *defined])}
        for function, by in self._replaced.items():
            if by in places:
                places[function] = places[by]
        return places

    def _size(self, function: int) -> int:
        body = self._bodies[function]
        return 0 if body is None else body.end - body.start

    def _tag_places(self) -> dict[int, int]:
        imported = len(self._module.imported(ExternKind.TAG))
        count = len(self._new_tags)
        places = {old: old if old < imported else old + count for old in range(self._old_tags)}
        return places | {self._old_tags + new: imported + new for new in range(count)}

    def _rewrite(
        self,
        live: Mapping[int, list[Operand]],
        places: Mapping[int, int],
        tags: Mapping[int, int],
    ) -> None:
        module = self._module
        functions = {old: encode_unsigned(new) for old, new in places.items()}
        encoded_tags = {old: encode_unsigned(new) for old, new in tags.items()}
        imports = [item for function, item in self._imports.items() if function in live]
        defined = sorted(live.keys() - self._imports.keys(), key=places.__getitem__)
        bodies = [
            rewrite_operands(body, live[function], functions, encoded_tags)
            for function in defined
            if (body := self._bodies[function]) is not None
        ]
        _forget_names(module, self._replaced)
        renumber_functions(module, places)
        others = [item for item in module.imports if item.kind is not ExternKind.FUNCTION]
        module.imports = [*imports, *others, *self._new_tags]
        module.functions = [self._types[function] for function in defined]
        module.bodies = bodies
        if self._new_tags:
            _renumber_tags(module, tags)


def _forget_names(module: Module, replaced: Mapping[int, int]) -> None:
    """Drop the names of functions that are replaced: they would name what replaces them."""
    names = module.names
    if not replaced.keys().isdisjoint(names.functions):
        kept = {number: name for number, name in names.functions.items() if number not in replaced}
        module.names = replace(names, functions=kept)


def _renumber_tags(module: Module, places: Mapping[int, int]) -> None:
    module.exports = [
        replace(item, index=places[item.index]) if item.kind is ExternKind.TAG else item
        for item in module.exports
    ]
    names = module.names
    if names.tags:
        tags = {places[old]: name for old, name in names.tags.items() if old in places}
        module.names = replace(names, tags=tags)
