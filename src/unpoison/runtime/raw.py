"""The plain `extern` functions that a module exports: numbers in, a number or nothing out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from unpoison.bindgen import Entry
from unpoison.runtime import checks
from unpoison.runtime.border import Border
from unpoison.wasm import F32, F64, I32, I64, ValType

Number = int | float
RawFunction = Callable[..., Number | None]

# Of each type: its view of the slots, how many of the view's cells one slot has, and its width.
_CELLS: Mapping[ValType, tuple[str, int, int]] = {
    I32: ("i32", 4, 32),
    I64: ("i64", 2, 64),
    F32: ("f32", 4, 32),
    F64: ("f64", 2, 64),
}


class RawExports(Mapping[str, RawFunction]):
    """Exports without a `#[wasm_bindgen]` description, by their Wasm names.

    Each takes as many numbers as its Wasm type says. An integer may be given signed or unsigned;
    a result is signed, as Wasm itself has no other. Raises TypeError and OverflowError for wrong
    arguments, and what any call into the instance raises.
    """

    def __init__(self, border: Border) -> None:
        self._border = border
        program = border.supervisor.program
        entries = program.plan.entries
        self._entries = {name: entries[name] for name in program.interface.raw_exports}

    def __getitem__(self, name: str) -> RawFunction:
        entry = self._entries[name]
        border = self._border

        def call(*arguments: Number) -> Number | None:
            return _call(border, entry, arguments)

        call.__name__ = call.__qualname__ = name
        return call

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<raw exports: {', '.join(sorted(self._entries))}>"


def _call(border: Border, entry: Entry, arguments: tuple[Number, ...]) -> Number | None:
    numbers = _check(entry, arguments)
    # Taken by a subscript and freed by a block of its own: see Turn.
    if not border.turn[False]:
        border.wait()
    try:
        if border.gate.due:
            border.enter()
        for place, (type_, number) in enumerate(zip(entry.params, numbers, strict=True)):
            view, step, _ = _CELLS[type_]
            getattr(border, view)[step * place] = number
        if border.calls[entry.number]() or border.trap:
            raise border.fault()
        status = 4 * len(entry.results)
        if border.i32[status]:
            raise border.left(border.i32[status], border.u32[status + 4])
        return getattr(border, _CELLS[entry.results[0]][0])[0] if entry.results else None
    finally:
        border.release()


def _check(entry: Entry, arguments: tuple[Number, ...]) -> list[Number]:
    if len(arguments) != len(entry.params):
        raise TypeError(f"{entry.name} takes {len(entry.params)} numbers, not {len(arguments)}")
    return [
        _number(type_, value, f"argument {place + 1} of {entry.name}")
        for place, (type_, value) in enumerate(zip(entry.params, arguments, strict=True))
    ]


def _number(type_: ValType, value: Number, name: str) -> Number:
    if type_ in (F32, F64):
        return checks.real(value, name)
    bits = _CELLS[type_][2]
    number = checks.integer(value, name, -(2 ** (bits - 1)), 2**bits - 1)
    return number - 2**bits if number >= 2 ** (bits - 1) else number
