"""Every row of the ABI table, on wasm-bindgen's own glue and on unpoison."""

from __future__ import annotations

import gc
import json
import logging
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

import unpoison
from tests._memory import anonymous_memory, linux_only
from tests.peers import record_rows, rows
from tests.peers.differences import DIFFERENCES
from tests.peers.normal import normal, normal_value
from tests.peers.replay import Player, encode
from unpoison import js
from unpoison.bindgen import ExportKind, rust_type

log = logging.getLogger(__name__)  # to be seen with --log-cli-level=INFO

RECORDED = json.loads(record_rows.RECORDED.read_text(encoding="utf-8"))
SCENARIOS = rows.scenarios()

STRICTER: dict[str, tuple[str, list[Any]]] = {}
"""Scenarios in which unpoison differs: the title in `differences.py`, and what it does."""


class Thing:
    """A class of the host."""

    def __init__(self, name: str) -> None:
        self.name = name


class RowsPlayer(Player):
    """Plays scenarios one after the other on one instance, whose state they share."""

    def __init__(self, module: unpoison.Module) -> None:
        super().__init__(module, {"steps": []})
        self._verbs["import"] = self._given.__setitem__

    def play(self, steps: list[Any]) -> list[list[Any]]:
        """Give what one scenario shows."""
        self._seen, self._variables, self._given, self._steps = [], {}, {}, steps
        self._verbs["import"] = self._given.__setitem__
        for step in steps:
            self._observe(step)
        return self._seen

    def close(self) -> None:
        """Close the instance."""
        self._instance.close()

    def live_values(self) -> int:
        """Give how many handles of the guest name a value."""
        return self._instance._supervisor.home.handles.live()

    def _imports(self) -> dict[str, Any]:
        names = [*rows.declared_rows(), "result_unit", *rows._shown()]
        spaces = {name: self._space(name) for name in names}
        return spaces | {"modes": _Every(self._see), "change": _Every(self._change), "Thing": Thing}

    def _space(self, name: str) -> dict[str, Any]:
        risk = self._host(f"{name}.risk", lambda value: value)
        return {"pass": lambda value: value, "risk": risk, "see": self._see}

    def _see(self, *values: Any) -> None:
        self._seen.append(["seen", *map(self.show, values)])

    def _change(self, view: Any) -> None:
        self._see(view)
        view[0] = view[2]
        view[1:2] = [view[1]]

    def decode(self, value: Any) -> Any:
        """A value of a scenario as Python gives it."""
        if isinstance(value, dict):
            kind, content = next(iter(value.items()))
            if kind == "point":
                return self._instance.exports.Point(content)
            if kind == "thing":
                return Thing(content)
            if kind == "array":
                return super().decode({kind: [content[0], self.decode(content[1])]})
            if kind == "js_error":
                return getattr(js, content[0])(content[1])
        return super().decode(value)

    def show(self, value: Any) -> Any:
        """A value as the record writes it, in normal form; null is told from undefined."""
        if value is js.null:
            return {"null": True}
        if isinstance(value, unpoison.runtime.GuestView):
            return encode(value[:])
        if isinstance(value, list):
            return [self.show(item) for item in value]
        if hasattr(value, "x"):
            return {"object": type(value).__name__, "x": self.show(value.x)}
        return encode(value)


class _Every:
    """An object each of whose attributes is the same function."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __getattr__(self, name: str) -> Any:
        return self._function


@pytest.fixture(scope="module")
def player() -> Iterator[RowsPlayer]:
    found = RowsPlayer(unpoison.Module.read(record_rows.MODULE))
    yield found
    found.close()


def expected(name: str) -> list[Any]:
    """What the glue did, in normal form."""
    return [
        ["seen", *map(normal_value, one[1:])] if one[0] == "seen" else normal(one)
        for one in RECORDED["scenarios"][name]
    ]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one["name"])
def test_a_row_does_what_the_glue_does(player: RowsPlayer, scenario: rows.Scenario) -> None:
    name = scenario["name"]
    ours = player.play(scenario["steps"])
    if name in STRICTER:
        title, pinned = STRICTER[name]
        assert title in {one.title for one in DIFFERENCES}
        assert ours == pinned != expected(name)
    else:
        assert ours == expected(name)


def test_the_record_is_of_this_module_and_has_every_scenario() -> None:
    assert RECORDED["sha256"] == sha256(record_rows.MODULE.read_bytes()).hexdigest()
    names = [one["name"] for one in SCENARIOS]
    assert list(RECORDED["scenarios"]) == names
    assert len(set(names)) == len(names)


@pytest.mark.peers
def test_the_record_is_what_the_glue_does_now() -> None:
    live = record_rows.record()
    assert live["scenarios"] == RECORDED["scenarios"], "python -m tests.peers.record_rows"


# --- the crate has every row of contract facts 3.2 to 3.6 ---

INTEGERS = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"]
SCALARS = [*INTEGERS, "i128", "u128", "f32", "f64", "bool", "char"]
NAMED = ["String", "JsValue", "Thing", "Point", "Color", "Mode", "Shape"]
NUMBERS = [*INTEGERS, "f32", "f64"]
VECTORS = [*NUMBERS, "bool", "char", "String", "JsValue", "Thing", "Point", "Color", "Mode"]
SOME = ["u8", "i32", "f32", "f64", "i64", "u128", "bool", "char"]
EVERYWHERE = [
    *SCALARS, *NAMED, "*mut _", "NonNull<_>", *(f"Vec<{one}>" for one in VECTORS),
    *(f"Option<{one}>" for one in [*SCALARS, *NAMED, "NonNull<_>"]),
    *(f"Option<Vec<{one}>>" for one in ("u8", "bool", "String", "JsValue", "Point", "Color")),
    *(f"Nullable<{one}>" for one in [*SCALARS, *NAMED, "*mut _"]),
    *(f"Nullable<Vec<{one}>>" for one in ("u8", "bool", "String", "Point", "Color")),
    *(f"Option<Nullable<{one}>>" for one in [*SOME, *NAMED]), "Clamped<Vec<u8>>",
]  # fmt: skip
RESULTS = [
    "()", "u8", "i64", "u128", "f64", "bool", "char", *NAMED, "Vec<u8>", "Vec<bool>",
    "Option<u32>", "Option<f64>", "Option<String>", "Option<Point>", "Nullable<i64>",
]  # fmt: skip
EXPORTS_BORROW = [
    "&str", "&JsValue", "&Thing", "&Point", "&mut Point", *(f"&[{one}]" for one in NUMBERS),
]  # fmt: skip
IMPORTS_BORROW = [
    *(f"&[{one}]" for one in [*VECTORS, "&str"] if one != "Point"),
    *(f"&mut [{one}]" for one in NUMBERS), "&str", "Option<&str>", "Nullable<&str>",
    "Option<Nullable<&str>>", "&JsValue", "Option<&JsValue>", "Nullable<&JsValue>", "&Thing",
    "&u32", "&u128", "&&str", "&Option<u32>", "&Nullable<i64>", "Option<&u8>", "Option<&[u8]>",
    "Nullable<&[f64]>", "Option<&[bool]>", "Option<&[&str]>", "Option<Nullable<&[u16]>>",
]  # fmt: skip


@pytest.fixture(scope="module")
def crossing() -> dict[str, set[str]]:
    """The types of the crate in Rust's words, by where they cross."""
    interface = unpoison.Module.read(record_rows.MODULE).interface
    exports = [*interface.functions, *(one for cls in interface.classes for one in cls.members)]
    closures = [shim.closure.function for shim in interface.closures]
    found = {
        "export parameters": [param.type for one in exports for param in one.params],
        "export results": [one.result for one in exports],
        "import parameters": [param.type for one in interface.imports for param in one.params],
        "import results": [one.result for one in interface.imports if one.result],
        "closure parameters": [param for one in closures for param in one.params],
        "closure results": [one.result for one in closures],
    }
    assert all(one.unsupported is None for one in [*exports, *interface.imports])
    assert {ExportKind.CONSTRUCTOR, ExportKind.METHOD} <= {one.kind for one in exports}
    return {place: {rust_type(type_) for type_ in types} for place, types in found.items()}


@pytest.mark.parametrize(
    ("place", "rows"),
    [
        ("export parameters", EVERYWHERE + EXPORTS_BORROW),
        ("export results", EVERYWHERE + [f"Result<{one}, JsValue>" for one in RESULTS]),
        ("import parameters", EVERYWHERE + IMPORTS_BORROW),
        ("import results", EVERYWHERE),
        ("closure parameters", [*EVERYWHERE, "&Point", "&JsValue"]),
        ("closure results", EVERYWHERE + [f"Result<{one}, JsValue>" for one in RESULTS]),
    ],
)
def test_the_crate_has_every_row(
    crossing: dict[str, set[str]], place: str, rows: list[str]
) -> None:
    assert sorted(set(rows) - crossing[place]) == []


def play_all(player: RowsPlayer) -> tuple[int, int]:
    """Play every scenario; give the handles that live on and the size of the guest's memory."""
    for scenario in SCENARIOS:
        player.play(scenario["steps"])
    player.play([["call", "plain_u8.echo", 1]])
    gc.collect()
    player.play([["call", "plain_u8.echo", 1]])  # an entry, which runs the queued drops
    return player.live_values(), player._instance._supervisor.home.memory.size()


def test_no_row_leaves_a_handle_or_memory_behind(player: RowsPlayer) -> None:
    first = play_all(player)
    for _ in range(3):
        assert play_all(player) == first


@linux_only
@pytest.mark.slow
def test_a_long_run_of_every_row_leaves_the_process_flat(player: RowsPlayer) -> None:
    for _ in range(20):
        first = play_all(player)
    before = anonymous_memory()
    for _ in range(1000):
        assert play_all(player) == first
    growth = anonymous_memory() - before
    log.info("resident memory grew by %d bytes in 1 000 rounds; %s", growth, first)
    assert growth < 2_000_000
