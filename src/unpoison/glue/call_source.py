"""The statements of one call of the module: conversions, guard, checks, allocations, the call."""

from __future__ import annotations

from collections.abc import Sequence

from unpoison.bindgen import Result, Scalar, Type, flatten
from unpoison.glue.context import Context
from unpoison.glue.lifting import Lifter
from unpoison.glue.lowering import Lowering

UNIT = Scalar("unit")


def indent(lines: Sequence[str]) -> list[str]:
    """Give lines four spaces further in."""
    return [f"    {line}" if line else "" for line in lines]


def call_lines(
    context: Context,
    function: str,
    lowered: Sequence[Lowering],
    result: Type,
    *,
    leading: Sequence[str] = (),
    before: Sequence[str] = (),
    inside: Sequence[str] = (),
    cleanup: Sequence[str] = (),
    finish: str = "return {};",
) -> list[str]:
    """Give the statements of a call, which return its result.

    `leading` are Wasm values that come first, `before` are statements right behind the guard,
    `inside` stand where nothing runs but the call, `cleanup` after it in any case. `finish` says
    what is done with the value.
    """
    values = ", ".join([*leading, *(value for low in lowered for value in low.values)])
    call = f"{function}({values})"
    lines = [line for low in lowered for line in low.checks]
    body = [*before, *(line for low in lowered for line in low.handles)]
    body += [line for low in lowered for line in low.allocations]
    after: list[str] = []
    if isinstance(result, Result):
        lines.append("let ret;")
        body.append(f"ret = {call};")
        after = _result_lines(context, result, finish)
    else:
        body += _value_lines(context, call, result, finish)
    begin = [enter(context), *inside, "try {"] if inside else [f"{enter(context)} try {{"]
    end = " ".join(["} catch (e) { $fail(e); } finally { $depth--;", *cleanup, "}"])
    return [*lines, *begin, *indent(body), end, *after]


def enter(context: Context) -> str:
    """Give the statement that begins a call, of which `$depth` knows from then on."""
    return "$enter();" if context.is_guarded else "$depth++;"


def _value_lines(context: Context, call: str, result: Type, finish: str) -> list[str]:
    count = len(flatten(result))
    if count == 0:
        return [f"{call};"]
    lifter = Lifter(context)
    atoms = ["ret"] if count == 1 else [f"ret[{at}]" for at in range(count)]
    value = lifter.lift(result, atoms)
    if count == 1 and value.count("ret") == 1:
        return [finish.format(lifter.lift(result, [call]))]
    return [f"const ret = {call};", finish.format(value)]


def _result_lines(context: Context, result: Result, finish: str) -> list[str]:
    count = len(flatten(result))
    atoms = [f"ret[{at}]" for at in range(count)]
    lines = [f"if ({atoms[-1]}) throw $take_value({atoms[-2]});"]
    if result.inner != UNIT:
        lines.append(finish.format(Lifter(context).lift(result.inner, atoms[:-2], by_index=True)))
    return lines
