"""Short strings and bytes: they cross within the call that they belong to.

A string that Rust takes lies in memory that its allocator gives, and one that it gives is freed by
whoever got it (wasm-bindgen's `__wbindgen_malloc` and `__wbindgen_free`): two calls more, of which
each costs as much as the call itself. For short ones the entry makes them. The host puts the bytes
of an argument beyond the mailbox and gives HANDED_OVER for a pointer; the entry moves those of a
result to the stack, below the pointer that it leaves, and says so by its payload.

Code of the guest runs before the entry reads those beyond the mailbox: its allocator. So only the
outermost call may put some there, which no nested one replaces.
"""

from __future__ import annotations

from typing import Final

from unpoison.bindgen.abi import flatten
from unpoison.bindgen.compiled_form import param_letter, result_letter
from unpoison.bindgen.interface import Export
from unpoison.wasm import EMPTY_BLOCK, I32, FuncType, MemArg

Instruction = tuple[object, ...]
Place = tuple[Instruction, int]
"""An address in memory: an instruction that gives one, and bytes to be added."""

SHORT: Final = 128
"""Bytes that a short one has at most; a multiple of 16."""

HANDED_OVER: Final = 0xFFFFFFFF
"""The pointer of an argument that lies beyond the mailbox. Nothing else lies there: the last byte
of a memory of 4 GiB is no whole string with a length."""

COPY_TYPE: Final = FuncType((I32, I32, I32), ())
TAKE_TYPE: Final = FuncType((I32,), (I32,))
GIVE_TYPE: Final = FuncType((I32, I32), (I32,))

_MEMORY = ("s", "y")
_ALIGN: Final[Instruction] = ("i32.const", 1)
_EIGHT: Final[tuple[Instruction, ...]] = (("i32.const", 8),)
_LOAD_8, _STORE_8 = "i64.load", "i64.store"


def short_param(export: Export, first: int) -> int | None:
    """Give the place of the pointer of the only string or bytes that an export takes.

    `first` is the place of its first parameter. None where there are none, or several.
    """
    found = []
    for param in export.params:
        letter = param_letter(param.type)
        if letter is not None and letter[-1] in _MEMORY:
            found.append(first)
        first += len(flatten(param.type, inward=True))
    return found[0] if len(found) == 1 else None


def gives_memory(export: Export) -> bool:
    """Tell whether an export gives a string or bytes, or may do so."""
    letter = result_letter(export.result)
    return letter is not None and letter[-1] in _MEMORY


def take_over(pointer: int, take: int) -> list[Instruction]:
    """Give the code that puts an argument that was handed over into memory that it allocates.

    `pointer` is its local, the length the next one; `take` is the function of `take_code`.
    """
    code: list[Instruction] = [
        ("local.get", pointer),
        ("i32.const", HANDED_OVER - (1 << 32)),
        ("i32.eq",),
    ]
    code += [("if", EMPTY_BLOCK), ("local.get", pointer + 1), ("call", take)]
    return [*code, ("local.set", pointer), ("end",)]


def take_code(mailbox: int, beyond: int, malloc: list[Instruction], copy: int) -> list[Instruction]:
    """Give the body of a function that allocates memory for bytes that were handed over.

    It takes their number and gives the pointer, and has one more local. They lie `beyond` bytes
    from where the global `mailbox` says; `malloc` calls the allocator with a length and an
    alignment.
    """
    length, pointer = (("local.get", local) for local in range(2))
    code: list[Instruction] = [length, _ALIGN, *malloc, ("local.set", 1)]
    code += _copy((pointer, 0), (("global.get", mailbox), beyond), length, copy)
    return [*code, pointer, ("end",)]


def give_code(free: list[Instruction], copy: int) -> list[Instruction]:
    """Give the body of a function that moves a short result and frees it: whether it did.

    It takes the address of a return area, which begins with pointer and length, and that of SHORT
    bytes, and has two more locals. `free` calls the allocator with pointer, length and alignment.
    """
    area, room, pointer, length = (("local.get", local) for local in range(4))
    code: list[Instruction] = [("block", EMPTY_BLOCK)]
    code += [area, _load(0), ("local.tee", 2), ("i32.eqz",), ("br_if", 0)]
    code += [area, _load(4), ("local.tee", 3)]
    code += [("i32.const", 1), ("i32.sub",), ("i32.const", SHORT), ("i32.ge_u",), ("br_if", 0)]
    # What is not inside the memory is left to the host, which says so.
    code += [pointer, ("memory.size", 0), ("i32.const", 16), ("i32.shl",)]
    code += [("i32.const", SHORT), ("i32.sub",), ("i32.gt_u",), ("br_if", 0)]
    code += [*_copy((room, 0), (pointer, 0), length, copy), pointer, length, _ALIGN, *free]
    code += [area, room, ("i32.store", MemArg(2, 0)), ("i32.const", 1), ("return",), ("end",)]
    return [*code, ("i32.const", 0), ("end",)]


def _copy(target: Place, source: Place, length: Instruction, copy: int) -> list[Instruction]:
    """Give the code that copies: 8 to 16 bytes here, other lengths by the function `copy`."""
    code: list[Instruction] = [length, *_EIGHT, ("i32.sub",), *_EIGHT, ("i32.le_u",)]
    code += [("if", EMPTY_BLOCK), target[0], source[0], _at(_LOAD_8, source[1])]
    code += [_at(_STORE_8, target[1])]
    target_code, target_end = _last_eight(target, length)
    source_code, source_end = _last_eight(source, length)
    code += [*target_code, *source_code, _at(_LOAD_8, source_end), _at(_STORE_8, target_end)]
    code += [("else",), *_address(target), *_address(source), length, ("call", copy)]
    return [*code, ("end",)]


def _last_eight(place: Place, length: Instruction) -> tuple[list[Instruction], int]:
    """Give the address of the last eight bytes: code, and an offset from what that gives."""
    base, offset = place
    code: list[Instruction] = [base, length, ("i32.add",)]
    return (code, offset - 8) if offset >= 8 else ([*code, *_EIGHT, ("i32.sub",)], offset)


def _address(place: Place) -> list[Instruction]:
    base, offset = place
    return [base, ("i32.const", offset), ("i32.add",)] if offset else [base]


def _at(name: str, offset: int) -> Instruction:
    return name, MemArg(0, offset)


def copy_code() -> list[Instruction]:
    """Give the body of a function that copies: target, source, number of bytes.

    memory.copy is a call of the engine, which costs more than the eight bytes at once do here.
    """
    target, source, count = (("local.get", local) for local in range(3))
    load, store = _at(_LOAD_8, 0), _at(_STORE_8, 0)
    return [
        count, *_EIGHT, ("i32.lt_u",), ("if", EMPTY_BLOCK),
        ("block", EMPTY_BLOCK), ("loop", EMPTY_BLOCK),
        count, ("i32.eqz",), ("br_if", 1),
        count, ("i32.const", 1), ("i32.sub",), ("local.set", 2),
        target, count, ("i32.add",), source, count, ("i32.add",),
        ("i32.load8_u", MemArg(0, 0)), ("i32.store8", MemArg(0, 0)), ("br", 0),
        ("end",), ("end",), ("return",), ("end",),
        # The last eight first; what they overlap is the same bytes once more.
        target, count, ("i32.add",), *_EIGHT, ("i32.sub",),
        source, count, ("i32.add",), *_EIGHT, ("i32.sub",), load, store,
        ("block", EMPTY_BLOCK), ("loop", EMPTY_BLOCK),
        count, *_EIGHT, ("i32.le_u",), ("br_if", 1),
        target, source, load, store,
        *(step for local, way in ((0, "i32.add"), (1, "i32.add"), (2, "i32.sub"))
          for step in (("local.get", local), *_EIGHT, (way,), ("local.set", local))),
        ("br", 0), ("end",), ("end",), ("end",),
    ]  # fmt: skip


def _load(offset: int) -> Instruction:
    return ("i32.load", MemArg(2, offset))
