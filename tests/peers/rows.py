"""The rows of the ABI table with the values that are sent through each: scenarios for `rows`.

A row is a namespace of the crate `tests/crates/rows`. Values are written as in `scenarios.json`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

CRATE = Path(__file__).resolve().parents[1] / "crates" / "rows"

UNDEFINED, NULL = {"undefined": True}, {"null": True}
Step = list[Any]
Scenario = dict[str, Any]


def _big(*numbers: int) -> list[Any]:
    return [{"bigint": str(number)} for number in numbers]


def _numbers(*texts: str) -> list[Any]:
    return [{"number": text} for text in texts]


def _array(name: str, *values: Any) -> list[Any]:
    return [{"array": [name, list(values)]}, {"array": [name, []]}]


THING = {"thing": "a"}
POINT = {"point": 1.5}
TEXTS = ["", "é😀", "a\0b", "x" * 200]

KINDS: dict[str, list[Any]] = {
    "i8": [-128, 0, 127], "u8": [0, 255], "i16": [-(2**15), 2**15 - 1], "u16": [0, 65535],
    "i32": [-(2**31), 0, 2**31 - 1], "u32": [0, 2**32 - 1],
    "isize": [-(2**31), 2**31 - 1], "usize": [0, 2**32 - 1],
    "i64": _big(-(2**63), 0, 2**63 - 1), "u64": _big(0, 2**64 - 1),
    "i128": _big(-(2**127), -1, 0, 2**127 - 1), "u128": _big(0, 2**64, 2**128 - 1),
    "f32": [0, 1.5, 16777217, *_numbers("NaN", "Infinity", "-Infinity")],
    "f64": [0.1, 1e308, 2**53 - 1, 2**53 - 2, *_numbers("NaN", "Infinity")],
    "bool": [True, False], "char": ["a", "😀", "\0", "\ud7ff", "\U0010ffff"],
    "const_ptr": [0, 2**32 - 1], "mut_ptr": [0, 8], "nonnull": [1, 2**32 - 1],
    "string": TEXTS, "value": [UNDEFINED, NULL, True, 1.5, "text", THING],
    "thing": [THING], "point": [POINT], "color": [0, 1, 7], "sign": [-1, 1],
    "mode": ["fast", "not-so-fast"], "shape": ["none", "all", 1.5, True, POINT],
    "loose": ["auto", "other", 5, UNDEFINED, NULL, THING],
    "clamped": _array("Uint8Array", 0, 255),
    "vec_i8": _array("Int8Array", -128, 127), "vec_u8": _array("Uint8Array", 0, 255),
    "vec_i16": _array("Int16Array", -(2**15), 1), "vec_u16": _array("Uint16Array", 65535),
    "vec_i32": _array("Int32Array", -(2**31)), "vec_u32": _array("Uint32Array", 2**32 - 1),
    "vec_isize": _array("Int32Array", -1), "vec_usize": _array("Uint32Array", 2**32 - 1),
    "vec_i64": _array("BigInt64Array", *_big(-(2**63), 1)),
    "vec_u64": _array("BigUint64Array", *_big(2**64 - 1)),
    "vec_f32": _array("Float32Array", 0.5), "vec_f64": _array("Float64Array", 0.1, 1e308),
    "vec_bool": [[], [True, False]], "vec_char": [[], ["a", "😀"]], "vec_string": [[], TEXTS],
    "vec_value": [[], [UNDEFINED, NULL, 1.5, "x", THING]], "vec_thing": [[], [THING]],
    "vec_point": [[], [POINT, {"point": 2}]], "vec_color": [[], [7, 0]], "vec_sign": [[-1, 1]],
    "vec_mode": [[], ["not-so-fast", "fast"]],
}  # fmt: skip
"""Values of each kind: the ends of its range, and what could be taken for something else."""

ABSENCES = {
    "plain": [], "option": [UNDEFINED, NULL], "nullable": [NULL], "both": [UNDEFINED, NULL],
}  # fmt: skip


def _kind(name: str) -> str:
    return f"vec_{name[4:]}" if name.startswith("box_") else name


def _values(row: str) -> list[Any]:
    """Give the values of a row: those of its kind, and what stands for nothing."""
    if row.startswith(("vec_", "box_")):
        return KINDS[_kind(row)]
    if row == "option_nonnull":
        return [1, 8, *ABSENCES["option"]]  # the glue reads the upper half of memory as negative
    form, _, kind = row.partition("_")
    return KINDS[_kind(kind)] + ABSENCES[form]


def declared_rows() -> dict[str, str]:
    """Give the rows of `rows.rs` and of `results.rs`, each with its Rust type."""
    found: dict[str, str] = {}
    for name in ("rows", "results"):
        text = (CRATE / "src" / f"{name}.rs").read_text(encoding="utf-8")
        found |= dict(re.findall(r"^    (\w+) (.+),$", text[text.rindex("! {") :], re.MULTILINE))
    return found


def _shown() -> list[str]:
    text = (CRATE / "src" / "borrowed.rs").read_text(encoding="utf-8")
    return re.findall(r"^    (shown_\w+)\(given\)", text, re.MULTILINE)


def scenarios() -> list[Scenario]:
    """Give every scenario: one per row with all its directions, and those of what is borrowed."""
    rows = declared_rows()
    return [
        *(_row_scenario(row) for row in rows if not row.startswith("result_")),
        *(_result_scenario(row) for row in rows if row.startswith("result_")),
        *(_scenario(row, [["call", f"{row}.show", THING]]) for row in _shown()),
        *_given_scenarios(),
        *_closure_scenarios(),
        *_other_scenarios(),
    ]  # fmt: skip


def _scenario(name: str, steps: list[Step]) -> Scenario:
    return {"name": name, "steps": steps}


def _row_scenario(row: str) -> Scenario:
    values = _values(row)
    steps: list[Step] = [["call", f"{row}.echo", value] for value in values]
    steps += [["call", f"{row}.through", value] for value in values]
    steps += [["let", "f", f"{row}.closure"], *(["invoke", "f", value] for value in values)]
    return _scenario(row, steps)


ERRORS: list[Any] = [5, "text", {"js_error": ["RangeError", "far"]}]
"""What an `Err` holds."""

THROWN = [{"throw": ["RangeError", "far"]}, {"throw_value": "text"}, {}]
"""What an import with `catch` does; the last gives its argument back."""


def _result_scenario(row: str) -> Scenario:
    kind = row.removeprefix("result_")
    values = _values(kind if kind.startswith(("option_", "nullable_")) else f"plain_{kind}")
    steps: list[Step] = [["call", f"{row}.attempt", value] for value in values]
    steps += [["call", f"{row}.attempt", values[0], error] for error in ERRORS]
    for thrown in THROWN:
        steps += [["import", f"{row}.risk", thrown], ["call", f"{row}.through", values[0]]]
    steps += [["call", f"{row}.through", value] for value in values]
    steps += [["let", "f", f"{row}.closure"], *(["invoke", "f", value] for value in values)]
    steps += [["invoke", "f", values[0], error] for error in ERRORS]
    return _scenario(row, steps)


def _given_scenarios() -> list[Scenario]:
    slices = ["i8", "u8", "i16", "u16", "i32", "u32", "isize", "usize", "i64", "u64", "f32", "f64"]
    calls = {f"slice_{kind}": KINDS[f"vec_{kind}"] for kind in slices}
    calls |= {"str_": TEXTS, "value": KINDS["value"], "thing": [THING]}
    found = [
        _scenario(f"given.{name}", [["call", f"given.{name}", value] for value in values])
        for name, values in calls.items()
    ]
    point: list[Step] = [["new", "p", "Point", 2.5], ["call", "given.point", {"var": "p"}],
                         ["call", "given.changed_point", {"var": "p"}], ["get", "p", "x"],
                         ["free", "p"], ["call", "given.point", {"var": "p"}]]  # fmt: skip
    return [*found, _scenario("given.point", point)]


def _closure_scenarios() -> list[Scenario]:
    point: list[Step] = [["new", "p", "Point", 2.5], ["let", "f", "lent_to_point"],
                         ["invoke", "f", {"var": "p"}], ["get", "p", "x"]]  # fmt: skip
    value: list[Step] = [["let", "f", "lent_to_value"]]
    value += [["invoke", "f", one] for one in (1.5, "x", UNDEFINED, NULL, True)]
    moved: list[Step] = [["new", "p", "Point", 1], ["let", "f", "plain_point.closure"],
                         ["invoke", "f", {"var": "p"}], ["get", "p", "x"]]  # fmt: skip
    return [
        _scenario("a closure borrows an object", point),
        _scenario("a closure borrows a value", value),
        _scenario("a closure takes an object over", moved),
    ]


def _other_scenarios() -> list[Scenario]:
    kinds = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64"]
    unit: list[Step] = [["call", "result_unit.attempt"]]
    unit += [["call", "result_unit.attempt", error] for error in ERRORS]
    for thrown in THROWN:
        unit += [["import", "result_unit.risk", thrown], ["call", "result_unit.through", True]]
    closure: list[Step] = [["let", "f", "result_unit.closure"], ["invoke", "f"]]
    closure += [["invoke", "f", error] for error in ERRORS]
    return [
        _scenario("modes of slices", [["call", "show_modes"]]),
        *(_scenario(f"a slice of {kind} that the host changes", [["call", f"change_{kind}"]])
          for kind in kinds),
        _scenario("result_unit", [*unit, *closure]),
        _scenario("results of members", _members()),
    ]  # fmt: skip


def _members() -> list[Step]:
    return [
        ["new", "r", "Risky", 10], ["new", "r", "Risky", 3], ["get", "r", "odd"],
        ["method", "r", "raise", 1], ["get", "r", "odd"], ["method", "r", "raise", 9],
        ["set", "r", "odd", 5], ["set", "r", "odd", 50], ["get", "r", "odd"],
        ["method", "r", "into_level"], ["method", "r", "into_level"],
        ["call", "Risky.made", 0], ["call", "Risky.made", 10],
        ["let", "m", "Risky.made", 1], ["get", "m", "odd"],
    ]  # fmt: skip
