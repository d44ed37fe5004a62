"""Whatever the types: what JavaScript gives arrives, Rust's results come back, nothing is left."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from fuzz import javascript_module
from tests.transform.hosting import RECOVERABLE, Hosted, Throws
from tests.transform.little import CATCH_CODE, FIRST_HANDLE, STACK_TOP, UNIT, Little
from unpoison.bindgen import Extern, Option, Ref, Result, Scalar, Str, Type, Vector, flatten, layout
from unpoison.transform import Handle, crossings
from unpoison.wasm import F32, F64, I32, I64, ValType

JS, LENT = Extern(), Ref(Extern())
PARAMS: list[Type] = [
    Scalar("u32"), Scalar("i64"), Scalar("f32"), Scalar("f64"), Scalar("bool"), Scalar("u128"),
    Str(), JS, JS, LENT, LENT, Option(Scalar("f64")), Option(Scalar("u64")), Vector(JS),
]  # fmt: skip
RESULTS: list[Type] = [
    UNIT, JS, Option(JS), *PARAMS[:7], Option(Scalar("u64")), Result(UNIT), Result(Scalar("f64")),
    Result(Option(Scalar("i64"))), Result(Str()),
]  # fmt: skip
LOG = 64
"""Where the export notes what it was given, 8 bytes for each value."""

_NAMES = {I32: "i32", I64: "i64", F32: "f32", F64: "f64"}
_ALIGN = {I32: 2, I64: 3, F32: 2, F64: 3}


@pytest.mark.parametrize("seed", range(60))
def test_values_arrive_and_come_back(seed: int) -> None:
    case = Case(random.Random(seed))
    case.check_normal()


@pytest.mark.parametrize("seed", range(40))
def test_nothing_is_left_behind_by_an_exception(seed: int) -> None:
    case = Case(random.Random(seed))
    case.check_thrown()


def test_any_module_is_made_as_valid_as_it_was_or_refused() -> None:
    for seed in range(100):
        javascript_module.check(seed)


class Case:
    """One export of random types, which notes its arguments, and can be made to fail."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.params = [rng.choice(PARAMS) for _ in range(rng.randrange(7))]
        self.result = rng.choice(RESULTS)
        self.catches = rng.random() < 0.5
        self.area = flatten(self.result)
        self.seen: list[object] = []

    def check_normal(self) -> None:
        given, raw = self._arguments()
        results = [self._number(type_) for type_ in self.area]
        hosted = Hosted(self._made(results, fails=False).make(), {"look": self.seen.append})
        got = hosted.call("run", *given)
        self._check_arguments(hosted, given, raw)
        self._check_result(got, results)
        self._check_left(hosted)

    def check_thrown(self) -> None:
        self.catches = True
        given, _ = self._arguments()
        made = self._made([self._number(type_) for type_ in self.area], fails=True)
        hosted = Hosted(made.make(), {"fail": Throws("thrown"), "look": self.seen.append})
        for _ in range(3):
            assert hosted.ending("run", *given) == (RECOVERABLE, "thrown")
        self._check_left(hosted)

    def _made(self, results: list[Any], *, fails: bool) -> Little:
        made = Little()
        look, fail = made.add_import("look", [LENT]), made.add_import("fail")
        if self.catches:
            made.add_export("unused", [], UNIT, CATCH_CODE)
        first = int(len(self.area) > 1)
        code: list[tuple[Any, ...]] = []
        places = [part for type_ in self.params for part in crossings(type_, inward=True)]
        for place, part in enumerate(places, first):
            type_ = I32 if isinstance(part, Handle) else part
            code += [("i32.const", LOG + 8 * (place - first)), ("local.get", place)]
            code.append((f"{_NAMES[type_]}.store", (_ALIGN[type_], 0)))
            if isinstance(part, Handle):
                code += [("local.get", place), ("call", look)]
        push = [("global.get", 0), ("i32.const", 32), ("i32.sub",), ("global.set", 0)]
        code += [*push, ("call", fail)] if fails else []
        made.add_export("run", self.params, self.result, [*code, *self._give(results)])
        return made

    def _give(self, results: list[Any]) -> list[tuple[Any, ...]]:
        offsets, _ = layout(self.area)
        code: list[tuple[Any, ...]] = []
        for type_, value, offset in zip(self.area, results, offsets, strict=True):
            constant = (f"{_NAMES[type_]}.const", _bits(type_, value))
            if len(self.area) == 1:
                return [constant]
            store = (f"{_NAMES[type_]}.store", (_ALIGN[type_], offset))
            code += [("local.get", 0), constant, store]
        return code

    def _arguments(self) -> tuple[list[Any], list[Any]]:
        """Give what JavaScript passes, and what Rust sees: handles are told apart later."""
        parts = [part for type_ in self.params for part in crossings(type_, inward=True)]
        given = [
            f"value {place}" if isinstance(part, Handle) else self._number(part)
            for place, part in enumerate(parts)
        ]
        return given, parts

    def _number(self, type_: ValType) -> Any:
        if type_ in (F32, F64):
            return float(self.rng.randrange(-1000, 1000))
        return self.rng.randrange(0, 1000)

    def _check_arguments(self, hosted: Hosted, given: list[Any], parts: list[Any]) -> None:
        assert self.seen == [value for value in given if isinstance(value, str)]
        memory = hosted.exported("memory")
        for place, (value, part) in enumerate(zip(given, parts, strict=True)):
            raw = memory.read(hosted.store, LOG + 8 * place, LOG + 8 * place + 8)
            if part is Handle.LEND:
                assert 0 < int.from_bytes(raw[:4], "little") < 1024
            elif part is Handle.GIVE:
                assert hosted.slot(int.from_bytes(raw[:4], "little")) == value
            else:
                assert raw.startswith(_bytes(part, value))

    def _check_result(self, got: Any, results: list[Any]) -> None:
        if crossings(self.result, inward=False) == (Handle.TAKE,):
            return  # a handle of nothing
        assert got == (results if len(results) > 1 else results[0] if results else None)

    def _check_left(self, hosted: Hosted) -> None:
        """The stack pointer is where it was, and no slot below the constants holds a value."""
        assert hosted.number("__stack_pointer") == STACK_TOP
        assert {hosted.slot(place) for place in range(1000, FIRST_HANDLE)} == {None}


def _bits(type_: ValType, value: Any) -> int:
    return int.from_bytes(_bytes(type_, value), "little") if type_ in (F32, F64) else value


def _bytes(type_: ValType, value: Any) -> bytes:
    return struct.pack({I32: "<i", I64: "<q", F32: "<f", F64: "<d"}[type_], value)
