"""The two ways to write a handler: legacy try/catch and exnref's try_table."""

from __future__ import annotations

from collections.abc import Iterable

from unpoison.eh import Dialect
from unpoison.wasm import (
    CATCH,
    CATCH_ALL_REF,
    EMPTY_BLOCK,
    EXNREF,
    EXTERNREF,
    BlockType,
    Catch,
)

Instruction = tuple[object, ...]
Code = list[Instruction]


def with_cleanup(dialect: Dialect, body: Iterable[Instruction], cleanup: Code) -> Code:
    """Give code that runs a body, which returns, and a cleanup before any exception goes on.

    The cleanup leaves the operand stack as it is.
    """
    if dialect is Dialect.LEGACY:
        code: Code = [("try", EMPTY_BLOCK), *body, ("return",), ("catch_all",), *cleanup]
        return [*code, ("rethrow", 0), ("end",), ("unreachable",)]
    clauses = (Catch(CATCH_ALL_REF, None, 0),)
    code = [("block", BlockType(EXNREF)), ("try_table", EMPTY_BLOCK, clauses), *body, ("return",)]
    return [*code, ("end",), ("unreachable",), ("end",), *cleanup, ("throw_ref",)]


def with_handler(
    dialect: Dialect, body: Iterable[Instruction], tag: int, handler: Code, cleanup: Code
) -> Code:
    """Give code that runs a body, which returns, and a handler for exceptions of JavaScript.

    The handler finds the value that was thrown on the operand stack, and does not end: it returns
    or throws. The cleanup runs before any other exception goes on.
    """
    if dialect is Dialect.LEGACY:
        code: Code = [("try", EMPTY_BLOCK), *body, ("return",), ("catch", tag), *handler]
        code += [("catch_all",), *cleanup, ("rethrow", 0), ("end",)]
        return [*code, ("unreachable",)]
    clauses = (Catch(CATCH, tag, 0), Catch(CATCH_ALL_REF, None, 1))
    code = [("block", BlockType(EXNREF)), ("block", BlockType(EXTERNREF))]
    code += [("try_table", EMPTY_BLOCK, clauses), *body, ("return",), ("end",), ("unreachable",)]
    return [*code, ("end",), *handler, ("end",), *cleanup, ("throw_ref",)]
