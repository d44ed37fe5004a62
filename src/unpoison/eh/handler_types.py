"""The block types of the blocks that end where a handler begins."""

from __future__ import annotations

from unpoison.eh.scan import Clause
from unpoison.errors import MalformedModule
from unpoison.wasm import (
    BY_NAME,
    EXNREF,
    BlockType,
    Cursor,
    ExternKind,
    FuncType,
    Module,
    TagType,
    ValType,
)

_BLOCK_TYPE = BY_NAME["block"].immediates[0]
Types = tuple[ValType, ...]


class HandlerTypes:
    """Gives block types, and adds function types to the module's end when none fits."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._tags: list[TagType] = [*module.imported(ExternKind.TAG), *module.tags]
        self._known: dict[tuple[bytes, int | None, bool], bytes] = {}

    def encoded(self, block_type: bytes, clause: Clause) -> bytes:
        """Give the block type, as bytes, of the block whose end is the start of a handler.

        It takes what the try takes (else the operands of the body would be out of reach) and
        gives the tag's values, then the exception when a rethrow needs it. Raises
        MalformedModule for a type or tag that does not exist.
        """
        key = (block_type, clause.tag, clause.rethrown)
        if key not in self._known:
            results = self._payload(clause.tag) + (EXNREF,) * clause.rethrown
            self._known[key] = self._encode(self._params(block_type), results)
        return self._known[key]

    def _params(self, block_type: bytes) -> Types:
        index: int | None = _BLOCK_TYPE.read(Cursor(block_type)).type_index
        return () if index is None else self._module.func_type(index).params

    def _payload(self, tag: int | None) -> Types:
        if tag is None:
            return ()
        if tag >= len(self._tags):
            raise MalformedModule(f"tag {tag} does not exist")
        return self._module.func_type(self._tags[tag].type_index).params

    def _encode(self, params: Types, results: Types) -> bytes:
        type_ = BlockType(results[0] if results else None)
        if params or len(results) > 1:
            type_ = BlockType(None, self._module.add_func_type(FuncType(params, results)))
        out = bytearray()
        _BLOCK_TYPE.write(out, type_)
        return bytes(out)
