"""The bindings of one export: what happens in which order, and how a call leaves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bindgen.binding import (
    UNIT,
    FakeBorder,
    bound,
    enumeration,
    exported,
    imported,
    interface,
    plan_of,
    source_of,
    struct,
)
from unpoison.bindgen import (
    Cast,
    Closure,
    ClosureShim,
    ExportKind,
    Extern,
    Function,
    Nullable,
    Option,
    Param,
    Ref,
    Result,
    Scalar,
    Str,
    StructType,
    Vector,
)
from unpoison.bindgen.abi import NotBound, raw_signature
from unpoison.bindgen.python_source import BORDER_NAMES
from unpoison.runtime.border import Border
from unpoison.wasm import I32, FuncType

U32, F64 = Scalar("u32"), Scalar("f64")
POINT = StructType("Point", "demo")
NEW = exported("new", F64, result=POINT, class_name="Point", kind=ExportKind.CONSTRUCTOR)


def leaving(border: FakeBorder, **slots: int) -> None:
    """Make every call leave these u32 in these slots."""

    def answer(views: Any) -> None:
        for name, value in slots.items():
            views.u32[4 * int(name.removeprefix("slot"))] = value

    border.answer = answer
    border.left = lambda *given: KeyError(*given)  # type: ignore[attr-defined]


# --- the text ---


def test_the_same_interface_gives_the_same_text() -> None:
    items = exported("f", Str()), enumeration("Color", 1), struct("Point", NEW)
    assert source_of(*items) == source_of(*items)


def test_the_header_stands_in_the_docstring() -> None:
    source = source_of(header='Made "by" \\ us.')
    assert source.startswith('"""Bindings of demo.\n\nMade "by" \\\\ us.\n"""\n')


def test_only_what_is_used_is_imported_and_named() -> None:
    source = source_of(exported("f", U32, result=U32))
    assert "_integer = _border.integer" in source
    for absent in ("array", "Sequence", "IntEnum", "_real", "_encode", "TypeAlias"):
        assert absent not in source


def test_the_real_border_has_every_name() -> None:
    given = {*dir(Border), *Border.__init__.__code__.co_names}
    assert set(BORDER_NAMES) <= given
    assert list(BORDER_NAMES) == sorted(set(BORDER_NAMES), key=list(BORDER_NAMES).index)


def test_rust_documentation_is_the_docstring() -> None:
    exports, _ = bound(
        exported("f", docs=("Does it.", "", "Twice.")),
        exported("g"),
        struct("Point", NEW, docs=("A point.",)),
    )
    assert exports.f.__doc__.split("\n")[0] == "Does it."
    assert exports.g.__doc__ == "Call the Rust function g."
    assert exports.Point.__doc__ == "A point."


# --- one call ---


def test_checks_come_first_then_the_lock_then_handles_then_memory_then_the_call() -> None:
    exports, border = bound(struct("Point", NEW), exported("f", Str(), Ref(POINT), U32))
    point = exports.Point(1)
    border.log.clear()
    with pytest.raises(TypeError):
        exports.f("a", point, 1.0)
    assert border.log == []
    exports.f("a", point, 1)
    steps = [step for step in border.steps() if step in ("turn", "store", "call", "release")]
    assert steps == ["turn", "store", "call", "release"]


def test_a_stale_object_is_refused_before_anything_is_allocated() -> None:
    exports, border = bound(struct("Point", NEW), exported("f", Str(), Ref(POINT)))

    def stale(value: object) -> int:
        raise LookupError(value)

    border.stale = stale  # type: ignore[attr-defined]
    exports, border = rebound(border, struct("Point", NEW), exported("f", Str(), Ref(POINT)))
    point = exports.Point(1)
    point._home = None
    border.log.clear()
    with pytest.raises(LookupError):
        exports.f("a", point)
    assert "store" not in border.steps()
    assert border.steps()[-1] == "release"


def rebound(border: FakeBorder, *items: Any) -> tuple[Any, FakeBorder]:
    """Bind the items to a border that was changed."""
    namespace: dict[str, Any] = {"__name__": "bindings"}
    exec(source_of(*items), namespace)
    return namespace["bind"](border), border


def test_an_entry_that_is_due_is_made_inside_the_lock() -> None:
    exports, border = bound(exported("f", Str()))
    border.gate.due = True
    exports.f("a")
    steps = [step for step in border.steps() if step in ("turn", "enter", "store", "call")]
    assert steps == ["turn", "enter", "store", "call"]


def test_a_call_that_traps_raises_what_the_supervisor_says() -> None:
    exports, border = rebound(FakeBorder(), exported("f"))
    border.trap.append(1)
    border.fault = lambda: MemoryError("trap")  # type: ignore[attr-defined]
    exports, border = rebound(border, exported("f"))
    with pytest.raises(MemoryError, match="trap"):
        exports.f()
    assert border.steps()[-1] == "release"


def test_a_call_that_leaves_otherwise_hands_over_status_payload_and_objects() -> None:
    border = FakeBorder()
    leaving(border, slot2=3, slot3=77)
    new = exported("new", result=POINT, class_name="Point", kind=ExportKind.CONSTRUCTOR)
    items = struct("Point", new), exported("f", Ref(POINT), Option(Ref(POINT)), result=Str())
    exports, border = rebound(border, *items)
    point = exports.Point.__new__(exports.Point)
    border.adopt(point, 8)
    with pytest.raises(KeyError) as caught:
        exports.f(point, None)
    assert caught.value.args == (3, 77, point, None)


def test_a_result_that_failed_raises_its_error() -> None:
    exports, border = bound(exported("f", result=Result(U32)))
    border.handles.append("why")
    leaving(border, slot0=0, slot1=1001, slot2=1)
    with pytest.raises(ValueError, match="why"):
        exports.f()
    leaving(border, slot0=9)
    assert exports.f() == 9


def test_what_was_lent_is_taken_back_even_when_the_call_fails() -> None:
    border = FakeBorder()
    leaving(border, slot0=1)
    exports, border = rebound(border, exported("f", Ref(Extern(None))))
    with pytest.raises(KeyError):
        exports.f(object())
    steps = border.steps()
    assert steps.index("lend") < steps.index("unlend") < steps.index("release")


def test_nothing_is_given_back_for_unit() -> None:
    exports, _ = bound(exported("f"), exported("g", result=Result(UNIT)))
    assert exports.f() is None
    assert exports.g() is None


def test_a_variadic_export_takes_the_elements() -> None:
    exports, border = bound(exported("f", U32, Vector(F64), variadic=True))
    exports.f(1, 2, 3.5)
    assert len(border.stored[0]) == 16
    exports.f(1)
    assert border.stored[1] == b""


# --- classes ---


def method(name: str, *params: Any, **more: Any) -> Any:
    kind = more.pop("kind", ExportKind.METHOD)
    return exported(name, *params, class_name="Point", kind=kind, **more)


def test_a_constructor_makes_the_object_own_its_pointer() -> None:
    exports, border = bound(struct("Point", NEW))
    leaving(border, slot0=64)
    point = exports.Point(2)
    assert (point._ptr, point._home) == (64, border.home)
    assert border.given.f64[0] == 2.0


def test_a_constructor_that_fails_makes_no_object() -> None:
    new = exported("new", result=Result(POINT), class_name="Point", kind=ExportKind.CONSTRUCTOR)
    exports, border = bound(struct("Point", new))
    border.handles.append("why")
    leaving(border, slot1=1001, slot2=1)
    with pytest.raises(ValueError, match="why"):
        exports.Point()


def test_a_class_without_a_constructor_says_so() -> None:
    exports, _ = bound(struct("Point"))
    with pytest.raises(TypeError, match="Point has no constructor"):
        exports.Point()


def test_a_method_gives_the_pointer_of_its_receiver() -> None:
    exports, border = bound(struct("Point", NEW, method("get", U32, result=U32)))
    leaving(border, slot0=64)
    assert exports.Point(1).get(5) == 64
    assert [border.given.u32[0], border.given.u32[4]] == [64, 5]


def test_a_consuming_method_moves_its_receiver_before_the_call() -> None:
    border = FakeBorder()
    seen: list[Any] = []
    exports, border = rebound(border, struct("Point", NEW, method("into", consumes_self=True)))
    point = exports.Point(1)
    border.answer = lambda _: seen.append(point._home)
    point.into()
    assert seen == [None]


def test_an_object_is_not_given_twice_to_a_call_that_consumes_it() -> None:
    exports, border = bound(struct("Point", NEW, method("eat", POINT, Ref(POINT))))
    one, two = exports.Point(1), exports.Point(2)
    one.eat(two, one)
    assert ("distinct", [two], [one, one]) in border.log


def test_accessors_are_properties_wherever_the_setter_stands() -> None:
    getter = method("x", result=U32, kind=ExportKind.GETTER, property="x")
    setter = method("set_x", U32, kind=ExportKind.SETTER, property="x")
    only = method("set_y", U32, kind=ExportKind.SETTER, property="y")
    for members in ((getter, setter), (setter, getter), (setter, NEW, only, getter)):
        exports, border = bound(struct("Point", *members, *(() if NEW in members else (NEW,))))
        leaving(border, slot0=0)
        point = exports.Point(1)
        point.x = 5
        assert border.given.u32[4] == 5
        assert point.x == 0
        with pytest.raises(TypeError):
            point.x = 1.5
        if only in members:
            point.y = 6
            assert border.given.u32[4] == 6
            with pytest.raises(AttributeError):
                _ = point.y


def test_a_read_only_property_cannot_be_set() -> None:
    getter = method("x", result=U32, kind=ExportKind.FIELD_GETTER, property="x")
    exports, _ = bound(struct("Point", NEW, getter))
    with pytest.raises(AttributeError):
        exports.Point(1).x = 1


def test_a_static_method_has_no_receiver() -> None:
    exports, border = bound(struct("Point", method("make", U32, kind=ExportKind.STATIC)))
    exports.Point.make(3)
    assert border.given.u32[0] == 3


# --- what is not bound ---


def test_what_is_not_bound_is_there_and_refuses_by_name() -> None:
    exports, _border = bound(
        exported("f", Option(Option(Str()))),
        exported("g", unsupported=("JSPI", "there is no engine")),
        exported("h", U32, signature=FuncType((I32, I32), ())),
        struct("Point", NEW, method("m", Option(Option(Str())))),
    )
    for name, type_ in (("f", "Option<Option<String>>"), ("g", "JSPI"), ("h", "()")):
        with pytest.raises(NotImplementedError) as caught:
            getattr(exports, name)(*[1] * (name != "g"))
        assert caught.value.args[:2] == (name, type_)
    with pytest.raises(NotImplementedError) as caught:
        exports.Point(1).m(1)
    assert caught.value.args[0] == "Point.m"


# --- closures and starts ---


def closure(*params: Any, result: Any = UNIT, mutable: bool = False) -> tuple[Any, Any, Any]:
    """Give a closure type, its shim, and a cast that makes a value of it."""
    described = Closure(True, mutable, Function(7, params, result, result))
    raw = [U32, U32, *params]
    try:
        shim = ClosureShim(described, raw_signature(raw, result))
    except NotBound:
        shim = ClosureShim(described, FuncType())
    cast = Cast(0, raw_signature([described], Extern(None)), described, Extern(None))
    return described, shim, cast


class HeldClosure:
    """A Rust closure as the border makes it."""

    def __init__(self) -> None:
        self._b = 22
        self.ended = 0

    def _begin(self) -> int:
        return 11

    def _end(self) -> None:
        self.ended += 1


def test_a_closure_is_called_by_its_table_slot_with_its_data() -> None:
    _, shim, cast = closure(U32, Str(), result=U32, mutable=True)
    _, border = bound(shim, cast)
    ((invoke, length, mutable),) = border.closures
    assert (length, mutable) == (2, True)
    function = HeldClosure()
    leaving(border, slot0=5)
    assert invoke(function, 3, "x") == 5
    assert [border.given.u32[4 * place] for place in range(4)] == [7, 11, 22, 3]
    assert function.ended == 1


def test_a_closure_checks_its_arguments_and_ends_whatever_happens() -> None:
    _, shim, cast = closure(U32, result=Result(UNIT))
    _, border = bound(shim, cast)
    ((invoke, _, _),) = border.closures
    function = HeldClosure()
    with pytest.raises(TypeError):
        invoke(function, 1.5)
    assert function.ended == 0
    border.handles.append("why")
    leaving(border, slot0=1001, slot1=1)
    with pytest.raises(ValueError, match="why"):
        invoke(function, 1)
    assert function.ended == 1


def test_a_closure_of_an_unbound_type_refuses() -> None:
    _, _, cast = closure(Nullable(Str()))
    _, border = bound(cast)
    ((invoke, _, _),) = border.closures
    with pytest.raises(NotImplementedError):
        invoke(HeldClosure(), 1)


def test_starts_are_functions_of_the_border() -> None:
    given = interface(imported("f"))
    assert plan_of(given).hosts == given.imports
    _, border = bound(imported("f"))
    assert border.starts == []
    assert [host.__name__ for host in border.hosts] == ["_host_0"]
    assert Param("a", U32).optional is False
