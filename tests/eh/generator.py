"""Random legacy modules: the same seed gives the same bytes, of any run on any machine.

`run(seed)` of a module calls its random functions inside one more legacy try, and gives the
trace: a hash of everything that the functions did. Fuel bounds every run; a module without
fuel left traps. Change VERSION with anything that changes the bytes, and record again
(`python -m tests.eh.record`).
"""

from __future__ import annotations

from random import Random

from tests.eh.assembler import (
    FUNCTION_KIND,
    GLOBAL_KIND,
    ModuleParts,
    Signature,
    body,
    op,
    s64,
    u32,
)
from tests.eh.random_body import (
    FIRST,
    FUEL,
    MIX,
    TICK,
    TO_I32,
    TRACE,
    RandomBody,
    random_types,
)

VERSION = 1
CALLS = 24
"""How often `run` is called, with 1, 2, ... on one instance."""
START_FUEL = 100


def legacy_module(seed: int) -> bytes:
    """Give the module of a seed."""
    random = Random(seed)
    parts = ModuleParts(memory=True)
    _add_many_types(random, parts)
    parts.tags = [(random_types(random, 3), ()) for _ in range(random.choice((1, 2, 2, 3, 5)))]
    parts.globals = [_mutable_i32(0), _mutable_i32(0)]
    signatures = _signatures(random)
    bodies = [
        RandomBody(random, parts, signatures, index).write() for index in range(len(signatures))
    ]
    parts.functions = [_mix(), _tick(), _run(random, parts, signatures)]
    parts.functions += zip(signatures, bodies, strict=True)
    parts.table = list(range(FIRST, FIRST + len(signatures)))
    parts.exports = [("run", FUNCTION_KIND, 2), ("trace", GLOBAL_KIND, TRACE)]
    return parts.assemble()


def _add_many_types(random: Random, parts: ModuleParts) -> None:
    """Now and then so many types that an index needs two bytes as a signed LEB128."""
    if random.random() < 0.3:
        count = random.choice((60, 130))
        parts.types = [(_distinct(number), ()) for number in range(count)]


def _distinct(number: int) -> tuple[str, ...]:
    return tuple("i64" if number >> bit & 1 else "f64" for bit in range(8))


def _signatures(random: Random) -> list[Signature]:
    """Few result lists, so that tail calls find a callee."""
    results = [(), ("i32",), random_types(random, 3)]
    return [(random_types(random, 3), random.choice(results)) for _ in range(random.randint(2, 5))]


def _mutable_i32(start: int) -> bytes:
    return b"\x7f\x01" + op("i32.const") + s64(start) + op("end")


def _mix() -> tuple[Signature, bytes]:
    """trace = hash(trace, number), a multiplicative hash with one shift."""
    code = op("local.get") + u32(0) + op("global.get") + u32(TRACE) + op("i32.xor")
    code += op("i32.const") + s64(0x1E3779B1) + op("i32.mul")
    code += op("i32.const") + s64(0x7F4A7C15) + op("i32.add") + op("local.tee") + u32(0)
    code += op("local.get") + u32(0) + op("i32.const") + s64(15) + op("i32.shr_u") + op("i32.xor")
    code += op("global.set") + u32(TRACE) + op("end")
    return (("i32",), ()), body((), code)


def _tick() -> tuple[Signature, bytes]:
    """Hash a number and burn fuel; trap without fuel."""
    code = op("global.get") + u32(FUEL) + op("i32.eqz") + op("if") + b"\x40" + op("unreachable")
    code += op("end") + op("global.get") + u32(FUEL) + op("i32.const") + s64(1) + op("i32.sub")
    code += op("global.set") + u32(FUEL) + op("local.get") + u32(0) + op("call") + u32(MIX)
    return (("i32",), ()), body((), code + op("end"))


def _run(
    random: Random, parts: ModuleParts, signatures: list[Signature]
) -> tuple[Signature, bytes]:
    """Call the random functions, each in a try; hash what comes out, which exception included."""
    code = op("local.get") + u32(0) + op("global.set") + u32(TRACE)
    for index, (params, results) in enumerate(signatures):
        code += op("i32.const") + s64(START_FUEL) + op("global.set") + u32(FUEL)
        code += op("try") + b"\x40"
        code += b"".join(_number(name, random.randrange(100)) for name in params)
        code += op("call") + u32(FIRST + index) + _observe_all(results)
        for tag, (payload, _) in enumerate(parts.tags[:-1]):
            code += op("catch") + u32(tag) + _observe_all(payload) + _mark(1000 + tag)
        code += op("catch_all") + _mark(999) + op("end")
    code += op("global.get") + u32(TRACE) + op("end")
    return (("i32",), ("i32",)), body((), code)


def _number(name: str, number: int) -> bytes:
    as_i32 = op("i32.const") + s64(number)
    if name in ("funcref", "externref"):
        return op("ref.null") + (b"\x70" if name == "funcref" else b"\x6f")
    conversion = {
        "i32": b"",
        "i64": op("i64.extend_i32_s"),
        "f32": op("f32.convert_i32_s"),
        "f64": op("f64.convert_i32_s"),
        "v128": op("i32x4.splat"),
    }
    return as_i32 + conversion[name]


def _observe_all(types: tuple[str, ...]) -> bytes:
    return b"".join(TO_I32[name] + op("call") + u32(MIX) for name in reversed(types))


def _mark(number: int) -> bytes:
    return op("i32.const") + s64(number) + op("call") + u32(TICK)
