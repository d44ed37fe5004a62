"""The inputs whose results are recorded from Node: JavaScript source beside its Python form."""

from __future__ import annotations

import itertools
import math
import random
import struct

from unpoison import js

# Operands of every operator and comparison: expression -> value.
OPERANDS: dict[str, object] = {
    "undefined": None,
    "null": js.null,
    "true": True,
    "false": False,
    "0": 0,
    "-0": -0.0,
    "1": 1,
    "-1": -1,
    "2": 2,
    "-7.5": -7.5,
    "33": 33,
    "4294967296.5": 4294967296.5,
    "-2147483649": -2147483649,
    "9007199254740991": 9007199254740991,
    "1e308": 1e308,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
    "NaN": math.nan,
    "''": "",
    "' 12 '": " 12 ",
    "'0x10'": "0x10",
    "'a'": "a",
    "'B'": "B",
    "'1.5'": "1.5",
    "'-1'": "-1",
    "'NaN'": "NaN",
    "'\\u{1F600}'": "\U0001f600",
    "'\\uFFFD'": "\ufffd",
    "0n": js.BigInt(0),
    "1n": js.BigInt(1),
    "-1n": js.BigInt(-1),
    "2n": js.BigInt(2),
    "-7n": js.BigInt(-7),
    "70n": js.BigInt(70),
    "18446744073709551617n": js.BigInt(2**64 + 1),
    "[]": [],
    "[12]": [12],
    "[1, [2, null], undefined]": [1, [2, js.null], None],
    "({})": {},
    "({valueOf() { return 42 }})": {"valueOf": lambda: 42},
    "({toString() { return '5' }})": {"toString": lambda: "5"},
    "Symbol('s')": js.Symbol("s"),
    "new Error('boom')": js.Error("boom"),
}

BINARY = [
    "add",
    "sub",
    "mul",
    "div",
    "rem",
    "pow",
    "bit_and",
    "bit_or",
    "bit_xor",
    "shl",
    "shr",
    "unsigned_shr",
    "lt",
    "le",
    "gt",
    "ge",
    "jsval_eq",
    "jsval_loose_eq",
    "checked_div",
]
UNARY = [
    "neg",
    "bit_not",
    "try_into_number",
    "typeof",
    "is_falsy",
    "is_object",
    "is_null_or_undefined",
]

# Values that are described as text: expression -> value.
DESCRIBED: dict[str, object] = {
    **OPERANDS,
    "'quote \" slash \\\\ \\n\\t\\b\\f\\r\\x01\\x7f\\u2028\\ud800 end'": (
        'quote " slash \\ \n\t\b\f\r\x01\x7f\u2028\ud800 end'
    ),
    "Symbol()": js.Symbol(),
    "Symbol('')": js.Symbol(""),
    "({b: 1, a: [true, null], 10: 'x', 9: -0})": {
        "b": 1,
        "a": [True, js.null],
        "10": "x",
        "9": -0.0,
    },
    "({skip: undefined, f() {}, [Symbol('k')]: 1, nan: NaN})": {
        "skip": None,
        "f": lambda: None,
        js.Symbol("k"): 1,
        "nan": math.nan,
    },
    "({n: 1n})": {"n": js.BigInt(1)},
    "({toJSON(key) { return ['as', key] }})": {"toJSON": lambda key: ["as", key]},
    "({deep: {toJSON(key) { return ['as', key] }}})": {"deep": {"toJSON": lambda k: ["as", k]}},
    "[undefined, () => 1, Symbol('x'), 1e21, 1e-7]": [
        None,
        lambda: 1,
        js.Symbol("x"),
        1e21,
        1e-7,
    ],
    "[[], [[]], {}]": [[], [[]], {}],
    "[1n, 'x', {y: 'z'}]": [js.BigInt(1), "x", {"y": "z"}],
    "new Uint8Array([1, 2])": b"\x01\x02",
    "new TypeError('t')": js.TypeError("t"),
    "new RangeError()": js.RangeError(),
    "Object.defineProperty(new Error('m'), 'name', {value: ''})": js.Error("m", name=""),
    "Object.assign(new Error('m'), {code: 7})": None,  # filled in below
    "new Set([1])": {1},
    "-1e-7": -1e-7,
    "12345678901234567890n": js.BigInt(12345678901234567890),
}
_with_code = js.Error("m")
_with_code.code = 7  # type: ignore[attr-defined]
DESCRIBED["Object.assign(new Error('m'), {code: 7})"] = _with_code

NUMERIC_TEXTS = [
    "", " ", "\ufeff1\u2028", "1", "+1", "-1", "--1", "1.", ".5", ".", "1e3", "1e", "1e+", "1E-2",
    "Infinity", "-Infinity", "infinity", "inf", "nan", "NaN", "0x1F", "0X1f", "-0x1", "0b101",
    "0b2", "0o17", "017", "1_000", "1n", "0x", "\u0661", "1\u200b", "-0", "9" * 400, "1e400",
    "0x" + "f" * 300, "1 2", "\x1c1", "5e-324", "2e-324", "0.1", "9007199254740993", "1e-400",
]  # fmt: skip

JSON_TEXTS = [
    "null", "true", "[1, 2.0, -0, 1e400, null]", '{"a": {"b": []}}', '{"b": 1, "2": 2, "1": 3}',
    '"\\ud83d\\ude00 \\ud800"', '"a\\u0000"', "NaN", "Infinity", "-Infinity", "01", "1.", "'a'",
    "[1,]", '{"a": 1,}', "", " ", '"a\nb"', '{"a": 1, "a": 2}', "[" * 50 + "]" * 50,
    "12345678901234567890", "\ufeff1", "1 2", "+1", "\u00a01", '"\\x41"', "undefined", "tru",
]  # fmt: skip


def numbers() -> list[float]:
    """Give some 500 floats: edges of the layouts, powers, neighbours, random bits."""
    edges = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 2.2250738585072014e-308]
    powers = [10.0**e for e in range(-30, 31)] + [-(10.0**e) for e in (-7, -6, 20, 21)]
    thirds = [10.0**e / 3 for e in range(-12, 26)]
    near = [math.nextafter(x, d) for x in (1e-6, 1e-7, 1e20, 1e21, 2.0**53) for d in (0, math.inf)]
    binary = [2.0**e for e in range(-1074, 1024, 30)]
    chance = random.Random(20)
    bits = [struct.unpack(">d", chance.randbytes(8))[0] for _ in range(200)]
    plain = [round(chance.uniform(-1e6, 1e6), chance.randrange(8)) for _ in range(80)]
    integral = [float(chance.randrange(-(2**60), 2**60)) for _ in range(40)]
    return [*edges, *powers, *thirds, *near, *binary, *bits, *plain, *integral]


def bits_of(number: float) -> str:
    """Name a float by its bits; all NaNs are one."""
    return "nan" if number != number else struct.pack(">d", number).hex()


def show(value: object) -> str:
    """Describe a result exactly; the recorder has the same function in JavaScript."""
    kind = js.kind_of(value)
    if kind is js.Kind.NUMBER:
        return f"number {bits_of(float(value))}"  # type: ignore[arg-type]
    if kind is js.Kind.BIGINT:
        return f"bigint {int(value)}"  # type: ignore[call-overload]
    if kind is js.Kind.STRING:
        return "string " + str(value).encode("utf-16-be", "surrogatepass").hex()
    if isinstance(value, BaseException):
        return f"error {js.error_name(value)}"
    if isinstance(value, list):
        return f"[{','.join(map(show, value))}]"
    if isinstance(value, dict):
        members = (f"{show(key)}:{show(js.get(value, key))}" for key in js.own_keys(value))
        return "{" + ",".join(members) + "}"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else kind.value


def outcome(function, *arguments) -> str:
    """Describe what a call gives, or the class of Error that it throws."""
    try:
        return show(function(*arguments))
    except js.Error as error:
        return f"throws {error.name}"


def questions() -> dict[str, object]:
    """Give all that Node is asked."""
    return {
        "operands": list(OPERANDS),
        "described": list(DESCRIBED),
        "binary": BINARY,
        "unary": UNARY,
        "numeric_texts": NUMERIC_TEXTS,
        "json_texts": JSON_TEXTS,
        "numbers": [bits_of(number) for number in numbers()],
    }


PAIRS = list(itertools.product(range(len(OPERANDS)), repeat=2))
