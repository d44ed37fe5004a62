"""What stands for nothing: `Option`, `Nullable` and `Option<Nullable>`, spelled in JavaScript.

An Option reads both undefined and null as nothing, a Nullable has only null, an `Option<Nullable>`
tells them apart. The codes are those of `bindgen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from unpoison.bindgen import Absence

NULL_LENGTH = 1025


def choose(absence: Absence, name: str, codes: tuple[object, object], value: str) -> str:
    """Give the expression for the code of undefined, of null, or for the value."""
    if not absence:
        return value
    none, null = map(spell, codes)
    if not absence.null:
        return f"{name} == null ? {none} : {value}"
    if not absence.undefined:
        return f"{name} === null ? {null} : {value}"
    if none == null:
        return f"{name} == null ? {none} : {value}"
    return f"{name} === undefined ? {none} : {name} === null ? {null} : {value}"


def given(absence: Absence, name: str, statements: Iterable[str]) -> list[str]:
    """Give statements under the condition that there is a value."""
    lines = list(statements)
    if not absence or not lines:
        return lines
    operator = "!=" if absence.undefined else "!=="
    if len(lines) == 1:
        return [f"if ({name} {operator} null) {lines[0]}"]
    return [f"if ({name} {operator} null) {{", *(f"    {line}" for line in lines), "}"]


def read(absence: Absence, atom: str, codes: tuple[object, object], value: str) -> str:
    """Give the expression for the JavaScript value of what crosses as `atom`, or as its codes."""
    none, null = map(spell, codes)
    text = f"{atom} === {none} ? undefined : " if absence.undefined else ""
    text += f"{atom} === {null} ? null : " if absence.null else ""
    return text + value


def read_slice(absence: Absence, pointer: str, length: str, value: str) -> str:
    """Give the expression for a string or slice, which is nothing when its pointer is 0."""
    if not absence:
        return value
    empty = "null" if absence.null else "undefined"
    if absence.null and absence.undefined:
        empty = f"{length} === {NULL_LENGTH} ? null : undefined"
    return f"{pointer} === 0 ? {empty} : {value}"


def length(absence: Absence, name: str, value: str) -> str:
    """Give the length of a string or slice, which says what is absent when there is none."""
    return choose(absence, name, (0, NULL_LENGTH), value)


def spell(code: object) -> str:
    """Give a code as a JavaScript number."""
    if isinstance(code, float):
        return str(int(code))
    return str(code)
